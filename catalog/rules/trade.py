"""What a company pays: the lowest of everybody's price, everybody's tiers, and the price lists it has been given."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from catalog.rules.quantities import MOST_PIECES, MOST_TIERS, Tier, unit_price


class Listed(NamedTuple):
    """A row of a price list that applies to a company, in minor units of the currency it is looked at in."""

    row_id: uuid.UUID
    list_id: uuid.UUID
    version: int
    least: int
    steps: tuple[Tier, ...]
    company: str = ""

    def unit_minor(self, quantity: int) -> int | None:
        """What a piece costs by this row; None for fewer than it is given for."""
        fitting = [step.price_minor for step in self.steps if step.quantity <= quantity]
        return min(fitting) if fitting and quantity >= self.least else None


class Terms(NamedTuple):
    """A price, its tiers and the least quantity, as for everybody, but of one company."""

    price_minor: int
    tiers: tuple[Tier, ...]
    least: int


def steps_fit(steps: Sequence[Tier]) -> bool:
    """Whether each step begins later than the one before it, and is cheaper; the first may begin at any quantity."""
    if not 1 <= len(steps) <= MOST_TIERS:
        return False
    pairs = pairwise(steps)
    are_ordered = all(before.quantity < after.quantity and before.price_minor > after.price_minor for before, after in pairs)
    return are_ordered and steps[0].quantity >= 1 and steps[-1].quantity <= MOST_PIECES and steps[-1].price_minor > 0


def winner(price_minor: int, tiers: Sequence[Tier], listed: Sequence[Listed], quantity: int) -> tuple[int, Listed | None]:
    """The one rule: the lowest price of a piece that applies to so many, and the row that makes it, None where everybody pays as little."""
    lowest, by = unit_price(price_minor, tiers, quantity), None
    for row in listed:
        minor = row.unit_minor(quantity)
        if minor is not None and minor < lowest:
            lowest, by = minor, row
    return lowest, by


def least_of(least: int, listed: Sequence[Listed]) -> int:
    """How many a company has to buy at least: what the most generous of its rows asks, everybody's where they ask nothing."""
    return min((row.least or least for row in listed), default=least)


def terms(price_minor: int, tiers: Sequence[Tier], least: int, listed: Sequence[Listed]) -> Terms:
    """A company's price from its least quantity on, and the quantities at which it gets lower."""
    start = least_of(least, listed)
    begins = {tier.quantity for tier in tiers} | {max(step.quantity, row.least) for row in listed for step in row.steps}
    first, _row = winner(price_minor, tiers, listed, start)
    shown: list[Tier] = []
    before = first
    for quantity in sorted(begin for begin in begins if begin > start):
        minor, _row = winner(price_minor, tiers, listed, quantity)
        if minor < before:
            shown.append(Tier(quantity, minor))
            before = minor
    return Terms(first, tuple(shown), start)
