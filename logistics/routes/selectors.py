"""Reads of own delivery."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from logistics.models import RoutePlan, RouteStop, Vehicle, VehicleRoute
from logistics.states import RouteStopStatus
from merchants.models import Merchant

PENDING = Q(status=RouteStopStatus.PENDING)
ON_THE_ROAD = Q(route__departed_at__isnull=False)


def open_stops(plan_id: uuid.UUID) -> QuerySet[RouteStop]:
    """Stops nobody has loaded yet, oldest first."""
    return RouteStop.objects.filter(PENDING & ~ON_THE_ROAD, plan_id=plan_id).order_by("created_at", "pk")


def movable_stops(plan_id: uuid.UUID) -> QuerySet[RouteStop]:
    """Those of them that can be planned, because somebody has said where they are."""
    return open_stops(plan_id).filter(latitude__isnull=False)


def plans_of(merchant: Merchant) -> QuerySet[RoutePlan]:
    """A merchant's days, the latest first, each with its number of stops and how many of them are delivered or failed."""
    rows: QuerySet[RoutePlan] = RoutePlan.objects.for_merchant(merchant).select_related("warehouse")
    counts = {name: Count("stops", filter=Q(stops__status=name)) for name in ("pending", "delivered", "failed")}
    return rows.annotate(**counts, stop_count=Count("stops")).order_by("-day", "warehouse__name")


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A plan with all that its page shows.

    Args:
        routes: those with stops, by vehicle.
        unplaced: stops whose position nobody has said; new: with one, not planned yet or left out by the last plan.
    """

    plan: RoutePlan
    routes: list[VehicleRoute]
    unplaced: list[RouteStop]
    new: list[RouteStop]
    vehicles: list[Vehicle]

    @property
    def has_new(self) -> bool:
        return bool(self.new)


def day_plan(merchant: Merchant, plan_id: uuid.UUID) -> DayPlan | None:
    """All of a merchant's day; None where the merchant has none with that key. Five queries."""
    plan = RoutePlan.objects.for_merchant(merchant).select_related("warehouse", "job").filter(pk=plan_id).first()
    if plan is None:
        return None
    stops = RouteStop.objects.filter(plan=plan, route=None).order_by("created_at", "pk")
    loose = [stop for stop in stops if stop.status == RouteStopStatus.PENDING]
    return DayPlan(
        plan,
        [route for route in _routes(plan) if route.stops.all()],
        [stop for stop in loose if not stop.is_placed],
        [stop for stop in loose if stop.is_placed],
        list(Vehicle.objects.filter(warehouse_id=plan.warehouse_id, is_active=True).order_by("name")),
    )


def _routes(plan: RoutePlan) -> list[VehicleRoute]:
    in_order = Prefetch("stops", RouteStop.objects.order_by("sequence", "pk"))
    return list(VehicleRoute.objects.filter(plan=plan).select_related("vehicle").prefetch_related(in_order).order_by("vehicle__name"))


def route_to_drive(merchant: Merchant, route_id: uuid.UUID, at: dt.datetime) -> tuple[VehicleRoute, list[RouteStop]] | None:
    """A vehicle's route with its stops in order, while its day lasts; addresses of past days are nobody's business. Two queries."""
    rows: Any = VehicleRoute.objects.for_merchant(merchant).select_related("vehicle", "plan__warehouse")
    route = rows.filter(pk=route_id, plan__day__gte=at.date() - dt.timedelta(days=1)).first()
    return (route, list(route.stops.order_by("sequence", "pk"))) if route else None
