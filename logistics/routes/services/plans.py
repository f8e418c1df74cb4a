"""The plan of a warehouse's day: made with its first parcel, planned by the worker when somebody asks."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from core.doorbell import ring
from core.jobs import queue_job
from core.states import move_to, record_change, write_changes
from logistics.errors import NotFound
from logistics.models import RoutePlan, Vehicle, Warehouse
from logistics.routes.errors import DepotUnknown, InvalidPlace, NothingToPlan, NoVehicles
from logistics.routes.selectors import movable_stops
from logistics.states import RoutePlanStatus, RouteStopStatus
from merchants.models import Merchant

KIND = "route_plan"
TASK = "logistics.tasks.plan_routes"
MOST_DEGREES = (Decimal(90), Decimal(180))


def plan_of_day(*, merchant: Merchant, warehouse: Warehouse, day: dt.date, actor: str, at: dt.datetime) -> RoutePlan:
    """The plan of that day, made as a draft where there is none; it starts where the last one did, or where the merchant is."""
    plan, is_new = RoutePlan.objects.get_or_create(
        warehouse=warehouse, day=day, defaults={"merchant": merchant, "created_at": at, **_last_depot(merchant, warehouse)}
    )
    if is_new:
        write_changes([record_change(plan, "", plan.status, actor=actor, reason="", at=at)])
    return plan


def _last_depot(merchant: Merchant, warehouse: Warehouse) -> dict[str, Any]:
    last = RoutePlan.objects.filter(warehouse=warehouse, latitude__isnull=False).order_by("-day").first()
    vehicle = Vehicle.objects.filter(warehouse=warehouse).order_by("created_at").first()
    place: RoutePlan | Merchant = last or merchant
    is_here = last is not None or merchant.city == warehouse.city
    return {
        "latitude": place.latitude if is_here else None,
        "longitude": place.longitude if is_here else None,
        "currency": vehicle.currency if vehicle else settings.CURRENCY,
    }


def locked_plan(plan_id: uuid.UUID, merchant_id: uuid.UUID) -> RoutePlan:
    """A merchant's plan with its row locked.

    Raises:
        NotFound: the merchant has none with that key.
    """
    plan: RoutePlan | None = RoutePlan.objects.select_for_update(no_key=True).filter(pk=plan_id, merchant_id=merchant_id).first()
    if plan is None:
        raise NotFound
    return plan


def note_change(plan_id: uuid.UUID) -> None:
    """What is being planned at this moment has seen too little."""
    RoutePlan.objects.filter(pk=plan_id).update(version=F("version") + 1)


def end_day(plan: RoutePlan, *, actor: str, at: dt.datetime) -> None:
    """A day under way is done with its last stop; the caller holds the plan's lock."""
    if plan.status == RoutePlanStatus.UNDER_WAY and not plan.stops.filter(status=RouteStopStatus.PENDING).exists():
        move_to(plan, RoutePlanStatus.DONE, actor=actor, at=at)


@transaction.atomic
def set_depot(*, plan_id: uuid.UUID, merchant_id: uuid.UUID, latitude: Decimal, longitude: Decimal) -> RoutePlan:
    """Say where the vehicles start, in degrees.

    Raises:
        NotFound: the merchant has no such plan.
        InvalidPlace: there is no such position.
    """
    check_place(latitude, longitude)
    plan = locked_plan(plan_id, merchant_id)
    plan.latitude, plan.longitude = latitude, longitude
    plan.save(update_fields=["latitude", "longitude"])
    note_change(plan.pk)
    return plan


def check_place(latitude: Decimal, longitude: Decimal) -> None:
    """Raises InvalidPlace where there is no such position."""
    pairs = zip((latitude, longitude), MOST_DEGREES, strict=True)
    if not all(value.is_finite() and abs(value) <= most for value, most in pairs):
        raise InvalidPlace


@transaction.atomic
def ask_for_routes(*, plan_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> RoutePlan:
    """Have the worker plan the day, or plan it anew; asked again while it does, nothing happens.

    What was delivered and what a vehicle that has departed carries stays as it is.

    Raises:
        NotFound: the merchant has no such plan.
        DepotUnknown, NoVehicles, NothingToPlan: something is missing.
    """
    plan = locked_plan(plan_id, merchant_id)
    if plan.asked_at is not None:
        return plan
    if plan.latitude is None:
        raise DepotUnknown
    if not Vehicle.objects.filter(warehouse_id=plan.warehouse_id, is_active=True).exists():
        raise NoVehicles
    if not movable_stops(plan.pk).exists():
        raise NothingToPlan
    plan.asked_at, plan.claimed_until, plan.job = at, None, queue_job(kind=KIND, actor=actor)
    plan.save(update_fields=["asked_at", "claimed_until", "job"])
    ring(TASK)
    return plan
