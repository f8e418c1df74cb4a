"""What each shopper paid and got back, each merchant is owed and each shelf holds, worked out from scratch in plain Python.

It believes the shop's statuses and nothing else: no sum, balance or counter of the shop's is read here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field

HELD = {"paid", "preparing", "shipped", "delivered"}
SENT = {"shipped", "delivered", "completed", "refunded"}
POINTS_PER_MAJOR, MINOR_PER_MAJOR = 1, 100


@dataclass
class Order:
    """One merchant's part as it was agreed; `returned_minor` is what parts of it went back before it ended, if it did."""

    id: uuid.UUID
    merchant: uuid.UUID
    goods_minor: int
    shipping_minor: int
    points_minor: int
    commission_minor: int
    pieces: dict[uuid.UUID, int]
    status: str = "awaiting_payment"
    was_sent: bool = False
    was_completed: bool = False
    returned_minor: int = 0

    @property
    def amount_minor(self) -> int:
        return self.goods_minor + self.shipping_minor

    @property
    def is_given_back(self) -> bool:
        return self.status in {"cancelled", "refunded", "expired"}

    @property
    def commission_left(self) -> int:
        """Half up of the running sum goes back with the parts."""
        amount = self.amount_minor
        return self.commission_minor - ((2 * self.commission_minor * self.returned_minor + amount) // (2 * amount) if amount else 0)

    @property
    def earned_points(self) -> int:
        return max(self.goods_minor - self.points_minor, 0) * POINTS_PER_MAJOR // MINOR_PER_MAJOR


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
    def cash_minor(self) -> int:
        return sum(order.amount_minor - order.points_minor for order in self.orders)

    @property
    def cash_kept(self) -> int:
        """What of the shopper's money the market keeps: of a paid purchase what did not go back, else nothing."""
        if self.status != "paid":
            return 0
        kept = [order for order in self.orders if not order.is_given_back]
        return sum(order.amount_minor - order.points_minor - order.returned_minor for order in kept)


@dataclass
class Model:
    """All purchases of one history."""

    initial_stock: dict[uuid.UUID, int] = field(default_factory=dict)
    initial_points: dict[uuid.UUID, int] = field(default_factory=dict)
    purchases: dict[uuid.UUID, Purchase] = field(default_factory=dict)

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

    def payable(self) -> Counter[uuid.UUID]:
        """Merchant to minor units owed."""
        sums: Counter[uuid.UUID] = Counter()
        for order in self.orders:
            if order.status == "completed":
                sums[order.merchant] += order.amount_minor - order.returned_minor - order.commission_left
        return sums

    def points(self, user: uuid.UUID) -> int:
        """What a member has, less what they owe."""
        own = [order for purchase in self.purchases.values() if purchase.user == user for order in purchase.orders]
        spent = sum(order.points_minor for order in own if not order.is_given_back)
        earned = sum(order.earned_points for order in own if order.was_completed and not order.is_given_back)
        return self.initial_points[user] - spent + earned

    def shelf(self, variant: uuid.UUID) -> tuple[int, int]:
        """Pieces on hand and promised."""
        sent = sum(order.pieces.get(variant, 0) for order in self.orders if order.was_sent)
        promised = sum(
            order.pieces.get(variant, 0)
            for purchase in self.purchases.values()
            if not (purchase.goods_gone and purchase.status == "awaiting_payment")
            for order in purchase.orders
            if order.status in {"awaiting_payment", "paid", "preparing"}
        )
        return self.initial_stock[variant] - sent, promised
