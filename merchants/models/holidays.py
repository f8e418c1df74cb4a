from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.i18n import Translated
from core.models import Stateful
from merchants.models.merchants import Merchant, TenantQuerySet
from merchants.states import HOLIDAY_TRANSITIONS, HolidayStatus


class Holiday(Translated, Stateful):
    """When a shop rests. Orders placed before go on, and their deadlines wait for it; it begins and ends by itself.

    Both moments are midnights of the marketplace's calendar, `ends_at` the one after the last day; one that begins today begins at once.
    """

    TRANSITIONS = HOLIDAY_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="holidays", verbose_name=_("merchant"))
    status = models.CharField(_("status"), max_length=10, choices=HolidayStatus.choices, default=HolidayStatus.PLANNED)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    notice = models.CharField(_("what shoppers read"), max_length=300, blank=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    keeps_selling = models.BooleanField(_("goods can be bought meanwhile"), default=False)
    made_by = models.CharField(max_length=80, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=HolidayStatus.values), name="holiday_status"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="holiday_ends_after"),
            models.UniqueConstraint(fields=["merchant"], condition=Q(status__in=["planned", "running"]), name="holiday_one_ahead"),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="holiday_to_start", condition=Q(status="planned")),
            models.Index(fields=["ends_at"], name="holiday_to_end", condition=Q(status="running")),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"
