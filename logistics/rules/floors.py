"""The floor of a warehouse as somebody walks it: parallel aisles, crossed in front, at the back and wherever a cross aisle was left.

Lengths are whole centimetres.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in an aisle: the aisle's number from the left, from 1, and how far it is from the front."""

    aisle: int
    along_cm: int


@dataclass(frozen=True, slots=True)
class Layout:
    """`crossings_cm` are cross aisles besides the front and the back, as distances from the front; goods are packed before an aisle."""

    gap_cm: int = 300
    length_cm: int = 3_000
    crossings_cm: tuple[int, ...] = ()
    pack_aisle: int = 1

    @property
    def pack_point(self) -> Spot:
        return Spot(self.pack_aisle, 0)

    @property
    def crossings(self) -> list[int]:
        """All cross aisles, from the front to the back."""
        return sorted({0, self.length_cm, *(cm for cm in self.crossings_cm if 0 < cm < self.length_cm)})


def crossing_between(layout: Layout, start: Spot, end: Spot) -> int:
    """The cross aisle, by its distance from the front, over which the way between two aisles is shortest; the front one of equals."""
    return min(layout.crossings, key=lambda cm: (abs(start.along_cm - cm) + abs(end.along_cm - cm), cm))


def distance_cm(layout: Layout, start: Spot, end: Spot) -> int:
    """The shortest way between two places: along the aisle, or along one, over a cross aisle and along the other."""
    if start.aisle == end.aisle:
        return abs(start.along_cm - end.along_cm)
    cm = crossing_between(layout, start, end)
    return abs(start.along_cm - cm) + abs(end.along_cm - cm) + abs(start.aisle - end.aisle) * layout.gap_cm


def way_between(layout: Layout, start: Spot, end: Spot) -> list[Spot]:
    """The places where somebody turns on that way, both ends included."""
    if start.aisle == end.aisle:
        return [start, end]
    cm = crossing_between(layout, start, end)
    return [start, Spot(start.aisle, cm), Spot(end.aisle, cm), end]
