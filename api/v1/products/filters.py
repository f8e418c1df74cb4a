from typing import Any

import django_filters
from django.db.models import QuerySet

from api.currencies import asked_conversion
from catalog.models import Category, Product, ProductCard
from catalog.selectors.find import at_least, at_most, having_words, in_category
from core.exchange.rules import Conversion
from core.money import exponent, parse_minor


class ProductFilter(django_filters.FilterSet):
    """The filters a caller may use; anything else in the query string is ignored."""

    q = django_filters.CharFilter(method="search", max_length=200, label="Words to search for, in any language")
    category = django_filters.CharFilter(method="in_category", max_length=60, label="Slug of a category; its subcategories count")
    shop = django_filters.CharFilter(field_name="merchant_slug", max_length=60, label="Slug of a shop")
    condition = django_filters.ChoiceFilter(choices=Product.Condition.choices)
    in_stock = django_filters.BooleanFilter(label="Only what can be bought now")
    min_price = django_filters.NumberFilter(
        method="from_price", min_value=0, max_value=10**9, label="Lowest price in major units of the currency"
    )
    max_price = django_filters.NumberFilter(
        method="to_price", min_value=0, max_value=10**9, label="Highest price in major units of the currency"
    )

    currency = django_filters.CharFilter(
        method="as_it_is", max_length=3, label="Currency of the prices (ISO 4217); the shop's own without it"
    )

    class Meta:
        model = ProductCard
        fields: list[str] = []

    def search(self, cards: QuerySet[ProductCard], name: str, value: str) -> QuerySet[ProductCard]:
        return having_words(cards, value)

    def as_it_is(self, cards: QuerySet[ProductCard], name: str, value: str) -> QuerySet[ProductCard]:
        """The currency changes how goods are priced, not which are listed."""
        return cards

    def in_category(self, cards: QuerySet[ProductCard], name: str, value: str) -> QuerySet[ProductCard]:
        category = Category.objects.filter(slug=value).first()
        return in_category(cards, category) if category else cards.none()

    def from_price(self, cards: QuerySet[ProductCard], name: str, value: Any) -> QuerySet[ProductCard]:
        return at_least(cards, self._minor(value), self.conversion)

    def to_price(self, cards: QuerySet[ProductCard], name: str, value: Any) -> QuerySet[ProductCard]:
        return at_most(cards, self._minor(value), self.conversion)

    @property
    def conversion(self) -> Conversion:
        return asked_conversion(self.request)

    def _minor(self, value: Any) -> int:
        currency = self.conversion.currency
        return parse_minor(round(value, exponent(currency)), currency)
