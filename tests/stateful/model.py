"""What each shopper paid and got back, each merchant is owed and each shelf holds, worked out from scratch in plain Python.

It believes what the shop says has happened: statuses, which part of which line was given back, what was put on the shelf again and paid
out, which disputes it has heard of. No sum, balance, share, counter or fee of the shop's is read here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

HELD = {"paid", "preparing", "shipped", "delivered"}
SENT = {"shipped", "delivered", "completed", "refunded"}
POINTS_PER_MAJOR, MINOR_PER_MAJOR = 1, 100


def half_up(whole: int, part: int, total: int) -> int:
    return (2 * whole * part + total) // (2 * total) if total else 0


def by_largest_remainder(minor: int, weights: Sequence[int]) -> list[int]:
    """Shares in proportion, what is broken to the largest fractions, the first of equals first."""
    whole = sum(weights)
    exact = [Fraction(minor * weight, whole) if whole else Fraction(0) for weight in weights]
    shares = [int(share) for share in exact]
    for index in sorted(range(len(exact)), key=lambda at: shares[at] - exact[at])[: minor - sum(shares)]:
        shares[index] += 1
    return shares


@dataclass(frozen=True)
class Line:
    """A line of an order, or its shipping: what it cost and what the operator keeps of it, tax on that included."""

    amount_minor: int
    fees_minor: tuple[int, ...] = ()
    variant: uuid.UUID | None = None
    pieces: int = 0


@dataclass
class Order:
    """One merchant's part as it was agreed; `lines` has the shipping under None. `returned` is how much of each line went back.

    `charged_back_minor` is what a shopper's bank kept of it; points and fees go with whatever goes, so they are counted as it goes.
    """

    id: uuid.UUID
    merchant: uuid.UUID
    points_minor: int
    lines: dict[uuid.UUID | None, Line]
    status: str = "awaiting_payment"
    was_sent: bool = False
    was_completed: bool = False
    returned: Counter[uuid.UUID | None] = field(default_factory=Counter)
    charged_back_minor: int = 0
    points_back: int = 0
    fees_back: list[int] = field(default_factory=lambda: [0, 0])

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
    def gone_minor(self) -> int:
        return self.returned.total() + self.charged_back_minor

    @property
    def points_left(self) -> int:
        return self.points_minor - self.points_back

    @property
    def cash_left(self) -> int:
        """What was not paid in points, and is still here."""
        return self.amount_minor - self.gone_minor - self.points_left

    @property
    def fees(self) -> list[int]:
        """The operator's commission and the tax on it, as agreed."""
        return [sum(line.fees_minor[part] for line in self.lines.values() if line.fees_minor) for part in (0, 1)]

    @property
    def fees_left(self) -> int:
        return sum(self.fees) - sum(self.fees_back)

    def give_back(self, parts: Mapping[uuid.UUID | None, int]) -> int:
        """So much of each line; what of it is cash or credit. Points go in proportion, half up on the running sum, fees with their line."""
        amount = sum(parts.values())
        fees = [sum(self._fee_of(key, minor, part) for key, minor in parts.items()) for part in (0, 1)]
        self.returned.update(parts)
        due = half_up(self.points_minor, self.gone_minor, self.amount_minor)
        points = min(max(due - self.points_back, 0), amount)
        self.points_back += points
        self._fees_go(fees)
        return amount - points

    def charge_back(self, minor: int) -> None:
        """The bank takes cash of nothing in particular, so fees go in proportion to the order."""
        self.charged_back_minor += minor
        self._fees_go(
            [max(half_up(fee, self.gone_minor, self.amount_minor) - back, 0) for fee, back in zip(self.fees, self.fees_back, strict=True)]
        )

    def _fee_of(self, key: uuid.UUID | None, minor: int, part: int) -> int:
        line = self.lines[key]
        if not line.fees_minor:
            return 0
        fee, before = line.fees_minor[part], self.returned[key]
        return half_up(fee, before + minor, line.amount_minor) - half_up(fee, before, line.amount_minor)

    def _fees_go(self, fees: list[int]) -> None:
        for part, fee in enumerate(fees):
            left = self.fees[part] - self.fees_back[part]
            self.fees_back[part] += left if self.gone_minor == self.amount_minor else min(fee, left)

    @property
    def earned_points(self) -> int:
        """For goods that were kept and paid in money."""
        goods = sum(line.amount_minor - self.returned[key] for key, line in self.lines.items() if key)
        return max(goods - self.points_left, 0) * POINTS_PER_MAJOR // MINOR_PER_MAJOR

    def pieces(self, variant: uuid.UUID) -> int:
        return sum(line.pieces for line in self.lines.values() if line.variant == variant)


@dataclass
class Dispute:
    """A shopper's bank and what it claims; of that `claimed_minor` is claimed from the orders."""

    claimed_minor: int
    status: str = "open"


@dataclass
class Purchase:
    """`approved` are the payments the shopper approved at a provider: attempt to minor units; `credit` is who paid how much with credit."""

    id: uuid.UUID
    user: uuid.UUID | None
    orders: list[Order]
    credit: list[tuple[uuid.UUID, int]] = field(default_factory=list)
    status: str = "awaiting_payment"
    goods_gone: bool = False
    approved: dict[uuid.UUID, int] = field(default_factory=dict)
    tampered: set[uuid.UUID] = field(default_factory=set)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    cash_back: int = 0
    credit_back: int = 0

    @property
    def credit_minor(self) -> int:
        return sum(minor for _, minor in self.credit)

    @property
    def due_minor(self) -> int:
        """What the provider had to collect."""
        return sum(order.amount_minor - order.points_minor for order in self.orders) - self.credit_minor

    @property
    def cash_left(self) -> int:
        """What of the provider's money neither went back nor is a bank's."""
        taken = sum(dispute.claimed_minor for dispute in self.disputes.values() if dispute.status != "won")
        return self.due_minor - self.cash_back - taken

    @property
    def cash_kept(self) -> int:
        """What of the shopper's money did not go back: of a purchase that was never paid, nothing."""
        return self.due_minor - self.cash_back if self.status == "paid" else 0

    def give_back(self, order: Order, parts: Mapping[uuid.UUID | None, int]) -> None:
        """Cash first, while there is some, then credit."""
        minor = order.give_back(parts)
        cash = min(minor, self.cash_left)
        self.cash_back += cash
        self.credit_back += minor - cash

    def dispute(self, name: str, minor: int) -> None:
        """A bank takes that much of the payment; it can claim no more than is left."""
        self.disputes[name] = Dispute(min(minor, self.cash_left, sum(order.cash_left for order in self.orders)))

    def end_dispute(self, name: str, status: str, turns: Sequence[uuid.UUID]) -> None:
        """Lost, each order bears its share of what it still has; of two that are even, the first in `turns` bears the odd cent."""
        dispute = self.disputes[name]
        dispute.status = status
        if status == "lost":
            orders = sorted(self.orders, key=lambda order: turns.index(order.id))
            left = [order.cash_left for order in orders]
            dispute.claimed_minor = min(dispute.claimed_minor, sum(left))
            for order, share in zip(orders, by_largest_remainder(dispute.claimed_minor, left), strict=True):
                if share:
                    order.charge_back(share)

    def credit_spent(self) -> Counter[uuid.UUID]:
        """Owner to minor units that are spent and not back; what comes back goes to the newest use first."""
        spent: Counter[uuid.UUID] = Counter()
        back = self.credit_minor if self.status in {"cancelled", "expired"} else self.credit_back
        for owner, minor in reversed(self.credit):
            mine = min(back, minor)
            back -= mine
            spent[owner] += minor - mine
        assert not back
        return spent


@dataclass
class Exchange:
    """What is promised to a shopper instead of what comes back: from the agreement until it is sent or the case ends without it."""

    goods: Counter[uuid.UUID]
    was_agreed: bool = False
    was_sent: bool = False
    has_ended: bool = False


@dataclass
class Model:
    """All purchases of one history."""

    initial_stock: dict[uuid.UUID, int] = field(default_factory=dict)
    initial_points: dict[uuid.UUID, int] = field(default_factory=dict)
    purchases: dict[uuid.UUID, Purchase] = field(default_factory=dict)
    restocked: Counter[uuid.UUID] = field(default_factory=Counter)
    paid_out: Counter[uuid.UUID] = field(default_factory=Counter)
    credit_given: Counter[uuid.UUID] = field(default_factory=Counter)
    exchanges: dict[uuid.UUID, Exchange] = field(default_factory=dict)

    @property
    def orders(self) -> list[Order]:
        return [order for purchase in self.purchases.values() for order in purchase.orders]

    def credit(self) -> Counter[uuid.UUID]:
        """Member or gift card to minor units that can still be spent."""
        left = self.credit_given.copy()
        for purchase in self.purchases.values():
            left.subtract(purchase.credit_spent())
        return left

    def held(self) -> Counter[uuid.UUID]:
        """Merchant to minor units in escrow."""
        sums: Counter[uuid.UUID] = Counter()
        for order in self.orders:
            if order.status in HELD:
                sums[order.merchant] += order.amount_minor - order.gone_minor
        return sums

    def owed(self) -> Counter[uuid.UUID]:
        """Merchant to minor units owed, claimed or not, less what was paid out."""
        sums: Counter[uuid.UUID] = Counter()
        for order in self.orders:
            if order.status == "completed":
                sums[order.merchant] += order.amount_minor - order.gone_minor - order.fees_left
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
        for exchange in self.exchanges.values():
            sent += exchange.goods[variant] if exchange.was_sent else 0
            promised += exchange.goods[variant] if exchange.was_agreed and not (exchange.was_sent or exchange.has_ended) else 0
        return self.initial_stock[variant] - sent + self.restocked[variant], promised
