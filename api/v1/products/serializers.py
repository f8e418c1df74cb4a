from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.currencies import asked_conversion
from catalog.models import ProductCard
from catalog.rules.prices import Price, card_price
from catalog.selectors.bundles import BundlePartView, BundleView
from core.i18n import translated
from core.money import Money


class MoneySerializer(serializers.Serializer[Any]):
    """An amount: `minor` is what to calculate with, `text` is how the caller's language writes it."""

    minor = serializers.IntegerField()
    currency = serializers.CharField()
    text = serializers.CharField()


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as the API writes it."""
    return {"minor": minor, "currency": currency, "text": Money(minor, currency).format(get_language() or "en")}


class ProductSerializer(serializers.ModelSerializer[ProductCard]):
    """A product as lists show it."""

    id = serializers.UUIDField(source="product_id")
    title = serializers.SerializerMethodField()
    shop = serializers.CharField(source="merchant_slug")
    brand = serializers.CharField(source="brand_name")
    price = serializers.SerializerMethodField()
    compare_at = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField()
    rating = serializers.SerializerMethodField()
    ratings = serializers.IntegerField(source="stars_count")
    url = serializers.SerializerMethodField()

    class Meta:
        model = ProductCard
        fields: tuple[str, ...] = (
            "id", "slug", "title", "shop", "brand", "condition", "price", "compare_at", "in_stock", "rating", "ratings", "picture", "url",
            "published_at",
        )  # fmt: skip

    def get_title(self, card: ProductCard) -> str:
        return translated({"title": card.title}, card.i18n, "title")

    @extend_schema_field(MoneySerializer)
    def get_price(self, card: ProductCard) -> dict[str, Any]:
        price = self._price(card)
        return money(price.minor, price.currency)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_compare_at(self, card: ProductCard) -> dict[str, Any] | None:
        price = self._price(card)
        return None if price.compare_at_minor is None else money(price.compare_at_minor, price.currency)

    def _price(self, card: ProductCard) -> Price:
        base = Price(card.price_minor, card.compare_at_minor, card.currency)
        return card_price(base, card.prices, asked_conversion(self.context.get("request")))

    def get_picture(self, card: ProductCard) -> str | None:
        width = max((width for width in card.picture_widths if width <= 640), default=None)
        return f"{settings.SITE_URL}{settings.MEDIA_URL}{card.picture}/{width}.{card.picture_formats[0]}" if width else None

    def get_rating(self, card: ProductCard) -> float | None:
        return round(card.stars_sum / card.stars_count, 1) if card.stars_count else None

    def get_url(self, card: ProductCard) -> str:
        return f"{settings.SITE_URL}/p/{card.slug}/"


class TierSerializer(serializers.Serializer[Any]):
    """From so many pieces on, each costs so much."""

    quantity = serializers.IntegerField()
    price = MoneySerializer()


class BundlePartSerializer(serializers.Serializer[Any]):
    """So many pieces of another variant that are in this one; `price` is what one costs on its own."""

    variant = serializers.UUIDField()
    sku = serializers.CharField()
    title = serializers.CharField()
    product = serializers.SlugField()
    options = serializers.DictField(child=serializers.CharField())
    quantity = serializers.IntegerField()
    price = MoneySerializer()
    on_sale = serializers.BooleanField()


class VariantSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    sku = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())
    price = MoneySerializer()
    compare_at = MoneySerializer(allow_null=True)
    tiers = TierSerializer(many=True)
    min_quantity = serializers.IntegerField()
    quantity_step = serializers.IntegerField()
    weight_g = serializers.IntegerField()
    length_mm = serializers.IntegerField(allow_null=True)
    width_mm = serializers.IntegerField(allow_null=True)
    height_mm = serializers.IntegerField(allow_null=True)
    hs_code = serializers.CharField()
    origin = serializers.CharField()
    in_stock = serializers.BooleanField()
    parts = BundlePartSerializer(many=True)


class ProductDetailSerializer(ProductSerializer):
    """A product with its description and variants."""

    description = serializers.SerializerMethodField()
    variants = serializers.SerializerMethodField()

    class Meta(ProductSerializer.Meta):
        fields: tuple[str, ...] = (*ProductSerializer.Meta.fields, "description", "variants")

    def get_description(self, card: ProductCard) -> str:
        return card.product.text("description")

    @extend_schema_field(VariantSerializer(many=True))
    def get_variants(self, card: ProductCard) -> list[dict[str, Any]]:
        available: dict[Any, int] = self.context["availability"]
        sets: dict[Any, BundleView] = self.context["sets"]
        return [
            {
                "id": str(variant.pk),
                "sku": variant.sku,
                "options": variant.options,
                "price": money(price.minor, price.currency),
                "compare_at": None if price.compare_at_minor is None else money(price.compare_at_minor, price.currency),
                "tiers": [{"quantity": tier.quantity, "price": money(tier.price_minor, price.currency)} for tier in tiers],
                "min_quantity": variant.min_quantity,
                "quantity_step": variant.quantity_step,
                "weight_g": variant.weight_g,
                "length_mm": variant.length_mm,
                "width_mm": variant.width_mm,
                "height_mm": variant.height_mm,
                "hs_code": variant.hs_code,
                "origin": variant.origin,
                "in_stock": available.get(variant.pk, 0) > 0,
                "parts": [_part(part) for part in sets[variant.pk].parts] if variant.pk in sets else [],
            }
            for variant, price, tiers in self.context["variants"]
        ]


def _part(part: BundlePartView) -> dict[str, Any]:
    variant = part.variant
    return {
        "variant": str(variant.variant_id),
        "sku": variant.sku,
        "title": part.title,
        "product": variant.slug,
        "options": variant.options,
        "quantity": part.quantity,
        "price": money(variant.price_minor, variant.currency),
        "on_sale": part.is_on_sale,
    }
