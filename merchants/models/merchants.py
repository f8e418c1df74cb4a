from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.i18n import Translated
from core.ids import uuid7
from core.models import Entity, Stateful

if TYPE_CHECKING:
    from typing import Self


class CommissionPlan(Entity):
    """What the operator keeps of each sale: its rules in their order, the first that fits decides; at the bottom its own rate."""

    name = models.CharField(max_length=80, unique=True)
    rate_bps = models.PositiveIntegerField(_("rate in basis points"))

    class Meta:
        verbose_name = _("commission plan")
        verbose_name_plural = _("commission plans")
        constraints = [models.CheckConstraint(condition=Q(rate_bps__lte=10_000), name="commission_rate")]

    def __str__(self) -> str:
        return f"{self.name} ({self.rate_bps / 100:g}%)"


class Merchant(Translated, Stateful):
    """A seller with a shop page. The kind changes defaults, never the code path."""

    class Kind(models.TextChoices):
        SELF_OPERATED = "self_operated", _("Self-operated")
        COMPANY = "company", _("Company")
        INDIVIDUAL = "individual", _("Individual")
        LOCAL_STORE = "local_store", _("Local store")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        HOLIDAY = "holiday", _("On holiday")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", pgettext_lazy("shop", "Closed")

    TRANSITIONS = {
        "active": frozenset({"holiday", "suspended", "closed"}),
        "holiday": frozenset({"active", "suspended", "closed"}),
        "suspended": frozenset({"active", "holiday", "closed"}),
        "closed": frozenset({"active"}),
    }
    # Whose own pages shoppers reach; only an active one sells.
    SHOWN = (Status.ACTIVE, Status.HOLIDAY)

    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.ACTIVE)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    email = models.EmailField(_("e-mail"))
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CN")
    address = models.CharField(_("address"), max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    opening_hours = models.JSONField(_("opening hours"), default=dict, blank=True)
    handling_days = models.PositiveSmallIntegerField(_("handling days"), default=1)
    cash_on_delivery = models.BooleanField(
        _("cash on delivery"), default=False, help_text=_("You collect the money at the door; the commission is taken off your balance.")
    )
    logo = models.CharField(max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True, help_text=_("Printed on your invoices."))
    commission_plan = models.ForeignKey(CommissionPlan, on_delete=models.PROTECT, verbose_name=_("commission plan"))
    needs_approval = models.BooleanField(
        _("goods need approval"), default=False, help_text=_("You look at its goods, and at changes of them, before shoppers see them.")
    )

    back_at = models.DateTimeField(
        _("back from holiday"), null=True, editable=False, help_text="While a holiday runs, when it ends, whether or not goods are sold."
    )
    closed_at = models.DateTimeField(pgettext_lazy("shop", "closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["active", "holiday", "suspended", "closed"]), name="merchant_status"),
            models.CheckConstraint(condition=~Q(status="holiday") | Q(back_at__isnull=False), name="merchant_holiday_ends"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False, back_at=None) | (~Q(status="closed") & Q(closed_at=None)),
                name="merchant_closed",
            ),
            models.CheckConstraint(condition=Q(kind__in=["self_operated", "company", "individual", "local_store"]), name="merchant_kind"),
        ]

    def __str__(self) -> str:
        return self.text("name")

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED

    def works_from(self, at: dt.datetime) -> dt.datetime:
        """When its time to do something begins that begins at `at`: after its holiday, where one runs."""
        return max(at, self.back_at) if self.back_at else at


class ShopSlug(Entity):
    """Every slug a shop has or had; each belongs to one shop for good, so that former ones can lead on. Written by a trigger."""

    slug = models.SlugField(max_length=60, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="slugs")

    def __str__(self) -> str:
        return self.slug


class CommissionRule(Entity):
    """One version of a rule of a plan. Never changed: a change writes the next version and retires this one.

    `rule` is the same for all versions. The catalogue is above this app, so `product` is an opaque id and `category` a slug, which
    stands for everything below it too. Amounts are minor units of `currency`, and a rule with amounts fits items of that currency only.
    """

    plan = models.ForeignKey(CommissionPlan, on_delete=models.PROTECT, related_name="rules", verbose_name=_("commission plan"))
    rule = models.UUIDField(default=uuid7, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    position = models.PositiveIntegerField(_("position"))
    product = models.UUIDField(_("product"), null=True, blank=True)
    category = models.SlugField(_("category"), max_length=60, blank=True, db_index=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="commission_rules", verbose_name=_("merchant")
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    from_minor = models.BigIntegerField(_("item total from"), null=True, blank=True)
    to_minor = models.BigIntegerField(_("item total below"), null=True, blank=True)
    rate_bps = models.PositiveIntegerField(_("rate in basis points"), null=True, blank=True)
    floor_minor = models.BigIntegerField(_("at least"), null=True, blank=True)
    cap_minor = models.BigIntegerField(_("at most"), null=True, blank=True)
    fixed_minor = models.BigIntegerField(_("fee per piece"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    actor = models.CharField(max_length=80, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    class Meta:
        verbose_name = _("commission rule")
        verbose_name_plural = _("commission rules")
        constraints = [
            models.UniqueConstraint(fields=["rule", "version"], name="commission_rule_version"),
            models.UniqueConstraint(fields=["plan", "position"], condition=Q(retired_at=None), name="commission_rule_position"),
            models.CheckConstraint(
                condition=Q(rate_bps=None, fixed_minor__isnull=False, fixed_minor__gte=0, floor_minor=None, cap_minor=None)
                | Q(rate_bps__isnull=False, rate_bps__lte=10_000, fixed_minor=None),
                name="commission_rule_rate_or_fixed",
            ),
            models.CheckConstraint(
                condition=~Q(currency="") | Q(from_minor=None, to_minor=None, floor_minor=None, cap_minor=None, fixed_minor=None),
                name="commission_rule_currency",
            ),
            models.CheckConstraint(
                condition=(Q(from_minor=None) | Q(from_minor__gte=0))
                & (Q(to_minor=None) | Q(to_minor__gt=Coalesce("from_minor", 0)))
                & (Q(floor_minor=None) | Q(floor_minor__gte=0))
                & (Q(cap_minor=None) | Q(cap_minor__gte=Coalesce("floor_minor", 0))),
                name="commission_rule_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.name} {self.position}"


class TenantQuerySet(models.QuerySet[Any]):
    """Rows with a `merchant` column. `for_merchant` is how merchant-facing code reaches them."""

    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant_id=merchant.pk)
