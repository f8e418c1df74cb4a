"""Quantities, the parts of a purchase, deadlines."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.rules.personalisation import said
from core.exchange.rules import ONE, Conversion
from core.money import charge_step, split
from logistics.rules import Load
from orders.errors import InvalidQuantity

if TYPE_CHECKING:
    from catalog.rules.trade import Listed
    from catalog.selectors import SellableVariant

SUNDAY = 6


def quantity_of(value: object, most: int) -> int:
    """A quantity from 1 to `most`, out of an int or plain ASCII digits as a form sends them.

    Raises:
        InvalidQuantity: anything else, such as 0, −1, 1.5, "1e3", True or a thousand digits.
    """
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InvalidQuantity(most=most)
    return value


def ship_by(paid_at: dt.datetime, handling_days: int) -> dt.datetime:
    """When a merchant must have handed the parcel over: `handling_days` later, Sundays not counted."""
    due = paid_at
    for _ in range(handling_days):
        due += dt.timedelta(days=1)
        if due.weekday() == SUNDAY:
            due += dt.timedelta(days=1)
    return due


@dataclass(frozen=True, eq=False)
class WantedBundle:
    """So many of a set at so much each, in minor units; its parts are lines of their own. `bundle_id` is of the row it becomes."""

    bundle_id: uuid.UUID
    variant: SellableVariant
    quantity: int
    unit_minor: int


@dataclass(frozen=True)
class WantedLine:
    variant: SellableVariant
    quantity: int
    # A price of a piece agreed with the merchant, and which agreement that was.
    agreed_minor: int | None = None
    quote_id: uuid.UUID | None = None
    # The set that this is a part of, where the agreed price is a share of the set's.
    bundle: WantedBundle | None = None
    # What should be on it, by the key of the product's field.
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_bespoke(self) -> bool:
        """Made for its buyer, so it does not come back for a change of mind."""
        is_set_made = self.bundle is not None and self.bundle.variant.is_made_to_order
        return self.variant.is_made_to_order or is_set_made or bool(said(self.variant.asked, self.answers))

    @property
    def handling_days(self) -> int:
        """How many days it takes until it is handed over; a set takes its own, too."""
        return max(self.variant.handling_days, self.bundle.variant.handling_days if self.bundle else 0)

    @property
    def unit_minor(self) -> int:
        """What a piece costs: as agreed, else at this quantity."""
        return self.variant.unit_minor(self.quantity) if self.agreed_minor is None else self.agreed_minor

    @property
    def total_minor(self) -> int:
        return self.unit_minor * self.quantity

    @property
    def load(self) -> Load:
        """How many pieces it is, what they weigh and how large they are; a set is one piece with a weight and a size of its own."""
        return Load(self.quantity, self.variant.weight_g * self.quantity, self.variant.volume_mm3 * self.quantity)

    @property
    def by_list(self) -> tuple[Listed, int] | None:
        """The row of a company's price list that makes the price, and what everybody pays for a piece; None for everybody's price."""
        ordinary = self.variant.ordinary if self.agreed_minor is None else None
        return ordinary.beaten_at(self.quantity) if ordinary is not None else None


@dataclass(frozen=True)
class QuotedOrder:
    """One merchant's part of a purchase; `total_minor` is goods + shipping, `points` of the shopper pay `points_minor` of it."""

    merchant_id: uuid.UUID
    lines: list[WantedLine]
    shipping_minor: int
    points: int
    points_minor: int

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor

    @property
    def sent_lines(self) -> list[WantedLine]:
        """What goes into parcels; the rest is downloaded."""
        return [line for line in self.lines if not line.variant.is_digital]


def kept_rate(conversion: Conversion, base: str) -> dict[str, Any]:
    """What a purchase or an order remembers of the rate it was made by.

    Without a rate (its prices were all set in its own currency by hand) it is its own base.
    """
    quote = conversion.quote(base)
    if base == conversion.currency or quote is None:
        return {"base_currency": conversion.currency, "rate": ONE, "rate_on": None}
    return {"base_currency": base, "rate": quote.rate, "rate_on": quote.on}


def lines_by_merchant(lines: Sequence[WantedLine]) -> dict[uuid.UUID, list[WantedLine]]:
    """Lines grouped by seller, in the order in which sellers first appear."""
    groups: dict[uuid.UUID, list[WantedLine]] = {}
    for line in lines:
        groups.setdefault(line.variant.merchant_id, []).append(line)
    return groups


def goods_by_merchant(lines: Sequence[WantedLine]) -> dict[uuid.UUID, int]:
    """Price of the goods per seller in minor units."""
    return {merchant_id: sum(line.total_minor for line in group) for merchant_id, group in lines_by_merchant(lines).items()}


def shipped_by_merchant(lines: Sequence[WantedLine]) -> dict[uuid.UUID, int]:
    """The same of what is sent in parcels; sellers of digital goods only are not in it."""
    return goods_by_merchant([line for line in lines if not line.variant.is_digital])


def loads_by_merchant(lines: Sequence[WantedLine]) -> dict[uuid.UUID, Load]:
    """Pieces and weight of what each seller sends."""
    groups = lines_by_merchant([line for line in lines if not line.variant.is_digital])
    return {merchant_id: sum((line.load for line in group), Load()) for merchant_id, group in groups.items()}


def quoted_orders(
    lines: Sequence[WantedLine], shipping: Mapping[uuid.UUID, int], points: int = 0, points_minor: int = 0, *, currency: str
) -> list[QuotedOrder]:
    """The merchant orders of a purchase. `points` and what they are worth are shared in proportion to goods, by largest remainder.

    Each is shared by itself, so that no order is paid more with points than its goods cost, whatever a point is worth. What is left
    of each order can be charged to a card and refunded to it.
    """
    groups = lines_by_merchant(lines)
    weights = list(goods_by_merchant(lines).values())
    worths = split(points_minor, weights, charge_step(currency))
    return [
        QuotedOrder(merchant_id=merchant_id, lines=group, shipping_minor=shipping.get(merchant_id, 0), points=share, points_minor=worth)
        for (merchant_id, group), share, worth in zip(groups.items(), split(points, weights), worths, strict=True)
    ]
