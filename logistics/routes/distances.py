"""How far and how long it is from one place to another."""

from __future__ import annotations

import math
from collections.abc import Sequence

from logistics.routes.problems import Matrix

EARTH_METRES = 6_371_000
# Streets are longer than the straight line: about 1.3 times in towns of many countries (Boscoe et al. 2012, "detour index": 1.417 in the
# United States; Ballou et al. 2002: 1.2 to 1.6).
DETOUR = 1.35
# Driving in a town, lights and looking for a place to stop included.
KMH = 28
Place = tuple[float, float]


def metres(one: Place, other: Place) -> int:
    """By road, roughly: the great circle (haversine) times the detour, from (latitude, longitude) in degrees."""
    (north_a, east_a), (north_b, east_b) = ((math.radians(north), math.radians(east)) for north, east in (one, other))
    half = math.sin((north_b - north_a) / 2) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin((east_b - east_a) / 2) ** 2
    return round(2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half))) * DETOUR)


def seconds_for(distance: int) -> int:
    """How long so many metres take."""
    return math.ceil(distance * 3.6 / KMH)


def road_matrices(places: Sequence[Place]) -> tuple[Matrix, Matrix]:
    """Metres and seconds between all places, the depot first."""
    distances = [[metres(one, other) for other in places] for one in places]
    return distances, [[seconds_for(distance) for distance in row] for row in distances]


def euclidean_matrix(places: Sequence[tuple[float, float]]) -> Matrix:
    """Distances in a plane rounded to the nearest whole number, half upward, as TSPLIB and CVRPLIB say for EUC_2D."""
    return [[int(math.hypot(ax - bx, ay - by) + 0.5) for bx, by in places] for ax, ay in places]
