"""What a driver does: sets out, and says of each door how it went. Each may be said twice and happens once."""

import datetime as dt
import uuid

from django.db import transaction

from core.states import move_to
from logistics.errors import NotFound
from logistics.models import RouteStop, VehicleRoute
from logistics.routes.errors import NotPlanned, ReasonMissing
from logistics.routes.services.plans import end_day, locked_plan, note_change
from logistics.services.shipments import record_tracking
from logistics.states import RoutePlanStatus, RouteStopStatus, ShipmentStatus


@transaction.atomic
def depart(*, route_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> VehicleRoute:
    """The vehicle sets out with its parcels; shoppers read that theirs is out for delivery. Again changes nothing.

    Raises:
        NotFound: the merchant has no such route.
        NotPlanned: there is nothing on it.
    """
    route: VehicleRoute | None = VehicleRoute.objects.filter(pk=route_id, merchant_id=merchant_id).first()
    if route is None:
        raise NotFound
    plan = locked_plan(route.plan_id, merchant_id)
    route.refresh_from_db()
    if route.departed_at is not None:
        return route
    stops = list(route.stops.filter(status=RouteStopStatus.PENDING).order_by("sequence"))
    if not stops:
        raise NotPlanned
    route.departed_at = at
    route.save(update_fields=["departed_at"])
    note_change(plan.pk)
    if plan.status == RoutePlanStatus.PLANNED:
        move_to(plan, RoutePlanStatus.UNDER_WAY, actor=actor, at=at)
    for stop in stops:
        _tell(stop, ShipmentStatus.OUT_FOR_DELIVERY, actor=actor, at=at)
    return route


@transaction.atomic
def deliver_stop(*, stop_id: uuid.UUID, route_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> RouteStop:
    """The parcel was handed over at the door. Again changes nothing; after a failure by mistake it may still be said.

    Raises:
        NotFound: the route has no such stop.
    """
    stop = _stop_of(stop_id, route_id, merchant_id, actor=actor, at=at)
    if stop.status == RouteStopStatus.DELIVERED:
        return stop
    move_to(stop, RouteStopStatus.DELIVERED, actor=actor, at=at, ended_at=at, failure="")
    _tell(stop, ShipmentStatus.DELIVERED, actor=actor, at=at)
    end_day(stop.plan, actor=actor, at=at)
    return stop


@transaction.atomic
def fail_stop(*, stop_id: uuid.UUID, route_id: uuid.UUID, merchant_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> RouteStop:
    """Nobody took the parcel; the shopper reads why. Again, with whatever reason, changes nothing.

    Raises:
        NotFound: the route has no such stop.
        ReasonMissing: there is no reason.
        IllegalTransition: it is delivered.
    """
    if not (reason := reason.strip()[:200]):
        raise ReasonMissing
    stop = _stop_of(stop_id, route_id, merchant_id, actor=actor, at=at)
    if stop.status == RouteStopStatus.FAILED:
        return stop
    move_to(stop, RouteStopStatus.FAILED, actor=actor, at=at, reason=reason, failure=reason, ended_at=at)
    _tell(stop, ShipmentStatus.FAILED, actor=actor, at=at, note=reason)
    end_day(stop.plan, actor=actor, at=at)
    return stop


def _stop_of(stop_id: uuid.UUID, route_id: uuid.UUID, merchant_id: uuid.UUID, *, actor: str, at: dt.datetime) -> RouteStop:
    """The stop behind the lock of its plan, so that a double tap waits here. Whoever is at a door has set out."""
    rows = RouteStop.objects.filter(pk=stop_id, route_id=route_id, merchant_id=merchant_id)
    if not rows.exists():
        raise NotFound
    route = VehicleRoute.objects.get(pk=route_id)
    locked_plan(route.plan_id, merchant_id)
    stop: RouteStop | None = rows.select_related("plan").first()
    if stop is None:  # planned anew in between
        raise NotFound
    if stop.status == RouteStopStatus.PENDING:
        depart(route_id=route_id, merchant_id=merchant_id, actor=actor, at=at)
        stop.plan.refresh_from_db()
    return stop


def _tell(stop: RouteStop, code: ShipmentStatus, *, actor: str, at: dt.datetime, note: str = "") -> None:
    """The parcel's timeline; what somebody else has said of the parcel already stays."""
    if stop.shipment.status in {code, ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED}:
        return
    record_tracking(shipment_id=stop.shipment_id, code=code, at=at, actor=actor, place=stop.city, note=note, merchant_id=stop.merchant_id)
