"""Vehicles and days of own delivery, through the real services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from core.ids import uuid7
from logistics.models import RoutePlan, RouteStop, Vehicle, VehicleRoute, Warehouse
from logistics.routes import services, work
from logistics.routes.services import Recipient
from merchants.models import Merchant
from tests.factories.catalog import make_product
from tests.factories.logistics import NOW, make_shipment, make_stock, make_warehouse

_number = count(1)
DEPOT = (Decimal("30.274100"), Decimal("120.155100"))
TODAY = NOW.date()
# Enough for the few stops of a test, and always the same.
ITERATIONS = 200


def make_vehicle(warehouse: Warehouse, **overrides: Any) -> Vehicle:
    values = {
        "name": f"Van {next(_number)}", "warehouse": warehouse, "capacity_g": None, "capacity_pieces": 10, "starts_at": dt.time(8),
        "ends_at": dt.time(18), "per_km_minor": 50, "per_stop_minor": 100, "fixed_minor": 2_000, **overrides,
    }  # fmt: skip
    return services.save_vehicle(merchant=warehouse.merchant, **values)


def make_recipient(**overrides: Any) -> Recipient:
    number = next(_number)
    values = {
        "name": f"Li {number}", "phone": "+86 571 1234", "address": f"{number} Wensan Road", "city": "Hangzhou", "postcode": "310012",
        "country": "CN", "currency": "USD", **overrides,
    }  # fmt: skip
    return Recipient(**values)


def make_stop(
    warehouse: Warehouse,
    place: tuple[float, float] | None = None,
    *,
    day: dt.date = TODAY,
    pieces: int = 1,
    window: tuple[dt.time | None, dt.time | None] = (None, None),
    **recipient: Any,
) -> RouteStop:
    """A parcel on the day's plan; `place` is how far north and east of the depot it goes, in degrees, None for not known."""
    goods = make_product(merchant=warehouse.merchant).variants.get()
    shipment = make_shipment(make_stock(pieces, variant=goods, warehouse=warehouse), pieces)
    stop = services.add_stop(
        shipment=shipment,
        label=f"N-{next(_number)}",
        recipient=make_recipient(**recipient),
        merchant=warehouse.merchant,
        day=day,
        actor="system:test",
        at=NOW,
    )
    if place is None:
        return stop
    north, east = (round(at + Decimal(str(away)), 6) for at, away in zip(DEPOT, place, strict=True))
    return services.describe_stop(
        stop_id=stop.pk, merchant_id=stop.merchant_id, latitude=north, longitude=east, window_from=window[0], window_until=window[1],
        service_minutes=5, note="",
    )  # fmt: skip


def make_day(merchant: Merchant | None = None, *, places: list[tuple[float, float]], vehicles: int = 1, **vehicle: Any) -> RoutePlan:
    """Today's draft with placed stops, its depot and some vehicles."""
    warehouse = make_warehouse(merchant)
    for _ in range(vehicles):
        make_vehicle(warehouse, **vehicle)
    stops = [make_stop(warehouse, place) for place in places]
    return services.set_depot(plan_id=stops[0].plan_id, merchant_id=warehouse.merchant_id, latitude=DEPOT[0], longitude=DEPOT[1])


def planned(plan: RoutePlan) -> RoutePlan:
    """The same day after the worker has planned it."""
    asked = services.ask_for_routes(plan_id=plan.pk, merchant_id=plan.merchant_id, actor="system:test", at=NOW)
    work.plan_day(asked, clock=lambda: NOW, iterations=ITERATIONS)
    plan.refresh_from_db()
    return plan


def route_of(plan: RoutePlan, vehicle: Vehicle | None = None) -> VehicleRoute:
    rows = VehicleRoute.objects.filter(plan=plan)
    return rows.get(vehicle=vehicle) if vehicle else rows.get()


def bare_route(stop: RouteStop, vehicle: Vehicle) -> VehicleRoute:
    """A route with one stop, written down without the planner; for tests about pages."""
    route = VehicleRoute.objects.create(
        id=uuid7(),
        merchant_id=stop.merchant_id,
        plan=stop.plan,
        vehicle=vehicle,
        leaves_at=dt.time(8),
        back_at=dt.time(9),
        distance_m=1_000,
    )
    RouteStop.objects.filter(pk=stop.pk).update(route=route, sequence=1, arrives_at=dt.time(8, 30))
    return route
