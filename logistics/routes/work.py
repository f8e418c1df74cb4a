"""What the worker does for a day that somebody wants planned: reads it, plans without a transaction, writes what still fits."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from core.claims import each_claimed
from core.jobs import JobRunning, finish_job, report_progress, start_job
from core.states import move_to
from logistics.models import RoutePlan, RouteStop, Vehicle, VehicleRoute
from logistics.routes.distances import road_matrices
from logistics.routes.planning import plan as plan_routes
from logistics.routes.problems import DAY_SECONDS, Fleet, Problem, Solution, Stop, Timed, distance_of, timed
from logistics.routes.selectors import movable_stops, open_stops
from logistics.states import RoutePlanStatus

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
LEASE = dt.timedelta(minutes=3)
# Small days are planned as well as they can be in a moment; nobody waits ten seconds for five stops.
SECONDS_PER_STOP = 0.2
# The solver counts what is too much by whole units: a piece must weigh about as much as grams do.
PIECE = 1_000


@dataclass(frozen=True, slots=True)
class Day:
    """What is to be planned, as it was read. `returning` are vehicles that are on the road, with the second they are back."""

    plan: RoutePlan
    version: int
    stops: list[RouteStop]
    vehicles: list[Vehicle]
    returning: dict[Any, int]


def step(*, clock: Clock) -> int:
    """Plan the next day somebody has asked for; returns how many there were, 0 or 1."""
    due = RoutePlan.objects.filter(asked_at__isnull=False).exclude(claimed_until__gt=clock()).order_by("asked_at")
    return each_claimed(due, 1, lambda plan: {"claimed_until": clock() + LEASE}, lambda plan: plan_day(plan, clock=clock))


def plan_day(plan: RoutePlan, *, clock: Clock, iterations: int | None = None) -> None:
    """Plan a day that was asked for. What goes wrong ends the job with a reason, never the worker."""
    try:
        day = _read(plan)
        _start(plan, len(day.stops), clock())
        problem = problem_of(day)
        solution = plan_routes(
            problem,
            seconds=min(float(settings.ROUTE_PLANNING_SECONDS), 1 + SECONDS_PER_STOP * len(day.stops)),
            seed=plan.seed,
            iterations=iterations,
            progress=lambda share: _progress(plan, share, len(day.stops), clock()),
        )
        _write(day, problem, solution, clock())
    except Exception as error:
        log.exception("a day of own delivery could not be planned", extra={"route_plan": str(plan.pk)})
        RoutePlan.objects.filter(pk=plan.pk).update(asked_at=None, claimed_until=None)
        if plan.job_id:
            finish_job(job_id=plan.job_id, now=clock(), errors=[type(error).__name__])


def _start(plan: RoutePlan, total: int, at: dt.datetime) -> None:
    if plan.job_id is None:
        return
    try:
        start_job(job_id=plan.job_id, total=total, now=at)
    except JobRunning:
        log.info("the job of a plan was given up before", extra={"route_plan": str(plan.pk)})


def _progress(plan: RoutePlan, share: float, total: int, at: dt.datetime) -> None:
    if plan.job_id:
        report_progress(job_id=plan.job_id, done=round(share * total), now=at)


@transaction.atomic
def _read(plan: RoutePlan) -> Day:
    fresh = RoutePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    departed = VehicleRoute.objects.filter(plan=fresh, departed_at__isnull=False)
    returning = {route.vehicle_id: seconds_of(route.back_at or dt.time(0)) for route in departed}
    vehicles = Vehicle.objects.filter(warehouse_id=fresh.warehouse_id, is_active=True).order_by("name", "pk")
    return Day(fresh, fresh.version, list(movable_stops(fresh.pk)), list(vehicles), returning)


def problem_of(day: Day) -> Problem:
    """The day as a problem; costs in thousandths of a minor unit, so that a metre has a price too."""
    rows: list[RoutePlan | RouteStop] = [day.plan, *day.stops]
    places = [(float(row.latitude or 0), float(row.longitude or 0)) for row in rows]
    distances, durations = road_matrices(places)
    stops = tuple(
        Stop(
            (stop.weight_g, stop.pieces * PIECE),
            seconds_of(stop.window_from) if stop.window_from else 0,
            seconds_of(stop.window_until) if stop.window_until else DAY_SECONDS,
            stop.service_minutes * 60,
        )
        for stop in day.stops
    )
    again = max(vehicle.fixed_minor for vehicle in day.vehicles) + 1
    return Problem(
        stops, tuple(_fleet(vehicle, day.returning, again) for vehicle in day.vehicles), distances, durations, may_leave_out=True
    )


def _fleet(vehicle: Vehicle, returning: dict[Any, int], again: int) -> Fleet:
    """One vehicle. Who is on the road starts anew when it is back; a second way out upsets the driver's day, so it weighs more than any
    vehicle that is still there, though it has been paid for."""
    is_out = vehicle.pk in returning
    ends = seconds_of(vehicle.ends_at)
    pieces = None if vehicle.capacity_pieces is None else vehicle.capacity_pieces * PIECE
    return Fleet(
        (vehicle.capacity_g, pieces),
        min(max(seconds_of(vehicle.starts_at), returning.get(vehicle.pk, 0)), ends),
        ends,
        vehicle.per_km_minor,
        1_000 * vehicle.per_stop_minor,
        1_000 * (again if is_out else vehicle.fixed_minor),
    )


@transaction.atomic
def _write(day: Day, problem: Problem, solution: Solution, at: dt.datetime) -> None:
    """Write the plan, unless somebody has changed the day in between: then the next round plans it anew."""
    plan = RoutePlan.objects.select_for_update(no_key=True).get(pk=day.plan.pk)
    if plan.version != day.version:
        RoutePlan.objects.filter(pk=plan.pk).update(claimed_until=None)
        return
    open_stops(plan.pk).update(route=None, sequence=None, arrives_at=None, tour=1)
    for tour in solution.tours:
        stops = [day.stops[number] for number in tour.stops]
        times = timed(problem, tour)
        _write_tour(plan, day.vehicles[tour.fleet], stops, times, distance_of(problem, tour.stops))
    VehicleRoute.objects.filter(plan=plan, departed_at=None, stops=None).delete()
    _sum_up(plan, at)
    if plan.job_id:
        finish_job(job_id=plan.job_id, now=at)


def _write_tour(plan: RoutePlan, vehicle: Vehicle, stops: Sequence[RouteStop], times: Timed, distance: int) -> None:
    """A vehicle's way out of the depot; one that is on the road has it as its next."""
    route, _ = VehicleRoute.objects.get_or_create(plan=plan, vehicle=vehicle, defaults={"merchant_id": plan.merchant_id})
    last = route.stops.order_by("-sequence").first()
    for number, (stop, arrival) in enumerate(zip(stops, times.arrivals, strict=True), (last.sequence or 0) + 1 if last else 1):
        stop.route, stop.sequence, stop.arrives_at = route, number, time_of(arrival)
        stop.tour = last.tour + 1 if last else 1
    RouteStop.objects.bulk_update(stops, ["route", "sequence", "arrives_at", "tour"])
    if last is None:
        route.leaves_at, route.distance_m = time_of(times.leaves), 0
    route.back_at = time_of(times.back)
    route.distance_m += distance
    route.save(update_fields=["leaves_at", "back_at", "distance_m"])


def _sum_up(plan: RoutePlan, at: dt.datetime) -> None:
    """What each route and the day cost: distance, stops and vehicles."""
    sums = {"distance_m": 0, "distance_minor": 0, "stops_minor": 0, "vehicles_minor": 0}
    for route in VehicleRoute.objects.filter(plan=plan).select_related("vehicle"):
        parts = cost_parts(route.vehicle, route.distance_m, route.stops.count())
        VehicleRoute.objects.filter(pk=route.pk).update(cost_minor=sum(parts))
        for name, value in zip(sums, (route.distance_m, *parts), strict=True):
            sums[name] += value
    changes = {**sums, "asked_at": None, "claimed_until": None, "planned_at": at}
    RoutePlan.objects.filter(pk=plan.pk).update(**changes)
    if plan.status == RoutePlanStatus.DRAFT:
        move_to(plan, RoutePlanStatus.PLANNED, actor="system:routes", at=at)


def cost_parts(vehicle: Vehicle, distance_m: int, stops: int) -> tuple[int, int, int]:
    """What the way, the stops and using the vehicle cost, in minor units; the way rounded half up."""
    return (distance_m * vehicle.per_km_minor + 500) // 1_000, stops * vehicle.per_stop_minor, vehicle.fixed_minor


def seconds_of(moment: dt.time) -> int:
    """Since midnight."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def time_of(seconds: int) -> dt.time:
    """The time so many seconds after midnight, to the minute, upward; never past midnight."""
    minutes = min(-(-seconds // 60), 24 * 60 - 1)
    return dt.time(minutes // 60, minutes % 60)
