"""What each shopper paid and got back, each merchant is owed and each shelf holds, worked out from scratch in plain Python.

It believes what the shop says has happened: statuses, which part of which line was given back, what was put on the shelf again and paid
out. No sum, balance, share, counter or fee of the shop's is read here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field

HELD = {"paid", "preparing", "shipped", "delivered"}
SENT = {"shipped", "delivered", "completed", "refunded"}
POINTS_PER_MAJOR, MINOR_PER_MAJOR = 1, 100


def half_up(whole: int, part: int, total: int) -> int:
    return (2 * whole * part + total) // (2 * total) if total else 0


@dataclass(frozen=True)
class Line:
    """A line of an order, or its shipping: what it cost and what the operator keeps of it, tax on that included."""

    amount_minor: int
    fees_minor: tuple[int, ...] = ()
    variant: uuid.UUID | None = None
    pieces: int = 0


@dataclass
class Order:
    """One merchant's part as it was agreed; `lines` has the shipping under None. `returned` is how much of each line went back."""

    id: uuid.UUID
    merchant: uuid.UUID
    points_minor: int
    lines: dict[uuid.UUID | None, Line]
    status: str = "awaiting_payment"
    was_sent: bool = False
    was_completed: bool = False
    returned: Counter[uuid.UUID | None] = field(default_factory=Counter)

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines.values())

    @property
    def is_given_back(self) -> bool:
        return self.status in {"cancelled", "refunded", "expired"}

    @property
    def is_kept(self) -> bool:
        return self.status in {*HELD, "completed"}

    @property
    def returned_minor(self) -> int:
        return self.returned.total()

    @property
    def points_left(self) -> int:
        """Points go back in proportion to the order, half up on the running sum."""
        return self.points_minor - min(half_up(self.points_minor, self.returned_minor, self.amount_minor), self.returned_minor)

    @property
    def cash_left(self) -> int:
        return self.amount_minor - self.returned_minor - self.points_left

    @property
    def fees_left(self) -> int:
        """The operator's part of each line goes back with it."""
        return sum(fee - half_up(fee, self.returned[key], line.amount_minor) for key, line in self.lines.items() for fee in line.fees_minor)

    @property
    def earned_points(self) -> int:
        """For goods that were kept and paid in money."""
        goods = sum(line.amount_minor - self.returned[key] for key, line in self.lines.items() if key)
        return max(goods - self.points_left, 0) * POINTS_PER_MAJOR // MINOR_PER_MAJOR

    def pieces(self, variant: uuid.UUID) -> int:
        return sum(line.pieces for line in self.lines.values() if line.variant == variant)


@dataclass
class Purchase:
    """`approved` are the payments the shopper approved at the provider: attempt to minor units."""

    id: uuid.UUID
    user: uuid.UUID | None
    orders: list[Order]
    status: str = "awaiting_payment"
    goods_gone: bool = False
    approved: dict[uuid.UUID, int] = field(default_factory=dict)
    tampered: set[uuid.UUID] = field(default_factory=set)

    @property
    def cash_kept(self) -> int:
        """What of the shopper's money the market keeps: of a paid purchase what did not go back, else nothing."""
        if self.status != "paid":
            return 0
        return sum(order.cash_left for order in self.orders if not order.is_given_back)


@dataclass
class Model:
    """All purchases of one history."""

    initial_stock: dict[uuid.UUID, int] = field(default_factory=dict)
    initial_points: dict[uuid.UUID, int] = field(default_factory=dict)
    purchases: dict[uuid.UUID, Purchase] = field(default_factory=dict)
    restocked: Counter[uuid.UUID] = field(default_factory=Counter)
    paid_out: Counter[uuid.UUID] = field(default_factory=Counter)

    @property
    def orders(self) -> list[Order]:
        return [order for purchase in self.purchases.values() for order in purchase.orders]

    def held(self) -> Counter[uuid.UUID]:
        """Merchant to minor units in escrow."""
        sums: Counter[uuid.UUID] = Counter()
        for order in self.orders:
            if order.status in HELD:
                sums[order.merchant] += order.amount_minor - order.returned_minor
        return sums

    def owed(self) -> Counter[uuid.UUID]:
        """Merchant to minor units owed, claimed or not, less what was paid out."""
        sums: Counter[uuid.UUID] = Counter()
        for order in self.orders:
            if order.status == "completed":
                sums[order.merchant] += order.amount_minor - order.returned_minor - order.fees_left
        sums.subtract(self.paid_out)
        return sums

    def points(self, user: uuid.UUID) -> int:
        """What a member has, less what they owe."""
        own = [order for purchase in self.purchases.values() if purchase.user == user for order in purchase.orders]
        spent = sum(order.points_left for order in own if not order.is_given_back)
        earned = sum(order.earned_points for order in own if order.was_completed and not order.is_given_back)
        return self.initial_points[user] - spent + earned

    def shelf(self, variant: uuid.UUID) -> tuple[int, int]:
        """Pieces on hand and promised."""
        sent = sum(order.pieces(variant) for order in self.orders if order.was_sent)
        promised = sum(
            order.pieces(variant)
            for purchase in self.purchases.values()
            if not (purchase.goods_gone and purchase.status == "awaiting_payment")
            for order in purchase.orders
            if order.status in {"awaiting_payment", "paid", "preparing"}
        )
        return self.initial_stock[variant] - sent + self.restocked[variant], promised
