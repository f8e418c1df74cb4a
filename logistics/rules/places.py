"""Where a warehouse is, whom it serves, how far it is from an address and when it sends."""

import datetime as dt
import math
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

EARTH_M = 6_371_008  # mean radius, IUGG
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
LONGEST_CLOSURE = 366
KNOWN, ALIKE, UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Destination:
    """Where goods go; `country` is ISO 3166 alpha-2, the position in degrees where it is known."""

    country: str
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A country that is served, or the parts of it whose postcodes begin so."""

    country: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """What allocation knows about a warehouse. No zone serves everywhere; the cost is of one parcel, in minor units.

    `working_days` are ISO weekdays from 1 (Monday), `holidays` ISO dates; after `cut_off` of a day nothing leaves on it.
    """

    country: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    zones: tuple[Zone, ...] = ()
    # Behind the customs of its country, and not imported yet.
    is_bonded: bool = False
    parcel_cost_minor: int = 0
    cost_currency: str = ""
    cut_off: dt.time | None = None
    time_zone: str = "UTC"
    working_days: tuple[int, ...] = EVERY_DAY
    holidays: tuple[str, ...] = ()


ANYWHERE = Site()


def zones_of(rows: Iterable[dict[str, Any]]) -> tuple[Zone, ...]:
    """Zones as they are stored with a warehouse."""
    return tuple(Zone(row["country"], tuple(row.get("prefixes", ()))) for row in rows)


def squeezed(postcode: str) -> str:
    """A postcode as it is compared: `sw1a 1aa` and `SW1A-1AA` are one."""
    return "".join(sign for sign in postcode.upper() if sign.isalnum())


def serves(zones: Iterable[Zone], destination: Destination | None) -> bool:
    """Whether an address is in one of the zones; no zones, or no address to compare, is everywhere."""
    zones = tuple(zones)
    if not zones or destination is None:
        return True
    postcode = squeezed(destination.postcode)
    return any(zone.country == destination.country and (not zone.prefixes or postcode.startswith(zone.prefixes)) for zone in zones)


def border(site: Site, destination: Destination | None) -> dict[str, object]:
    """Where goods from there cross a border on their way: the country they come from, and whether they are taken out of bond.

    Nothing where they lie in the destination already; from a bonded warehouse of another country they are exported as from any other.
    """
    if destination is None or not site.country or (site.country == destination.country and not site.is_bonded):
        return {}
    return {"crosses_from": site.country, "out_of_bond": site.country == destination.country}


def distance(site: Site, destination: Destination | None) -> tuple[int, int]:
    """How far, as a pair that compares: metres where both positions are known, else how unlike the postcodes are, else last."""
    if destination is None:
        return UNKNOWN, 0
    metres = metres_between((site.latitude, site.longitude), (destination.latitude, destination.longitude))
    if metres is not None:
        return KNOWN, metres
    if site.country != destination.country or not site.postcode or not destination.postcode:
        return UNKNOWN, int(site.country != destination.country)
    here, there = squeezed(site.postcode), squeezed(destination.postcode)
    alike = next((at for at, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), min(len(here), len(there)))
    return ALIKE, max(len(here), len(there)) - alike


def metres_between(one: tuple[float | None, float | None], other: tuple[float | None, float | None]) -> int | None:
    """Great-circle distance of two positions in degrees, in whole metres (haversine formula); None where one is not known."""
    if one[0] is None or one[1] is None or other[0] is None or other[1] is None:
        return None
    lat_1, lon_1, lat_2, lon_2 = (math.radians(angle) for angle in (one[0], one[1], other[0], other[1]))
    square = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return round(2 * EARTH_M * math.asin(min(1.0, math.sqrt(square))))


def leaves_on(site: Site, at: dt.datetime) -> dt.date:
    """The first day on which the warehouse hands over what is ordered at `at`, by its own clock and calendar."""
    local = at.astimezone(zoneinfo.ZoneInfo(site.time_zone))
    day = local.date()
    if site.cut_off is not None and local.time() >= site.cut_off:
        day += dt.timedelta(days=1)
    for _ in range(LONGEST_CLOSURE):
        if day.isoweekday() in site.working_days and day.isoformat() not in site.holidays:
            break
        day += dt.timedelta(days=1)
    return day
