"""Products beside each other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Product
from catalog.rules.options import options_in
from catalog.selectors.cards import Card, cards_by_ids
from core.i18n import translated
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Compared:
    """A card with what only its product knows: `facts` are its attributes, then the values of its options."""

    card: Card
    merchant_id: uuid.UUID
    handling_days: int
    condition: str
    merchant: Merchant
    facts: tuple[tuple[str, str], ...]


def compared(ids: Sequence[uuid.UUID], language: str) -> list[Compared]:
    """The visible ones among these products, in this order. Two queries."""
    cards = cards_by_ids(ids, language)
    rows = Product.objects.filter(pk__in=[card.product_id for card in cards]).select_related("merchant").defer("description")
    products = {row.pk: row for row in rows}
    return [_compared(card, products[card.product_id], language) for card in cards if card.product_id in products]


def _compared(card: Card, product: Product, language: str) -> Compared:
    attributes = [
        (translated(row, row.get("i18n"), "name", language), translated(row, row.get("i18n"), "value", language))
        for row in product.attributes
    ]
    options = [(option.label, ", ".join(value.label for value in option.values)) for option in options_in(product.options, language)]
    merchant = product.merchant
    return Compared(card, merchant.pk, merchant.handling_days, str(product.get_condition_display()), merchant, (*attributes, *options))
