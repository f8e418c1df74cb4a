from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node

from accounts.models import User
from core.i18n import Translated
from core.models import Entity, Stateful
from merchants.models import Merchant, TenantQuerySet


class Category(Translated, MP_Node):
    """A node of the category tree; `path` (treebeard) makes a subtree one index range."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    picture = models.CharField(max_length=200, blank=True)
    is_risky = models.BooleanField(
        _("often bought with stolen cards"),
        default=False,
        help_text=_("Payments for such goods, here and below, are looked at more closely."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.text("name")


class Brand(Translated, Entity):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.text("name")


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
        "pending": frozenset({"published", "draft"}),
        "published": frozenset({"hidden", "archived"}),
        "hidden": frozenset({"published", "archived"}),
    }

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category"))
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("brand"))
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    condition = models.CharField(_("condition"), max_length=10, choices=Condition.choices, default=Condition.NEW)
    tax_class = models.CharField(_("tax class"), max_length=10, choices=TaxClass.choices, default=TaxClass.STANDARD)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    options = models.JSONField(_("options"), default=list, blank=True)
    attributes = models.JSONField(_("attributes"), default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "pending", "published", "hidden", "archived"]), name="product_status"),
            models.CheckConstraint(condition=Q(condition__in=["new", "like_new", "good", "fair"]), name="product_condition"),
            models.CheckConstraint(condition=Q(tax_class__in=["standard", "reduced", "zero"]), name="product_tax_class"),
        ]

    def __str__(self) -> str:
        return self.text("title")


class Variant(Entity):
    """The thing that has a price, lies on a shelf and goes into a parcel. `options` maps option name to value."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="variants", editable=False)
    sku = models.CharField(_("SKU"), max_length=64)
    options = models.JSONField(_("options"), default=dict, blank=True)
    price_minor = models.BigIntegerField(_("price in minor units"))
    compare_at_minor = models.BigIntegerField(_("compare-at price in minor units"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    weight_g = models.PositiveIntegerField(_("weight in grams"), default=0)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on sale"), default=True)

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
        ]

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


class Picture(Entity):
    """A product picture. `widths` and `formats` say which renditions exist in storage beside the original."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    original = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=200, blank=True)
    tint = models.CharField(max_length=7, blank=True)
    widths = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    formats = ArrayField(models.CharField(max_length=5), default=list, blank=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes = [models.Index(fields=["product", "position"], name="picture_order")]

    def __str__(self) -> str:
        return self.original

    @property
    def prefix(self) -> str:
        """The folder in storage where the original and its renditions lie."""
        return self.original.rpartition("/")[0]


class Review(Entity):
    """A rating of 1 to 5 stars with an optional text by somebody who bought the product; one per order line."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="reviews")
    author = models.CharField(max_length=100)
    order_line = models.UUIDField(unique=True, null=True)
    stars = models.PositiveSmallIntegerField(_("stars"))
    text = models.TextField(_("text"), max_length=4000, blank=True)
    i18n = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, default="en")

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_stars")]
        indexes = [models.Index(fields=["product", "-created_at"], name="review_newest")]

    def __str__(self) -> str:
        return f"{self.stars} ★ {self.author}"


class ProductCard(Translated, models.Model):
    """What lists, search and rails show of a product, and nothing else: one row, no joins.

    Written by catalog.services.cards only; a row exists for each product that has a variant, visible or not, so that stock and sales
    always have a place to be noted.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="card")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    is_visible = models.BooleanField(default=False)
    merchant_slug = models.SlugField(max_length=60)
    merchant_name = models.CharField(max_length=80)
    merchant_i18n = models.JSONField(default=dict)
    merchant_kind = models.CharField(max_length=20)
    # Collation C makes a subtree one range of bytes, whatever the locale of the database.
    category_path = models.CharField(max_length=255, db_collation="C")
    brand_name = models.CharField(max_length=80, blank=True)
    slug = models.SlugField(max_length=120)
    title = models.CharField(max_length=200)
    i18n = models.JSONField(default=dict)
    condition = models.CharField(max_length=10)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    # By currency, where the merchant has set prices in it: {"price", "was"} of the cheapest such variant, {"rest", "rest_was"} in the
    # card's own currency of the cheapest variant without one.
    prices = models.JSONField(default=dict)
    variant_id = models.UUIDField(null=True)
    has_options = models.BooleanField(default=False)
    picture = models.CharField(max_length=200, blank=True)
    picture_widths = ArrayField(models.PositiveIntegerField(), default=list)
    picture_formats = ArrayField(models.CharField(max_length=5), default=list)
    tint = models.CharField(max_length=7, blank=True)
    in_stock = models.BooleanField(default=False)
    sold = models.PositiveIntegerField(default=0)
    stars_sum = models.PositiveIntegerField(default=0)
    stars_count = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    discount_bps = models.GeneratedField(
        expression=Coalesce((F("compare_at_minor") - F("price_minor")) * 10_000 / F("compare_at_minor"), 0),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    # Hundredths of a star for sorting: three made-up ratings of 3.5 keep one five-star review from leading a list. Never shown.
    rating_rank = models.GeneratedField(
        expression=(F("stars_sum") * 100 + 1_050) / (F("stars_count") + 3), output_field=models.IntegerField(), db_persist=True
    )
    search = SearchVectorField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-sold", "product"], name="card_sold", condition=Q(is_visible=True)),
            models.Index(fields=["-published_at", "product"], name="card_newest", condition=Q(is_visible=True)),
            models.Index(fields=["price_minor", "product"], name="card_price", condition=Q(is_visible=True)),
            models.Index(fields=["category_path", "-sold"], name="card_category", condition=Q(is_visible=True)),
            models.Index(fields=["merchant", "-sold"], name="card_merchant", condition=Q(is_visible=True)),
            models.Index(fields=["merchant_kind", "-sold"], name="card_kind", condition=Q(is_visible=True)),
            models.Index(fields=["-rating_rank", "product"], name="card_rating", condition=Q(is_visible=True)),
            models.Index(fields=["-discount_bps", "product"], name="card_deal", condition=Q(is_visible=True, discount_bps__gt=0)),
            # Without a list of pending entries, which every search would have to read to its end.
            GinIndex(fields=["search"], name="card_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title
