from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Entity, Stateful
from core.money import Money
from payments import states


class StoreCreditGrant(Entity):
    """Store credit the operator gave (positive) or took back (negative), with who and why; the ledger has the money."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credit_grants", verbose_name=_("user"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=150)
    actor = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("store credit")
        verbose_name_plural = _("store credit")
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="credit_grant_amount")]

    def __str__(self) -> str:
        return f"{Money(self.amount_minor, self.currency).format()} {self.user}"


class GiftCardBatch(Entity):
    """Gift cards the operator issued together, for a campaign or as goodwill."""

    name = models.CharField(_("name"), max_length=80)
    quantity = models.PositiveIntegerField(_("quantity"))
    value_minor = models.BigIntegerField(_("value"))
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    actor = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("gift card batch")
        verbose_name_plural = _("gift card batches")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0, value_minor__gt=0), name="gift_batch_positive")]

    def __str__(self) -> str:
        return self.name


class GiftCardPurchase(Stateful):
    """A gift card somebody buys for somebody: paid like a purchase, under this row's key. `token` lets the buyer open it."""

    TRANSITIONS = states.GIFT_PURCHASE_TRANSITIONS

    token = models.CharField(max_length=48, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="gift_purchases", verbose_name=_("buyer"))
    email = models.EmailField(_("buyer's e-mail"))
    language = models.CharField(max_length=10)
    recipient = models.EmailField(_("recipient's e-mail"))
    giver = models.CharField(_("from"), max_length=80, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    value_minor = models.BigIntegerField(_("value"))
    currency = models.CharField(max_length=3)
    status = models.CharField(
        _("status"), max_length=20, choices=states.GiftPurchaseStatus.choices, default=states.GiftPurchaseStatus.AWAITING_PAYMENT
    )
    paid_at = models.DateTimeField(_("paid"), null=True)

    class Meta:
        verbose_name = _("gift card purchase")
        verbose_name_plural = _("gift card purchases")
        constraints = [
            models.CheckConstraint(condition=Q(value_minor__gt=0), name="gift_purchase_value"),
            models.CheckConstraint(condition=Q(status__in=states.GiftPurchaseStatus.values), name="gift_purchase_status"),
        ]

    def __str__(self) -> str:
        return f"{Money(self.value_minor, self.currency).format()} {self.status}"


class GiftCard(Stateful):
    """A gift card. Its code is shown or mailed once and kept as a keyed hash; `ending` is what people may be told of it.

    What is on it is the balance of the ledger account gift_card:<id>.
    """

    TRANSITIONS = states.GIFT_CARD_TRANSITIONS

    code_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    ending = models.CharField(_("ends in"), max_length=4, blank=True)
    value_minor = models.BigIntegerField(_("value"))
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(_("expires"), null=True, help_text=_("By the database's clock."))
    status = models.CharField(_("status"), max_length=10, choices=states.GiftCardStatus.choices, default=states.GiftCardStatus.ACTIVE)
    batch = models.ForeignKey(GiftCardBatch, on_delete=models.PROTECT, null=True, related_name="cards", verbose_name=_("batch"))
    purchase = models.OneToOneField(GiftCardPurchase, on_delete=models.PROTECT, null=True, related_name="card")
    loaded_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        constraints = [
            models.CheckConstraint(condition=Q(value_minor__gt=0), name="gift_card_value"),
            models.CheckConstraint(condition=Q(loaded_minor__gte=0, refunded_minor__gte=0), name="gift_card_moved"),
            models.CheckConstraint(condition=Q(status__in=states.GiftCardStatus.values), name="gift_card_status"),
            models.CheckConstraint(condition=Q(batch=None) ^ Q(purchase=None), name="gift_card_origin"),
        ]

    def __str__(self) -> str:
        return f"•••• {self.ending}"
