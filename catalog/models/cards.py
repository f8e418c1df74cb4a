"""The one denormalised row per product."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce

from catalog.models.products import Product
from core.i18n import Translated
from merchants.models import Merchant, TenantQuerySet


class CardFollow(models.Model):
    """A merchant whose cards are brought up to date a batch at a time; `after` is the last one done. Gone when all are."""

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, primary_key=True, related_name="+")
    after = models.UUIDField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


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
    # The lowest price of the 30 days before the present reduction, where that is more than the price: what lists strike through.
    # It changes with prices and with publication only, never by the passing of days.
    reference_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    # By currency, where the merchant has set prices in it: {"price", "was", "low", "low_base"} of the cheapest such variant, {"rest",
    # "rest_was", "rest_low"} in the card's own currency of the cheapest variant without one; "low" is as reference_minor.
    prices = models.JSONField(default=dict)
    variant_id = models.UUIDField(null=True)
    has_options = models.BooleanField(default=False)
    is_bundle = models.BooleanField(default=False)
    picture = models.CharField(max_length=200, blank=True)
    picture_widths = ArrayField(models.PositiveIntegerField(), default=list)
    picture_formats = ArrayField(models.CharField(max_length=5), default=list)
    tint = models.CharField(max_length=7, blank=True)
    swatches = ArrayField(models.CharField(max_length=7), default=list)
    in_stock = models.BooleanField(default=False)
    sold = models.PositiveIntegerField(default=0)
    stars_sum = models.PositiveIntegerField(default=0)
    stars_count = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    # When something that is shown changed last, apart from stock, sales and ratings; search engines are told.
    changed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    discount_bps = models.GeneratedField(
        expression=Coalesce((F("reference_minor") - F("price_minor")) * 10_000 / F("reference_minor"), 0),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    # Hundredths of a star for sorting: three made-up ratings of 3.5 keep one five-star review from leading a list. Never shown.
    rating_rank = models.GeneratedField(
        expression=(F("stars_sum") * 100 + 1_050) / (F("stars_count") + 3), output_field=models.IntegerField(), db_persist=True
    )
    search = SearchVectorField(null=True)
    # What lists can be narrowed by, as catalog.rules.facets spells it.
    facets = ArrayField(models.TextField(), default=list)
    # The same in the same order, eight bytes each: catalog.selectors.facet_codes.
    facet_codes = models.GeneratedField(
        expression=Func(F("facets"), function="catalog_facet_codes"), output_field=models.BinaryField(), db_persist=True
    )
    # Something this row is made of has changed for very many: a sweep makes them anew, a batch at a time.
    is_stale = models.BooleanField(default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-sold", "product"], name="card_sold", condition=Q(is_visible=True)),
            models.Index(fields=["-published_at", "product"], name="card_newest", condition=Q(is_visible=True)),
            models.Index(fields=["price_minor", "product"], name="card_price", condition=Q(is_visible=True)),
            models.Index(fields=["category_path", "-sold"], name="card_category", condition=Q(is_visible=True)),
            models.Index(fields=["merchant", "-sold"], name="card_merchant", condition=Q(is_visible=True)),
            models.Index(fields=["brand_name", "-sold"], name="card_brand", condition=Q(is_visible=True) & ~Q(brand_name="")),
            models.Index(fields=["merchant_kind", "-sold"], name="card_kind", condition=Q(is_visible=True)),
            models.Index(fields=["-rating_rank", "product"], name="card_rating", condition=Q(is_visible=True)),
            models.Index(fields=["-discount_bps", "product"], name="card_deal", condition=Q(is_visible=True, discount_bps__gt=0)),
            # A card has some eighty words, which each change of it that another index notices, such as a sale, writes anew: put in one by
            # one they take eight times as long as together. Every search reads the pending ones to their end, so these are few.
            GinIndex(fields=["search"], name="card_search", gin_pending_list_limit=256),
            models.Index(fields=["product"], name="card_stale", condition=Q(is_stale=True)),
            GinIndex(fields=["facets"], name="card_facets", gin_pending_list_limit=64, condition=Q(is_visible=True)),
        ]

    def __str__(self) -> str:
        return self.title
