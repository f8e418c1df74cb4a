"""The packing bench: one order, what is due, and what was scanned of it. Nothing of it is stored; the page carries the counts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backoffice.shipping.errors import NotCounted, NoTrackingNumber, NotToShip, NumberIsMade, TooManyPieces, UnknownOrder, WrongItem
from backoffice.shipping.numbers import TRACKING
from logistics.carrier_selectors import Way
from merchants.models import Merchant
from orders.errors import OrderNotFound
from orders.models import MerchantOrder
from orders.selectors.purchases import TO_SHIP, order_for_merchant
from orders.selectors.shipping import Due, due_by_order
from orders.states import OrderStatus

HIDDEN = {OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED}


@dataclass(frozen=True)
class Article:
    """An article of the order: so many pieces due, so many in the parcel."""

    variant_id: uuid.UUID
    sku: str
    title: str
    options: str
    due: int
    counted: int = 0

    @property
    def is_complete(self) -> bool:
        return self.counted == self.due


@dataclass(frozen=True)
class Bench:
    order: MerchantOrder
    articles: list[Article] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return all(article.is_complete for article in self.articles)

    @property
    def counted(self) -> dict[uuid.UUID, int]:
        """What is in the parcel, as `ship_order` takes it."""
        return {article.variant_id: article.counted for article in self.articles if article.counted}


def open_order(merchant: Merchant, code: str, counted: Mapping[str, str] | None = None) -> Bench:
    """The order with this number on the bench, with what was counted of it before. Four queries.

    Args:
        counted: by the text of a variant's key, as the page sent it; what is no number or too much counts as what is due at most.

    Raises:
        UnknownOrder: the merchant has none with this number that was paid.
        NotToShip: it was sent, or has ended.
    """
    number = code.strip().upper()
    try:
        order = order_for_merchant(number, merchant)
    except OrderNotFound:
        raise UnknownOrder(number=code[:40]) from None
    if order.status in HIDDEN:
        raise UnknownOrder(number=code[:40])
    if order.status not in TO_SHIP:
        raise NotToShip(number=order.number, status=order.get_status_display())
    return Bench(order, _articles(due_by_order([order])[order.pk], counted or {}))


def _articles(due: Sequence[Due], counted: Mapping[str, str]) -> list[Article]:
    """One for each variant, over all warehouses."""
    pieces: dict[uuid.UUID, int] = {}
    for row in due:
        pieces[row.variant_id] = pieces.get(row.variant_id, 0) + row.quantity
    named = {row.variant_id: row for row in due}
    return [
        Article(key, named[key].sku, named[key].title, named[key].options, count, _counted(counted.get(str(key), ""), count))
        for key, count in pieces.items()
    ]


def _counted(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def count(bench: Bench, code: str) -> Bench:
    """The bench with one more piece of the article whose SKU was scanned.

    Raises:
        WrongItem: it is not in the order.
        TooManyPieces: all of it is in the parcel already.
    """
    wanted = code.strip().casefold()
    found = next((article for article in bench.articles if article.sku.casefold() == wanted), None)
    if found is None:
        raise WrongItem(code=code[:64])
    if found.is_complete:
        raise TooManyPieces(code=found.sku, due=found.due)
    more = Article(found.variant_id, found.sku, found.title, found.options, found.due, found.counted + 1)
    return Bench(bench.order, [more if article is found else article for article in bench.articles])


def tracking_number(bench: Bench, way: Way, code: str) -> str:
    """What was scanned, as the number of this parcel; empty where its carrier makes it.

    Raises:
        NotCounted: nothing is in the parcel.
        NumberIsMade: something was scanned though the carrier makes the number.
        NoTrackingNumber: it cannot be one, or is the code of the order or of an article.
    """
    if not bench.counted:
        raise NotCounted
    text = code.strip()
    if not way.needs_number and text:
        raise NumberIsMade(carrier=way.names[0])
    if not way.needs_number:
        return ""
    codes = {bench.order.number.casefold(), *(article.sku.casefold() for article in bench.articles)}
    if not TRACKING.fullmatch(text) or text.casefold() in codes:
        raise NoTrackingNumber(code=code[:64])
    return text
