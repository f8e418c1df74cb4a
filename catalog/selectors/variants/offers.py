"""What putting a variant into a cart needs to know of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from catalog.rules.personalisation import Asked, asked_of
from catalog.selectors.trade import Trader
from catalog.selectors.variants.rows import ON_SALE, PRICED, offer_rows, price_of
from catalog.selectors.variants.sellable import SellableVariant, Texts, are_on_sale, only, parts_of, sellable_variants
from core.compiled import first
from core.exchange.rules import Conversion
from core.i18n import translated


@dataclass(frozen=True, slots=True)
class Offer:
    """What putting a variant into a cart needs to know of it."""

    variant_id: uuid.UUID
    title: str
    i18n: Texts
    price_minor: int
    currency: str
    is_sellable: bool
    min_quantity: int = 1
    quantity_step: int = 1
    asked: tuple[Asked, ...] = ()
    is_complete: bool = True

    def title_in(self, language: str) -> str:
        return translated({"title": self.title}, self.i18n, "title", language)


def offer_of(variant_id: uuid.UUID, conversion: Conversion | None = None, trader: Trader | None = None) -> Offer | None:
    """One variant's offer in the currency of `conversion`, None where there is no such variant. One query, one more of a bundle and one
    more for a company.
    """
    if trader is not None:
        sold = sellable_variants([variant_id], conversion, trader).get(variant_id)
        return None if sold is None else _offer(sold)
    row = first(offer_rows(variant_id, conversion.currency if conversion else ""))
    if row is None:
        return None
    title, i18n, least, step, personalisation, is_bundle, *deciding = row[: -len(PRICED)]
    price = price_of(dict(zip(PRICED, row[-len(PRICED) :], strict=True)), conversion)
    is_complete = not is_bundle or are_on_sale(parts_of([variant_id]).get(variant_id, ()))
    is_sellable, asked = tuple(deciding) == ON_SALE and is_complete, asked_of(personalisation)
    return Offer(variant_id, title, only(i18n, "title"), price.minor, price.currency, is_sellable, least, step, asked, is_complete)


def _offer(sold: SellableVariant) -> Offer:
    return Offer(
        sold.variant_id,
        sold.title,
        sold.i18n,
        sold.price_minor,
        sold.currency,
        sold.is_sellable,
        sold.min_quantity,
        sold.quantity_step,
        sold.asked,
        sold.is_complete,
    )
