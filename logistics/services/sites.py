"""What allocation reads about a warehouse beside the stock row."""

from collections.abc import Sequence
from typing import Any

from logistics.rules import Site, StockLevel
from logistics.rules.places import zones_of

SITE_COLUMNS = tuple(
    f"warehouse__{name}"
    for name in (
        "country", "postcode", "latitude", "longitude", "zones", "parcel_cost_minor", "cost_currency",
        "cut_off", "time_zone", "working_days", "holidays", "kind",
    )
)  # fmt: skip


def level_of(row: Sequence[Any]) -> StockLevel:
    """A stock row as read: key, merchant, variant, code, priority, what is free, then SITE_COLUMNS; what follows is not looked at."""
    country, postcode, latitude, longitude, zones, cost, currency, cut_off, zone, days, holidays, kind = row[6 : 6 + len(SITE_COLUMNS)]
    site = Site(
        country=country,
        postcode=postcode,
        latitude=None if latitude is None else float(latitude),
        longitude=None if longitude is None else float(longitude),
        zones=zones_of(zones),
        is_bonded=kind == "bonded",
        parcel_cost_minor=cost,
        cost_currency=currency,
        cut_off=cut_off,
        time_zone=zone,
        working_days=tuple(days),
        holidays=tuple(holidays),
    )
    stock_id, merchant_id, variant_id, code, priority, free = row[:6]
    return StockLevel(stock_id, merchant_id, variant_id, code, priority, free, site)
