"""What merchants sell."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.categories import Brand, Category
from catalog.rules.parcels import MOST_MM
from catalog.rules.personalisation import Asked, asked_of
from core.i18n import Translated
from core.models import Entity, Stateful
from merchants.models import Merchant, TenantQuerySet


class TaxClass(models.TextChoices):
    """How goods are taxed; which rate that is depends on the country they go to."""

    STANDARD = "standard", pgettext_lazy("tax class", "Standard")
    REDUCED = "reduced", pgettext_lazy("tax class", "Reduced")
    ZERO = "zero", pgettext_lazy("tax class", "None")


class Product(Translated, Stateful):
    """Something a merchant sells in one or more variants."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Pending approval")
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")
        ARCHIVED = "archived", _("Archived")

    class Condition(models.TextChoices):
        NEW = "new", pgettext_lazy("condition of goods", "New")
        LIKE_NEW = "like_new", _("Like new")
        GOOD = "good", _("Good")
        FAIR = "fair", _("Fair")

    TRANSITIONS = {
        "draft": frozenset({"pending", "published", "archived"}),
        "pending": frozenset({"published", "hidden", "draft"}),
        "published": frozenset({"hidden", "archived"}),
        "hidden": frozenset({"published", "draft", "archived"}),
    }

    # The index product_of_shop begins with it.
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="products", db_index=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category"))
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("brand"))
    slug = models.SlugField(max_length=120, unique=True)
    # What the merchant's own files call it; its variants are rows of the same key.
    handle = models.CharField(_("product key"), max_length=120, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    condition = models.CharField(_("condition"), max_length=10, choices=Condition.choices, default=Condition.NEW)
    defects = models.TextField(_("defects"), max_length=1_000, blank=True, help_text=_("What is worn, marked or missing of used goods."))
    handling_days = models.PositiveSmallIntegerField(
        _("handling days"), null=True, blank=True, help_text=_("For what is made to order; empty for those of your shop.")
    )
    is_made_to_order = models.BooleanField(
        _("made to order"), default=False, help_text=_("Made for its buyer, so nobody can send it back for having changed their mind.")
    )
    # Texts its buyer is asked for, see catalog.rules.personalisation.
    personalisation = models.JSONField(_("personalisation"), default=list, blank=True)
    # Chosen when it is made: what was sold as a file is never sent as a parcel, nor the other way round.
    is_digital = models.BooleanField(
        _("digital"), default=False, help_text=_("Sold as files that buyers download; nothing is sent. Cannot be changed later.")
    )
    download_limit = models.PositiveSmallIntegerField(_("downloads of each file"), null=True, blank=True)
    download_days = models.PositiveSmallIntegerField(_("days of access"), null=True, blank=True)
    tax_class = models.CharField(_("tax class"), max_length=10, choices=TaxClass.choices, default=TaxClass.STANDARD)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    options = models.JSONField(_("options"), default=list, blank=True)
    attributes = models.JSONField(_("attributes"), default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    publish_at = models.DateTimeField(_("goes on sale"), null=True, blank=True)
    hide_at = models.DateTimeField(_("goes off sale"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "pending", "published", "hidden", "archived"]), name="product_status"),
            models.CheckConstraint(condition=Q(condition__in=["new", "like_new", "good", "fair"]), name="product_condition"),
            models.CheckConstraint(condition=Q(tax_class__in=["standard", "reduced", "zero"]), name="product_tax_class"),
            models.UniqueConstraint(fields=["merchant", "handle"], condition=~Q(handle=""), name="product_handle"),
            models.CheckConstraint(condition=Q(handling_days=None) | Q(handling_days__lte=180), name="product_handling_days"),
            models.CheckConstraint(
                condition=(Q(download_limit=None) | Q(download_limit__gte=1, download_limit__lte=1_000))
                & (Q(download_days=None) | Q(download_days__gte=1, download_days__lte=3_650)),
                name="product_download_terms",
            ),
        ]
        indexes = [
            # A merchant's list, the newest first.
            models.Index(fields=["merchant", "-created_at", "-id"], name="product_of_shop"),
            models.Index(fields=["publish_at"], name="product_publish_due", condition=Q(publish_at__isnull=False)),
            models.Index(fields=["hide_at"], name="product_hide_due", condition=Q(hide_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.text("title")

    @property
    def days_to_handle(self) -> int:
        """How many days it takes until it is handed over: its own, else its merchant's."""
        return self.merchant.handling_days if self.handling_days is None else self.handling_days

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The texts its buyer is asked for."""
        return asked_of(self.personalisation)

    @property
    def is_shown_as_approved(self) -> bool:
        """Whether the operator has agreed to it as it is, or is about to, so that its merchant cannot change it alone."""
        return self.merchant.needs_approval and self.status in {self.Status.PENDING, self.Status.PUBLISHED, self.Status.HIDDEN}


class Variant(Entity):
    """The thing that has a price, lies on a shelf and goes into a parcel. `options` maps option name to value."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="variants", editable=False)
    sku = models.CharField(_("SKU"), max_length=64)
    options = models.JSONField(_("options"), default=dict, blank=True)
    price_minor = models.BigIntegerField(_("price in minor units"))
    compare_at_minor = models.BigIntegerField(_("compare-at price in minor units"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    # Pairs of a quantity and the price of a piece from there on, in minor units; the price above is that of a single piece.
    tiers = models.JSONField(_("price tiers"), default=list, blank=True)
    min_quantity = models.PositiveIntegerField(_("least quantity"), default=1)
    quantity_step = models.PositiveIntegerField(_("sold in multiples of"), default=1)
    weight_g = models.PositiveIntegerField(_("weight in grams"), default=0)
    # As it is packed.
    length_mm = models.PositiveIntegerField(_("length in mm"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width in mm"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height in mm"), null=True, blank=True)
    # What customs ask: the Harmonized System's number and where it was made (ISO 3166-1).
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    origin = models.CharField(_("country of origin"), max_length=2, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on sale"), default=True)
    # Whether it consists of other variants, which have the stock; catalog.services.bundles keeps it true.
    is_bundle = models.BooleanField(_("set"), default=False, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sku"], name="variant_sku"),
            models.CheckConstraint(condition=Q(price_minor__gt=0, price_minor__lte=10**12), name="variant_price"),
            models.CheckConstraint(
                condition=Q(compare_at_minor__isnull=True) | Q(compare_at_minor__gt=F("price_minor")), name="variant_compare_at"
            ),
            models.CheckConstraint(condition=Q(quantity_step__gte=1, min_quantity__gte=1), name="variant_quantities"),
            models.CheckConstraint(
                condition=Q(min_quantity=F("quantity_step") * (F("min_quantity") / F("quantity_step"))), name="variant_least_is_multiple"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{side}__isnull": True}) | Q(**{f"{side}__gt": 0, f"{side}__lte": MOST_MM}), name=f"variant_{side}"
                )
                for side in ("length_mm", "width_mm", "height_mm")
            ),
            models.CheckConstraint(condition=Q(hs_code="") | Q(hs_code__regex="^[0-9]{6,10}$"), name="variant_hs_code"),
            models.CheckConstraint(condition=Q(origin="") | Q(origin__regex="^[A-Z]{2}$"), name="variant_origin"),
        ]
        indexes = [models.Index(fields=["merchant"], name="variant_bundles", condition=Q(is_bundle=True))]

    def __str__(self) -> str:
        return self.sku


class VariantPrice(Entity):
    """What a variant costs in a currency that is not its own, where the merchant wants another price than the converted one."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices", verbose_name=_("variant"))
    currency = models.CharField(_("currency"), max_length=3)
    price_minor = models.BigIntegerField(_("price in minor units"))
    compare_at_minor = models.BigIntegerField(_("compare-at price in minor units"), null=True, blank=True)
    tiers = models.JSONField(_("price tiers"), default=list, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("price in another currency")
        verbose_name_plural = _("prices in other currencies")
        constraints = [
            models.UniqueConstraint(fields=["variant", "currency"], name="variant_price_once"),
            models.CheckConstraint(condition=Q(price_minor__gt=0, price_minor__lte=10**12), name="variant_price_in_currency"),
            models.CheckConstraint(
                condition=Q(compare_at_minor__isnull=True) | Q(compare_at_minor__gt=F("price_minor")), name="variant_compare_at_in_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.currency
