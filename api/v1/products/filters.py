from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet

from catalog.models import Category, Product, ProductCard
from catalog.selectors.find import having_words, in_category
from core.money import exponent, parse_minor


class ProductFilter(django_filters.FilterSet):
    """The filters a caller may use; anything else in the query string is ignored."""

    q = django_filters.CharFilter(method="search", max_length=200, label="Words to search for, in any language")
    category = django_filters.CharFilter(method="in_category", max_length=60, label="Slug of a category; its subcategories count")
    shop = django_filters.CharFilter(field_name="merchant_slug", max_length=60, label="Slug of a shop")
    condition = django_filters.ChoiceFilter(choices=Product.Condition.choices)
    in_stock = django_filters.BooleanFilter(label="Only what can be bought now")
    min_price = django_filters.NumberFilter(method="from_price", min_value=0, max_value=10**9, label="Lowest price in major units")
    max_price = django_filters.NumberFilter(method="to_price", min_value=0, max_value=10**9, label="Highest price in major units")

    class Meta:
        model = ProductCard
        fields: list[str] = []

    def search(self, cards: QuerySet[ProductCard], name: str, value: str) -> QuerySet[ProductCard]:
        return having_words(cards, value)

    def in_category(self, cards: QuerySet[ProductCard], name: str, value: str) -> QuerySet[ProductCard]:
        category = Category.objects.filter(slug=value).first()
        return in_category(cards, category) if category else cards.none()

    def from_price(self, cards: QuerySet[ProductCard], name: str, value: Any) -> QuerySet[ProductCard]:
        return cards.filter(price_minor__gte=_minor(value))

    def to_price(self, cards: QuerySet[ProductCard], name: str, value: Any) -> QuerySet[ProductCard]:
        return cards.filter(price_minor__lte=_minor(value))


def _minor(value: Any) -> int:
    return parse_minor(round(value, exponent(settings.CURRENCY)), settings.CURRENCY)
