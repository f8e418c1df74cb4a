"""Sets in carts and orders: whom the pieces go to that several lines want, and what each part of a set costs."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from catalog.rules.bundles import shares
from core.money import charge_step
from orders.rules.purchases import WantedLine

if TYPE_CHECKING:
    from catalog.selectors import SellableVariant


class Shelf:
    """What is left for the lines of a cart, one after the other, where sets and their parts want the same pieces."""

    def __init__(self, available: Mapping[uuid.UUID, int], shared: Collection[uuid.UUID]) -> None:
        self._left = dict(available)
        self._shared = shared

    def left_of(self, variant: SellableVariant) -> int:
        """How many of it the lines before have left."""
        parts = (self._left.get(part.variant_id, 0) // part.quantity for part in variant.parts)
        return min([self._left.get(variant.variant_id, 0), *parts])

    def take(self, variant: SellableVariant, quantity: int) -> None:
        """A line has got so many of it."""
        for part in variant.parts:
            self._left[part.variant_id] -= part.quantity * quantity
        if variant.variant_id in self._shared:
            self._left[variant.variant_id] -= quantity


def bundle_shares(
    line: WantedLine, parts: Mapping[uuid.UUID, SellableVariant], currency: str
) -> Iterator[tuple[SellableVariant, int, int]]:
    """Which pieces a line of sets comes to, and what each of them costs in minor units of `currency`."""
    content = [(parts[part.variant_id], part.quantity) for part in line.variant.parts]
    weights = [(variant.list_minor, quantity) for variant, quantity in content]
    for share in shares(line.unit_minor, weights, charge_step(currency)):
        yield content[share.part][0], share.quantity * line.quantity, share.unit_minor
