"""Stores out of a file: each row becomes a warehouse of the kind store that offers pick-up; the same row again changes it."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from logistics.models import PickupPoint, Warehouse
from logistics.rules.opening import parse_hours
from logistics.services.pickup_points import PickupTerms, save_pickup_point
from logistics.services.warehouses import Terms, create_warehouse, set_warehouse_terms
from merchants.models import Merchant

LONGEST = {"code": 30, "name": 80, "address": 200, "city": 80, "postcode": 20}


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as a file describes it; the position in degrees."""

    code: str
    name: str
    address: str
    city: str
    postcode: str
    country: str
    latitude: Decimal
    longitude: Decimal
    opening_hours: Mapping[str, Sequence[Sequence[str]]]
    time_zone: str
    i18n: Mapping[str, dict[str, str]]


def store_row(row: Any, *, country: str, time_zone: str) -> StoreRow:
    """A row of a file: id, name, address (with address2), city, zip or postcode, location with lat and lon, hours; country,
    time_zone, name_zh and city_zh where it says them.

    Raises:
        ValueError: something is missing or cannot be; the text says what.
    """
    if not isinstance(row, dict):
        raise ValueError("not an object")
    location = row.get("location")
    if not isinstance(location, dict):
        raise ValueError("location is missing")
    address = " ".join(filter(None, (_text(row, "address"), _text(row, "address2"))))
    said = {
        "code": f"S{_text(row, 'id')}", "name": _text(row, "name"), "address": address, "city": _text(row, "city"),
        "postcode": _text(row, "zip") or _text(row, "postcode"),
    }  # fmt: skip
    for name, longest in LONGEST.items():
        if len(said[name]) > longest or (name != "postcode" and not said[name].removeprefix("S" if name == "code" else "")):
            raise ValueError(f"{name} is missing or longer than {longest} characters")
    try:
        hours = parse_hours(_text(row, "hours"))
    except ValueError as error:
        raise ValueError(f"hours cannot be read: {error}") from error
    return StoreRow(
        **said, country=_text(row, "country") or country, latitude=_degrees(location, "lat"), longitude=_degrees(location, "lon"),
        opening_hours=hours, time_zone=_text(row, "time_zone") or time_zone, i18n=_chinese(row),
    )  # fmt: skip


def _chinese(row: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    texts = {name: text[:80] for name in ("name", "city") if (text := _text(row, f"{name}_zh"))}
    return {"zh-hans": texts} if texts else {}


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return " ".join(str(value).replace("\0", "").split()) if isinstance(value, str | int) else ""


def _degrees(location: Mapping[str, Any], name: str) -> Decimal:
    try:
        value = Decimal(str(location.get(name)))
    except InvalidOperation as error:
        raise ValueError(f"location has no {name}") from error
    if not value.is_finite() or abs(value) > 180:
        raise ValueError(f"location has no {name}")
    return value.quantize(Decimal("0.000001"))


@transaction.atomic
def import_store(*, merchant: Merchant, store: StoreRow) -> PickupPoint:
    """Make a store, or bring the one of this code up to date.

    Raises:
        InvalidWarehouse, InvalidPickupPoint: what the row says cannot be.
    """
    house: Warehouse | None = Warehouse.objects.for_merchant(merchant).filter(code=store.code).first()
    if house is None:
        house = create_warehouse(
            merchant=merchant, code=store.code, name=store.name, kind=Warehouse.Kind.STORE, city=store.city, postcode=store.postcode,
            country=store.country, priority=100, i18n=dict(store.i18n),
        )  # fmt: skip
    terms = dataclasses.replace(
        Terms(priority=house.priority, low_stock_at=house.low_stock_at), latitude=store.latitude, longitude=store.longitude,
        time_zone=store.time_zone,
    )  # fmt: skip
    set_warehouse_terms(warehouse_id=house.pk, terms=terms, merchant_id=merchant.pk)
    said = PickupTerms(address=store.address, opening_hours=store.opening_hours)
    return save_pickup_point(merchant_id=merchant.pk, warehouse_id=house.pk, terms=said)
