"""What may be sold as one, and what each part of it then costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.money import split

MOST_PARTS = 12
MOST_PIECES = 1_000


class Share(NamedTuple):
    """So many pieces of one part of a bundle at so much each, in minor units."""

    part: int
    quantity: int
    unit_minor: int


def parts_fit(quantities: Sequence[int]) -> bool:
    """Whether these pieces make a set: more than one in all, and not of too many kinds."""
    return len(quantities) <= MOST_PARTS and sum(quantities) > 1


def shares(unit_minor: int, parts: Sequence[tuple[int, int]], step: int = 1) -> list[Share]:
    """What the pieces of one bundle cost of its price, so that the sum is exactly that price.

    The price is split over list price × quantity by largest remainder, and each part's share evenly over its pieces: where it does not
    divide, some pieces cost one step more and are a share of their own.

    Args:
        unit_minor: the price of one bundle in minor units.
        parts: pairs of a list price in minor units and the pieces of it in one bundle.
        step: amounts are multiples of so many minor units, see core.money.charge_step.
    """
    found = []
    # Weights take part in the split's steps; scaled, they never break them.
    for place, share in enumerate(split(unit_minor, [list_minor * quantity * step for list_minor, quantity in parts], step)):
        pieces = split(share, [step] * parts[place][1], step)
        found += [Share(place, pieces.count(minor), minor) for minor in sorted(set(pieces), reverse=True)]
    return found
