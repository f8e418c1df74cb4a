"""A day of own delivery as a drawing: depot, numbered stops and each vehicle's way. No tiles, no script, and it prints."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from core.drawn_maps import Point, Sheet, letter
from logistics.models import RouteStop, VehicleRoute
from logistics.routes.selectors import DayPlan

WIDTH, HEIGHT, PAD = 720, 460, 28
TONES = 8


def route_map(day: DayPlan) -> dict[str, Any] | None:
    """Everything the template draws; None while nobody has said where anything is."""
    depot = _place(day.plan)
    placed = [stop for route in day.routes for stop in route.stops.all() if stop.is_placed] + day.new
    if depot is None or not placed:
        return None
    sheet = Sheet([depot, *(_place_of(stop) for stop in placed)], WIDTH, HEIGHT, PAD)
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
