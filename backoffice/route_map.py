"""A day of own delivery as a drawing: depot, numbered stops and each vehicle's way. No tiles, no script, and it prints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from logistics.models import RouteStop, VehicleRoute
from logistics.routes.selectors import DayPlan

WIDTH, HEIGHT, PAD = 720, 460, 28
TONES = 8
KM_PER_DEGREE = 111.32
Point = tuple[float, float]


class Sheet:
    """Turns positions into points of the drawing: north is up, and all of it fits."""

    def __init__(self, places: Sequence[Point]) -> None:
        self.squeeze = math.cos(math.radians(sum(north for north, _ in places) / len(places)))
        xs, ys = [east * self.squeeze for _, east in places], [-north for north, _ in places]
        span = max((max(xs) - min(xs)) / (WIDTH - 2 * PAD), (max(ys) - min(ys)) / (HEIGHT - 2 * PAD), 1e-5)
        self.scale = 1 / span
        self.middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)

    def point(self, place: Point) -> dict[str, str]:
        """As SVG writes numbers, whatever the language."""
        north, east = place
        x = WIDTH / 2 + (east * self.squeeze - self.middle[0]) * self.scale
        y = HEIGHT / 2 + (-north - self.middle[1]) * self.scale
        return {"x": f"{x:.1f}", "y": f"{y:.1f}"}

    def bar(self) -> dict[str, Any]:
        """A line as long as a round number of kilometres, about a fifth of the width."""
        per_km = self.scale / KM_PER_DEGREE
        wanted = WIDTH / 5 / per_km
        power = 10.0 ** math.floor(math.log10(wanted))
        km = max(step * power for step in (1, 2, 5) if step * power <= wanted)
        return {"km": f"{km:g}", "length": f"{km * per_km:.1f}"}


def letter(number: int) -> str:
    """A to Z, then A1, B1 and so on: what the stops of a vehicle are called by, beside their colour."""
    return chr(65 + number % 26) + (str(number // 26) if number >= 26 else "")


def route_map(day: DayPlan) -> dict[str, Any] | None:
    """Everything the template draws; None while nobody has said where anything is."""
    depot = _place(day.plan)
    placed = [stop for route in day.routes for stop in route.stops.all() if stop.is_placed] + day.new
    if depot is None or not placed:
        return None
    sheet = Sheet([depot, *(_place_of(stop) for stop in placed)])
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "depot": sheet.point(depot),
        "routes": [_drawn(sheet, depot, number, route) for number, route in enumerate(day.routes)],
        "loose": [sheet.point(_place_of(stop)) for stop in day.new],
        "bar": sheet.bar(),
    }


def _drawn(sheet: Sheet, depot: Point, number: int, route: VehicleRoute) -> dict[str, Any]:
    stops = [stop for stop in route.stops.all() if stop.is_placed]
    ways = [list(group) for _, group in groupby(stops, key=lambda stop: stop.tour)]
    return {
        "tone": number % TONES,
        "name": route.vehicle.name,
        "path": " ".join(_way(sheet, depot, way) for way in ways),
        "stops": [{**sheet.point(_place_of(stop)), "text": f"{letter(number)}{stop.sequence}", "status": stop.status} for stop in stops],
    }


def _way(sheet: Sheet, depot: Point, stops: Iterable[RouteStop]) -> str:
    points = [sheet.point(place) for place in (depot, *(_place_of(stop) for stop in stops), depot)]
    return "M" + " L".join(f"{point['x']} {point['y']}" for point in points)


def _place(row: Any) -> Point | None:
    return None if row.latitude is None or row.longitude is None else (float(row.latitude), float(row.longitude))


def _place_of(stop: RouteStop) -> Point:
    return float(stop.latitude or 0), float(stop.longitude or 0)
