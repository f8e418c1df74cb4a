from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, User
from catalog.models import PriceList, Product, Variant
from catalog.rules.personalisation import label_of
from core.exchange.rules import converted_back
from core.models import Entity, Stateful
from logistics.models import SlotDay, Warehouse
from merchants.models import Merchant, TenantQuerySet
from orders import states


class Checkout(Stateful):
    """One purchase: one payment, one merchant order per merchant. `token` lets a guest open it."""

    TRANSITIONS = states.CHECKOUT_TRANSITIONS

    number = models.CharField(_("number"), max_length=20, unique=True)
    token = models.CharField(max_length=48, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="checkouts")
    status = models.CharField(
        _("status"), max_length=20, choices=states.CheckoutStatus.choices, default=states.CheckoutStatus.AWAITING_PAYMENT
    )
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=10)
    name = models.CharField(_("full name"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30)
    address = models.CharField(_("address"), max_length=200)
    city = models.CharField(_("city"), max_length=100)
    postcode = models.CharField(_("postcode"), max_length=20)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(max_length=3)
    base_currency = models.CharField(max_length=3, help_text="The shop's own currency when it was placed; points are valued by it.")
    rate = models.DecimalField(max_digits=24, decimal_places=12, default=1, help_text="Of the base currency → the purchase's.")
    rate_on = models.DateField(null=True, help_text="The day the rate is of; nothing where nothing was converted.")
    goods_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    points = models.PositiveIntegerField(default=0)
    points_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField(default=0, help_text="The part of the total paid with store credit and gift cards.")
    placed_from = models.UUIDField(help_text="The cart it was placed from: a repeat of the same request is known by it.")
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text=_("By the database's clock, for placing stamps it and the sweep compares it there."))
    paid_at = models.DateTimeField(null=True)
    review_by = models.DateTimeField(null=True, help_text="Until when a person has time to decide about the payment; then it is decided.")
    # The company it was bought for, as it was called then, and its own number for the purchase.
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="checkouts", verbose_name=_("company"))
    company_name = models.CharField(_("company name"), max_length=120, blank=True)
    company_tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    purchase_number = models.CharField(_("purchase order number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.CheckConstraint(
                condition=Q(total_minor=F("goods_minor") + F("shipping_minor") - F("points_minor")), name="checkout_total"
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0, points_minor__gte=0), name="checkout_not_negative"),
            models.CheckConstraint(condition=Q(credit_minor__gte=0, credit_minor__lte=F("total_minor")), name="checkout_credit"),
            models.CheckConstraint(condition=Q(status__in=states.CheckoutStatus.values), name="checkout_status"),
            models.CheckConstraint(
                condition=Q(company=None, company_name="", company_tax_number="", purchase_number="")
                | (Q(company__isnull=False) & ~Q(company_name="")),
                name="checkout_company",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="checkout_due", condition=Q(status="awaiting_payment")),
            models.Index(fields=["review_by"], name="checkout_review_due", condition=Q(review_by__isnull=False)),
            models.Index(fields=["user", "-placed_at"], name="checkout_of_user"),
            models.Index(Lower("email"), F("placed_at").desc(), name="checkout_of_guest", condition=Q(user=None)),
            models.Index(Lower("email"), name="checkout_unpaid_by_guest", condition=Q(status="awaiting_payment", user=None)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_cash(self) -> bool:
        """Whether its merchants collect the money at the door."""
        return self.status == states.CheckoutStatus.CONFIRMED

    @property
    def due_minor(self) -> int:
        """What a payment provider has to collect."""
        return self.total_minor - self.credit_minor


class MerchantOrder(Stateful):
    """One merchant's part of a purchase. `total` = goods + shipping; `points_minor` of it was paid with points."""

    TRANSITIONS = states.ORDER_TRANSITIONS

    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="orders")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(_("number"), max_length=24, unique=True)
    status = models.CharField(_("status"), max_length=20, choices=states.OrderStatus.choices, default=states.OrderStatus.AWAITING_PAYMENT)
    currency = models.CharField(max_length=3)
    base_currency = models.CharField(max_length=3, help_text="The merchant's own currency when it was placed.")
    rate = models.DecimalField(max_digits=24, decimal_places=12, default=1, help_text="Of the base currency → the order's.")
    rate_on = models.DateField(null=True, help_text="The day the rate is of; nothing where nothing was converted.")
    goods_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    points_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    commission_bps = models.PositiveIntegerField()
    commission_minor = models.BigIntegerField()
    commission_tax_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    refunded_points_minor = models.BigIntegerField(default=0)
    # Prices include tax: this much of the total, of which this much is in the shipping.
    tax_minor = models.BigIntegerField(default=0)
    shipping_tax_kind = models.CharField(max_length=12, blank=True)
    shipping_tax_bps = models.PositiveIntegerField(default=0)
    shipping_tax_minor = models.BigIntegerField(default=0)
    refunded_shipping_minor = models.BigIntegerField(default=0)
    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid"), null=True)
    ship_by = models.DateTimeField(_("ship by"), null=True)
    # The longest of its goods, as it was when the order was placed; nothing on orders from before, which take their merchant's.
    handling_days = models.PositiveSmallIntegerField(_("handling days"), null=True)
    delayed_for = models.UUIDField(null=True, editable=False, help_text="The holiday of its shop that moved `ship_by` last.")
    # When the buyer asked for digital goods at once and gave up the right to withdraw for it; nothing where there are none in it.
    digital_consent_at = models.DateTimeField(_("delivery at once agreed"), null=True)
    is_digital = models.BooleanField(_("digital"), default=False, help_text=_("Nothing of it is sent."))
    # What the shopper chose beside being sent it: the store where it is picked up, or the hours at which the merchant comes.
    pickup_from = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("picked up at"))
    slot_day = models.ForeignKey(SlotDay, on_delete=models.PROTECT, null=True, related_name="orders", verbose_name=_("delivery slot"))
    slot_released_at = models.DateTimeField(null=True)
    # When the first of several parcels left; nothing on orders that were sent at once.
    part_shipped_at = models.DateTimeField(_("part shipped"), null=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    complete_by = models.DateTimeField(_("completes by itself"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)

    objects = TenantQuerySet.as_manager()

    @property
    def days_to_handle(self) -> int:
        """How many days the merchant has until the order must be handed over."""
        return self.merchant.handling_days if self.handling_days is None else self.handling_days

    def in_base(self, minor: int) -> int:
        """An amount of this order in the merchant's own currency, by the rate the order was made by, half up."""
        return converted_back(minor, self.rate, self.base_currency, self.currency)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["checkout", "merchant"], name="order_once_per_merchant"),
            models.CheckConstraint(condition=Q(total_minor=F("goods_minor") + F("shipping_minor")), name="order_total"),
            models.CheckConstraint(condition=Q(points_minor__gte=0) & Q(points_minor__lte=F("total_minor")), name="order_points"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor"))
                & Q(refunded_points_minor__gte=0, refunded_points_minor__lte=F("points_minor")),
                name="order_refunded",
            ),
            models.CheckConstraint(
                condition=Q(refunded_shipping_minor__gte=0, refunded_shipping_minor__lte=F("shipping_minor")),
                name="order_refunded_shipping",
            ),
            models.CheckConstraint(condition=Q(status__in=states.OrderStatus.values), name="order_status"),
            models.CheckConstraint(
                condition=Q(shipping_tax_minor__gte=0, shipping_tax_minor__lte=F("shipping_minor"), tax_minor__gte=F("shipping_tax_minor"))
                & Q(tax_minor__lte=F("total_minor")),
                name="order_tax",
            ),
            models.CheckConstraint(condition=Q(is_digital=False) | Q(digital_consent_at__isnull=False), name="order_digital_consent"),
            models.CheckConstraint(
                condition=Q(pickup_from=None) | Q(slot_day=None, is_digital=False),
                name="order_one_way",
            ),
            models.CheckConstraint(condition=Q(slot_released_at=None) | Q(slot_day__isnull=False), name="order_slot_released"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "ship_by"], name="order_queue"),
            models.Index(fields=["merchant", "-placed_at"], name="order_newest"),
            models.Index(fields=["complete_by"], name="order_completion_due", condition=Q(status__in=["shipped", "delivered"])),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Entity):
    """What was bought, as it was named and priced then."""

    order = models.ForeignKey(MerchantOrder, on_delete=models.CASCADE, related_name="lines")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    # The set of the same order it was bought in, at a share of whose price.
    bundle = models.ForeignKey("orders.OrderBundle", on_delete=models.RESTRICT, null=True, related_name="lines")
    sku = models.CharField(_("SKU"), max_length=64)
    title = models.CharField(_("title"), max_length=200)
    i18n = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    is_digital = models.BooleanField(_("digital"), default=False)
    # What its buyer wants on it, with the labels of then; and whether it was made for the buyer alone.
    answers = models.JSONField(_("personalisation"), default=list)
    is_bespoke = models.BooleanField(_("made for the buyer"), default=False)
    picture = models.CharField(max_length=200, blank=True)
    # Of its small renditions, which stay even when the merchant takes the picture off; both empty where they were not noted.
    picture_widths = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    picture_formats = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField(_("price"))
    quantity = models.PositiveIntegerField(_("quantity"))
    total_minor = models.BigIntegerField(_("total"))
    # Which tax the total includes, and how much of it.
    tax_kind = models.CharField(max_length=12, blank=True)
    tax_bps = models.PositiveIntegerField(default=0)
    tax_minor = models.BigIntegerField(_("tax"), default=0)
    # Which version and row of a merchant's price list made the price, and what everybody else paid for a piece then.
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("price list"))
    price_list_version = models.PositiveIntegerField(null=True)
    price_list_row = models.UUIDField(null=True)
    ordinary_minor = models.BigIntegerField(_("ordinary price"), null=True)
    # Pieces in open cases or settled by one; pieces and money that went back; pieces back on the shelf.
    claimed_quantity = models.PositiveIntegerField(default=0)
    refunded_quantity = models.PositiveIntegerField(default=0)
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    restocked_quantity = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(condition=Q(total_minor=F("price_minor") * F("quantity")), name="order_line_total"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity"),
            models.CheckConstraint(
                condition=Q(price_list=None, price_list_version=None, price_list_row=None, ordinary_minor=None)
                | Q(price_list__isnull=False, price_list_version__gte=1, price_list_row__isnull=False, ordinary_minor__gt=F("price_minor")),
                name="order_line_price_list",
            ),
            models.CheckConstraint(condition=Q(tax_minor__gte=0) & Q(tax_minor__lte=F("total_minor")), name="order_line_tax"),
            models.CheckConstraint(condition=Q(claimed_quantity__lte=F("quantity")), name="order_line_claimed"),
            models.CheckConstraint(condition=Q(restocked_quantity__lte=F("quantity")), name="order_line_restocked"),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity"), refunded_minor__gte=0, refunded_minor__lte=F("total_minor")),
                name="order_line_refunded",
            ),
        ]
        indexes = [models.Index(fields=["product"], name="order_line_product")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    def answers_in(self, language: str) -> list[tuple[str, str]]:
        """(label, text) of what its buyer wanted on it."""
        return [(label_of(row, language), row["text"]) for row in self.answers]
