"""What single companies pay a merchant: its price lists, and which company has which."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from catalog.models.products import Variant
from catalog.states import TRADE_TRANSITIONS, TradeStatus
from core.models import Entity, Stateful
from merchants.models import Merchant, TenantQuerySet


class PriceList(Entity):
    """Prices a merchant gives to the companies it chooses, from one day to another, both included.

    `version` grows with every change; orders keep the one they were priced by, so a list is put out of use and never deleted.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="price_lists", editable=False)
    name = models.CharField(_("name"), max_length=80, help_text=_("Only you see it."))
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="price_list_name"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="price_list_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceListRow(Entity):
    """What a variant costs by a list: pairs of a quantity and the price of a piece from there on, in minor units of the list's currency.

    `least` is how many have to be bought at once; zero leaves it at what everybody has to buy.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="rows")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="price_list_rows", verbose_name=_("variant"))
    least = models.PositiveIntegerField(_("least quantity"), default=0)
    steps = models.JSONField(_("prices by quantity"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("price of a price list")
        verbose_name_plural = _("prices of a price list")
        constraints = [models.UniqueConstraint(fields=["price_list", "variant"], name="price_list_row_once")]

    def __str__(self) -> str:
        return str(self.variant_id)


class TradeAccount(Stateful):
    """A company and a merchant: whether it gets trade prices there, and by which list."""

    TRANSITIONS = TRADE_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="trade_accounts", verbose_name=_("merchant"))
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="trade_accounts", verbose_name=_("company"))
    status = models.CharField(_("status"), max_length=10, choices=TradeStatus.choices)
    price_list = models.ForeignKey(
        PriceList, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("price list")
    )
    message = models.TextField(_("message"), blank=True, validators=[MaxLengthValidator(1000)])
    note = models.CharField(_("answer"), max_length=200, blank=True)
    moved_at = models.DateTimeField(_("since"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("trade account")
        verbose_name_plural = _("trade accounts")
        constraints = [
            models.UniqueConstraint(fields=["company", "merchant"], name="trade_account_once"),
            models.CheckConstraint(condition=Q(status__in=TradeStatus.values), name="trade_account_status"),
            models.CheckConstraint(
                condition=~Q(status__in=["invited", "approved"]) | Q(price_list__isnull=False), name="trade_account_has_list"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "status", "-moved_at"], name="trade_account_queue")]

    def __str__(self) -> str:
        return str(self.company)
