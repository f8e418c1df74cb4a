"""Drawn maps: positions in degrees become points of an SVG. No tiles, no script, and they print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

KM_PER_DEGREE = 111.32
Point = tuple[float, float]


class Sheet:
    """Turns positions into points of the drawing: north is up, and all of it fits."""

    def __init__(self, places: Sequence[Point], width: int, height: int, pad: int) -> None:
        self.width, self.height = width, height
        self.squeeze = math.cos(math.radians(sum(north for north, _ in places) / len(places)))
        xs, ys = [east * self.squeeze for _, east in places], [-north for north, _ in places]
        span = max((max(xs) - min(xs)) / (width - 2 * pad), (max(ys) - min(ys)) / (height - 2 * pad), 1e-5)
        self.scale = 1 / span
        self.middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)

    def point(self, place: Point) -> dict[str, str]:
        """As SVG writes numbers, whatever the language."""
        north, east = place
        x = self.width / 2 + (east * self.squeeze - self.middle[0]) * self.scale
        y = self.height / 2 + (-north - self.middle[1]) * self.scale
        return {"x": f"{x:.1f}", "y": f"{y:.1f}"}

    def bar(self) -> dict[str, Any]:
        """A line as long as a round number of kilometres, about a fifth of the width."""
        per_km = self.scale / KM_PER_DEGREE
        wanted = self.width / 5 / per_km
        power = 10.0 ** math.floor(math.log10(wanted))
        km = max(step * power for step in (1, 2, 5) if step * power <= wanted)
        return {"km": f"{km:g}", "length": f"{km * per_km:.1f}"}


def letter(number: int) -> str:
    """A to Z, then A1, B1 and so on: what the stops of a vehicle are called by, beside their colour."""
    return chr(65 + number % 26) + (str(number // 26) if number >= 26 else "")
