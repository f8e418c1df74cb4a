"""A cart as it is shown: lines, what each merchant sends, and the whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.selectors.bundles import BundleView
from logistics.rules.duties import Declared
from logistics.way_selectors import Ways


@dataclass(frozen=True)
class CartLineView:
    """A line as shown. `problem` is "", "unavailable", "not_in_currency", "sold_out", "too_many", "wrong_quantity", "needs_answers" or,
    of a set with a part that is not on sale, "incomplete".

    `price_minor` is that of a piece at this quantity, `single_minor` that of one alone.
    A changed price is not a problem but is said; one seen in another currency has not changed.
    """

    line_id: uuid.UUID
    variant_id: uuid.UUID
    product_id: uuid.UUID
    slug: str
    sku: str
    title: str
    options: dict[str, str]
    picture: str
    picture_widths: Sequence[int]
    picture_formats: Sequence[str]
    quantity: int
    price_minor: int
    currency: str
    seen_minor: int
    seen_currency: str
    compare_at_minor: int | None
    total_minor: int
    available: int
    problem: str
    tax_class: str = ""
    single_minor: int = 0
    min_quantity: int = 1
    quantity_step: int = 1
    quote_id: uuid.UUID | None = None
    # What everybody pays for a piece, where the shopper's company pays less by a price list.
    ordinary_minor: int | None = None
    trade_of: str = ""
    is_digital: bool = False
    # (label, text) of what should be on it.
    answers: Sequence[tuple[str, str]] = ()
    is_bespoke: bool = False
    # What is in it, where it is a set.
    bundle: BundleView | None = None
    # What of the total is taxed how.
    taxed: tuple[tuple[int, str], ...] = ()
    # What of it is sent, by variant, as customs are told.
    declared: tuple[tuple[uuid.UUID, Declared], ...] = ()
    # How many days its merchant takes until it is handed over.
    handling_days: int = 0

    @property
    def pieces(self) -> list[tuple[uuid.UUID, int]]:
        """Variants and pieces that lie on shelves: of a set its parts; nothing of what is downloaded."""
        parts = [(part.variant, part.quantity * self.quantity) for part in self.bundle.parts] if self.bundle else []
        if self.bundle:
            return [(variant.variant_id, pieces) for variant, pieces in parts if not variant.is_digital]
        return [] if self.is_digital else [(self.variant_id, self.quantity)]

    @property
    def saved_minor(self) -> int:
        """How much less these sets cost than their parts one by one."""
        return self.bundle.saved_minor(self.price_minor, self.currency) * self.quantity if self.bundle else 0

    @property
    def is_price_changed(self) -> bool:
        return self.single_minor != self.seen_minor and self.currency == self.seen_currency

    @property
    def less(self) -> int:
        """The next smaller quantity that is sold; zero where there is none."""
        smaller = (self.quantity - 1) // self.quantity_step * self.quantity_step
        return smaller if smaller >= self.min_quantity else 0

    @property
    def more(self) -> int:
        """The next greater quantity that is sold."""
        return max((self.quantity // self.quantity_step + 1) * self.quantity_step, self.min_quantity)


@dataclass(frozen=True)
class Parcel:
    """One merchant's block. `free_over_missing_minor` is what is missing for free delivery, None where there is nothing to hint."""

    merchant_id: uuid.UUID
    merchant_slug: str
    merchant_name: str
    lines: list[CartLineView]
    goods_minor: int
    shipping_minor: int
    free_over_minor: int | None
    free_over_missing_minor: int | None
    # What may be chosen beside sending it, what was, and what sending it costs or would cost.
    ways: Ways = field(default_factory=Ways)
    chosen: str = "sent"
    sent_minor: int = 0
    is_picked_up: bool = False

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor

    @property
    def is_digital(self) -> bool:
        """Nothing of it is sent."""
        return all(line.is_digital for line in self.lines)


@dataclass(frozen=True)
class CartView:
    """The whole cart. Totals count the lines that can be bought; with `has_problems` it cannot be placed."""

    cart_id: uuid.UUID | None = None
    parcels: list[Parcel] = field(default_factory=list)
    currency: str = ""
    goods_minor: int = 0
    shipping_minor: int = 0
    total_minor: int = 0
    count: int = 0
    has_problems: bool = False
    has_price_changes: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.parcels

    @property
    def needs_address(self) -> bool:
        """Whether something is sent; an empty cart asks, too."""
        return not self.parcels or not all(parcel.is_digital for parcel in self.parcels)

    @property
    def is_all_picked_up(self) -> bool:
        """Whether nothing of it is sent, though something lies on shelves."""
        return self.needs_address and all(parcel.is_digital or parcel.is_picked_up for parcel in self.parcels) and not self.is_empty

    @property
    def has_digital(self) -> bool:
        return any(line.is_digital for parcel in self.parcels for line in parcel.lines)

    @property
    def product_ids(self) -> list[uuid.UUID]:
        return [line.product_id for parcel in self.parcels for line in parcel.lines]
