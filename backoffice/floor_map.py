"""A warehouse's floor as a drawing: racks along the aisles, and the walk of a wave with its numbered stops. No script, and it prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from logistics.floor.selectors import Stop
from logistics.rules.floors import Layout, Spot

WIDTH, HIGHEST, PAD, SIDE = 720, 420, 34, 11
WIDEST_GAP = 110


class Sheet:
    """Turns places of a floor into points of the drawing: the front is below, the first aisle on the left, and all of it fits."""

    def __init__(self, layout: Layout, aisles: Sequence[int]) -> None:
        self.layout = layout
        numbers = [*aisles, layout.pack_aisle]
        self.first, self.last = min(numbers), max(numbers)
        self.gap = min((WIDTH - 2 * PAD) / max(self.last - self.first, 1), WIDEST_GAP)
        self.height = HIGHEST
        self.per_cm = (HIGHEST - 2 * PAD) / layout.length_cm
        self.left = (WIDTH - self.gap * (self.last - self.first)) / 2

    def point(self, spot: Spot) -> dict[str, str]:
        return {"x": self.across(spot.aisle), "y": self.down(spot.along_cm)}

    def across(self, aisle: int) -> str:
        return f"{self.left + (aisle - self.first) * self.gap:.1f}"

    def down(self, along_cm: int) -> str:
        return f"{HIGHEST - PAD - min(along_cm, self.layout.length_cm) * self.per_cm:.1f}"


def floor_map(
    layout: Layout, racks: Iterable[Spot], aisles: Sequence[tuple[int, str]], *, walk: Sequence[Spot] = (), stops: Sequence[Spot] = ()
) -> dict[str, Any] | None:
    """Everything the template draws; None where nothing stands anywhere.

    Args:
        aisles: the number of each aisle and its name.
        walk: where a walk turns, from the pack point back to it.
        stops: its stops, which are numbered from 1.
    """
    if not aisles:
        return None
    sheet = Sheet(layout, [number for number, _ in aisles])
    ends = {"x1": sheet.across(sheet.first), "x2": sheet.across(sheet.last)}
    turns = [sheet.point(spot) for spot in walk]
    return {
        "width": WIDTH,
        "height": HIGHEST,
        "aisles": [{"x": sheet.across(number), "name": name, "top": PAD, "bottom": HIGHEST - PAD} for number, name in aisles],
        "crossings": [{**ends, "y": sheet.down(cm)} for cm in layout.crossings],
        "racks": [sheet.point(spot) for spot in racks],
        "pack": sheet.point(layout.pack_point),
        "path": "M" + " L".join(f"{turn['x']} {turn['y']}" for turn in turns) if len(turns) > 1 else "",
        "stops": [{**sheet.point(spot), "text": number} for number, spot in enumerate(stops, 1)],
    }


def wave_map(layout: Layout, stops: Sequence[Stop], walk: Sequence[Spot]) -> dict[str, Any] | None:
    """The map of a wave: the aisles it goes into, its stops in their order, and the way."""
    bins = [stop.bin for stop in stops if stop.bin is not None]
    spots = list(dict.fromkeys(Spot(row.aisle_number, row.along_cm) for row in bins))
    return floor_map(layout, spots, sorted({(row.aisle_number, row.aisle) for row in bins}), walk=walk, stops=spots)


def metres(cm: int) -> str:
    return f"{cm / 100:.1f}".rstrip("0").rstrip(".")
