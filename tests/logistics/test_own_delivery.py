"""A day of own delivery: its parcels, its plan, the road, and a plan made anew in the middle of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.invariants import violations
from core.models import Job, OutboxEvent
from core.states import IllegalTransition, history
from logistics.errors import NotFound
from logistics.models import RoutePlan, RouteStop, Shipment, Vehicle, VehicleRoute
from logistics.routes import services, work
from logistics.routes.errors import (
    DayPassed,
    DepotUnknown,
    InvalidPlace,
    InvalidVehicle,
    InvalidWindow,
    NothingToPlan,
    NotPlanned,
    NoVehicles,
    ReasonMissing,
    StopEnded,
    StopOnTheRoad,
)
from logistics.tasks import plan_routes
from tests.factories.logistics import NOW, make_warehouse
from tests.factories.merchants import make_merchant
from tests.factories.routes import DEPOT, TODAY, make_day, make_stop, make_vehicle, planned, route_of

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
TOMORROW = TODAY + dt.timedelta(days=1)
NEAR, FAR = (0.01, 0.01), (0.05, -0.04)


def in_order(plan: RoutePlan) -> list[tuple[str, int | None, str]]:
    rows = RouteStop.objects.filter(plan=plan, route__isnull=False).select_related("route__vehicle")
    return [
        (stop.route.vehicle.name, stop.sequence, stop.label) for stop in rows.order_by("route__vehicle__name", "sequence") if stop.route
    ]


def tell(stop: RouteStop, service: Any = services.deliver_stop, **more: Any) -> RouteStop:
    stop.refresh_from_db()
    about = {"stop_id": stop.pk, "route_id": stop.route_id, "merchant_id": stop.merchant_id, "actor": "merchant:1", "at": NOW}
    told: RouteStop = service(**{**about, **more})
    return told


def test_a_parcel_waits_on_the_plan_of_its_day_with_its_load_and_address() -> None:
    warehouse = make_warehouse()

    stop = make_stop(warehouse, pieces=3, name="Wang Fang", collect_minor=900)

    assert (stop.plan.day, stop.plan.status, stop.plan.warehouse) == (TODAY, "draft", warehouse)
    assert (stop.status, stop.pieces, stop.name, stop.collect_minor, stop.is_placed) == ("pending", 3, "Wang Fang", 900, False)
    assert stop.weight_g == 3 * stop.shipment.lines.get().variant.weight_g
    assert [change.to_status for change in history(stop)] == ["pending"]


def test_an_address_that_was_found_once_is_known_the_next_time() -> None:
    warehouse = make_warehouse()
    where = {"address": "1 West Lake", "city": "Hangzhou", "postcode": "310007"}
    make_stop(warehouse, NEAR, **where)

    again, elsewhere = make_stop(warehouse, **where), make_stop(warehouse, **{**where, "address": "2 West Lake"})
    strangers = make_stop(make_warehouse(), **where)

    assert (again.latitude, again.longitude) == (DEPOT[0] + Decimal("0.01"), DEPOT[1] + Decimal("0.01"))
    assert [stop.is_placed for stop in (elsewhere, strangers)] == [False, False]


def test_a_day_that_is_over_takes_no_parcels() -> None:
    with pytest.raises(DayPassed), transaction.atomic():
        make_stop(make_warehouse(), day=TODAY - dt.timedelta(days=2))

    assert RouteStop.objects.count() == RoutePlan.objects.count() == 0


def test_a_day_is_planned_with_times_and_costs() -> None:
    plan = make_day(places=[NEAR, FAR])

    planned(plan)

    route = route_of(plan)
    assert (plan.status, plan.asked_at, plan.planned_at) == ("planned", None, NOW)
    assert [sequence for _, sequence, _ in in_order(plan)] == [1, 2]
    assert plan.stops_minor == 200
    assert plan.vehicles_minor == 2_000
    assert plan.distance_minor == (plan.distance_m * 50 + 500) // 1_000
    assert route.cost_minor == plan.cost_minor
    assert 10_000 < plan.distance_m < 40_000
    times: list[Any] = [route.leaves_at, *plan.stops.order_by("sequence").values_list("arrives_at", flat=True), route.back_at]
    assert times == sorted(times)
    assert times[0] >= dt.time(8)
    assert plan.job is not None
    assert (plan.job.status, plan.job.kind) == (Job.Status.DONE, "route_plan")
    assert violations() == {}


def test_time_windows_and_capacity_decide_who_goes_where() -> None:
    plan = make_day(places=[NEAR, NEAR, NEAR], vehicles=2, capacity_pieces=2)
    first = plan.stops.order_by("pk").first()
    assert first is not None
    window = {"window_from": dt.time(15), "window_until": dt.time(15, 30)}
    services.describe_stop(
        stop_id=first.pk, merchant_id=plan.merchant_id, latitude=first.latitude, longitude=first.longitude, service_minutes=5, note="Ring",
        **window,
    )  # fmt: skip

    planned(plan)

    first.refresh_from_db()
    assert dt.time(15) <= first.arrives_at <= dt.time(15, 30)
    assert sorted(route.stops.count() for route in VehicleRoute.objects.filter(plan=plan)) == [1, 2]


def test_what_does_not_fit_or_has_no_position_stays_behind() -> None:
    plan = make_day(places=[NEAR, NEAR], capacity_pieces=1)
    lost = make_stop(plan.warehouse)

    planned(plan)

    assert len(in_order(plan)) == 1
    assert RouteStop.objects.filter(plan=plan, route=None).count() == 2
    lost.refresh_from_db()
    assert (lost.route, lost.status) == (None, "pending")


@pytest.mark.parametrize("missing", [DepotUnknown, NoVehicles, NothingToPlan])
def test_without_depot_vehicle_or_stop_nothing_is_planned(missing: type[Exception]) -> None:
    plan = make_day(places=[NEAR])
    if missing is DepotUnknown:
        RoutePlan.objects.update(latitude=None, longitude=None)
    elif missing is NoVehicles:
        Vehicle.objects.update(is_active=False)
    else:
        RouteStop.objects.update(latitude=None, longitude=None)

    with pytest.raises(missing), transaction.atomic():
        services.ask_for_routes(plan_id=plan.pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)

    plan.refresh_from_db()
    assert (plan.asked_at, plan.job) == (None, None)


def test_the_worker_plans_what_was_asked_for_once(settings: Any) -> None:
    settings.ROUTE_PLANNING_SECONDS = 1
    plan = make_day(places=[NEAR])
    for _ in range(2):
        services.ask_for_routes(plan_id=plan.pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)

    assert Job.objects.count() == 1
    assert plan_routes.run() == 1
    assert plan_routes.run() == 0
    plan.refresh_from_db()
    assert plan.status == "planned"


def test_a_plan_made_while_a_parcel_came_is_thrown_away_and_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_day(places=[NEAR])
    asked = services.ask_for_routes(plan_id=plan.pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)
    real = work.problem_of

    def in_between(day: work.Day) -> Any:
        make_stop(plan.warehouse, FAR)
        monkeypatch.setattr(work, "problem_of", real)
        return real(day)

    monkeypatch.setattr(work, "problem_of", in_between)
    work.plan_day(asked, clock=lambda: NOW, iterations=50)
    plan.refresh_from_db()
    assert (plan.status, plan.asked_at is not None, in_order(plan)) == ("draft", True, [])

    work.plan_day(plan, clock=lambda: NOW, iterations=50)

    plan.refresh_from_db()
    assert (plan.status, plan.asked_at, len(in_order(plan))) == ("planned", None, 2)


def test_a_planner_that_breaks_ends_the_job_and_leaves_the_day_as_it_was(settings: Any) -> None:
    settings.ROUTE_PLANNER = "logistics.routes.problems.Problem"
    plan = make_day(places=[NEAR])
    asked = services.ask_for_routes(plan_id=plan.pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)

    work.plan_day(asked, clock=lambda: NOW)

    plan.refresh_from_db()
    assert plan.job is not None
    assert (plan.status, plan.asked_at, plan.job.status, plan.job.errors) == ("draft", None, "failed", ["TypeError"])


def test_setting_out_tells_the_shoppers_and_starts_the_day_once() -> None:
    plan = planned(make_day(places=[NEAR, FAR]))
    about = {"route_id": route_of(plan).pk, "merchant_id": plan.merchant_id, "actor": "merchant:1"}

    services.depart(**about, at=NOW)
    services.depart(**about, at=NOW + MINUTE)

    plan.refresh_from_db()
    assert (plan.status, route_of(plan).departed_at) == ("under_way", NOW)
    assert set(Shipment.objects.values_list("status", flat=True)) == {"out_for_delivery"}
    parcel = plan.stops.get(sequence=1).shipment
    assert [event.code for event in parcel.events.order_by("created_at", "pk")] == ["handed_over", "out_for_delivery"]


def test_a_delivered_stop_delivers_the_parcel_and_a_second_tap_changes_nothing() -> None:
    plan = planned(make_day(places=[NEAR, FAR]))
    stop = plan.stops.order_by("sequence").first()
    assert stop is not None

    tell(stop)
    tell(stop, at=NOW + MINUTE)

    stop.refresh_from_db()
    assert (stop.status, stop.ended_at, stop.shipment.status, stop.shipment.delivered_at) == ("delivered", NOW, "delivered", NOW)
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1
    assert [change.to_status for change in history(stop)] == ["pending", "delivered"]
    plan.refresh_from_db()
    assert plan.status == "under_way"
    assert violations() == {}


def test_the_last_door_ends_the_day_and_a_new_parcel_opens_it_again() -> None:
    plan = planned(make_day(places=[NEAR]))
    tell(plan.stops.get())
    plan.refresh_from_db()
    assert plan.status == "done"

    make_stop(plan.warehouse, NEAR)

    plan.refresh_from_db()
    assert plan.status == "under_way"


def test_a_failed_stop_says_why_and_may_be_tried_another_day() -> None:
    plan = planned(make_day(places=[NEAR]))
    stop = plan.stops.get()

    tell(stop, services.fail_stop, reason=" Nobody was there ")
    tell(stop, services.fail_stop, reason="Something else")
    again = services.move_stop(stop_id=stop.pk, merchant=stop.merchant, day=TOMORROW, actor="merchant:1", at=NOW)

    stop.refresh_from_db()
    assert (stop.status, stop.failure, stop.shipment.status) == ("failed", "Nobody was there", "failed")
    assert (again.plan.day, again.status, again.shipment, again.latitude) == (TOMORROW, "pending", stop.shipment, stop.latitude)
    assert services.move_stop(stop_id=stop.pk, merchant=stop.merchant, day=TOMORROW, actor="merchant:1", at=NOW) == again
    assert violations() == {}


def test_a_failure_by_mistake_can_still_become_a_delivery_but_never_the_other_way() -> None:
    stop = planned(make_day(places=[NEAR])).stops.get()
    tell(stop, services.fail_stop, reason="Refused")
    tell(stop)

    with pytest.raises(IllegalTransition), transaction.atomic():
        tell(stop, services.fail_stop, reason="Refused")

    stop.refresh_from_db()
    assert (stop.status, stop.failure, stop.shipment.status) == ("delivered", "", "delivered")


def test_a_failure_needs_a_reason() -> None:
    stop = planned(make_day(places=[NEAR])).stops.get()

    with pytest.raises(ReasonMissing), transaction.atomic():
        tell(stop, services.fail_stop, reason="  ")

    stop.refresh_from_db()
    assert (stop.status, stop.shipment.status) == ("pending", "handed_over")


def test_planned_anew_what_is_delivered_and_loaded_stays_and_the_new_parcel_goes_on_a_second_way_out() -> None:
    plan = planned(make_day(places=[NEAR, FAR, (-0.02, 0.03)], capacity_pieces=3))
    tell(plan.stops.get(sequence=1))
    before = in_order(plan)
    route = route_of(plan)
    new = make_stop(plan.warehouse, NEAR)

    planned(plan)

    new.refresh_from_db()
    assert in_order(plan)[:3] == before
    assert (new.route_id, new.sequence, new.tour) == (route.pk, 4, 2)
    times: list[Any] = [route.back_at, new.arrives_at]
    assert times[0] < times[1]
    assert plan.status == "under_way"
    assert (plan.vehicles_minor, plan.stops_minor) == (2_000, 400)
    assert plan.distance_m > route.distance_m


def test_planned_anew_a_vehicle_that_is_still_there_takes_the_new_parcel() -> None:
    plan = make_day(places=[NEAR, NEAR, FAR, FAR], vehicles=2, capacity_pieces=3)
    planned(plan)
    out, waiting = VehicleRoute.objects.filter(plan=plan).order_by("pk")
    services.depart(route_id=out.pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)
    loaded = list(out.stops.order_by("sequence").values_list("pk", "arrives_at"))
    new = make_stop(plan.warehouse, NEAR)

    planned(plan)

    new.refresh_from_db()
    assert list(out.stops.order_by("sequence").values_list("pk", "arrives_at")) == loaded
    assert new.route_id == waiting.pk


def test_a_parcel_on_the_road_is_neither_moved_nor_described() -> None:
    plan = planned(make_day(places=[NEAR, FAR]))
    services.depart(route_id=route_of(plan).pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)
    first, second = plan.stops.order_by("sequence")
    tell(first)

    for stop, refusal in ((first, StopEnded), (second, StopOnTheRoad)):
        with pytest.raises(refusal), transaction.atomic():
            services.move_stop(stop_id=stop.pk, merchant=plan.merchant, day=TOMORROW, actor="merchant:1", at=NOW)

    assert RouteStop.objects.filter(plan=plan).count() == 2


def test_a_parcel_that_is_still_there_moves_to_another_day() -> None:
    plan = planned(make_day(places=[NEAR, FAR]))
    stop = plan.stops.get(sequence=1)

    services.move_stop(stop_id=stop.pk, merchant=plan.merchant, day=TOMORROW, actor="merchant:1", at=NOW)

    stop.refresh_from_db()
    assert (stop.plan.day, stop.route, stop.sequence) == (TOMORROW, None, None)
    assert stop.plan.latitude == plan.latitude


def test_a_day_is_done_when_its_last_parcel_moves_to_another() -> None:
    plan = planned(make_day(places=[NEAR]))
    late = make_stop(plan.warehouse)
    tell(plan.stops.exclude(pk=late.pk).get())

    services.move_stop(stop_id=late.pk, merchant=plan.merchant, day=TOMORROW, actor="merchant:1", at=NOW)

    plan.refresh_from_db()
    assert (plan.status, RoutePlan.objects.get(day=TOMORROW).status) == ("done", "draft")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"latitude": Decimal(91)}, InvalidPlace),
        ({"longitude": Decimal("NaN")}, InvalidPlace),
        ({"window_from": dt.time(9), "window_until": dt.time(9)}, InvalidWindow),
    ],
)
def test_what_is_no_place_or_window_is_refused(wrong: dict[str, Any], refusal: type[Exception]) -> None:
    stop = make_stop(make_warehouse(), NEAR)
    good = {"latitude": DEPOT[0], "longitude": DEPOT[1], "window_from": None, "window_until": None, "service_minutes": 3, "note": "x"}

    with pytest.raises(refusal), transaction.atomic():
        services.describe_stop(stop_id=stop.pk, merchant_id=stop.merchant_id, **{**good, **wrong})

    stop.refresh_from_db()
    assert (stop.note, stop.service_minutes) == ("", 5)


@pytest.mark.parametrize("wrong", [{"ends_at": dt.time(8)}, {"capacity_pieces": 0}, {"capacity_g": 0}])
def test_a_vehicle_that_cannot_drive_or_carry_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidVehicle):
        make_vehicle(make_warehouse(), **wrong)

    assert not Vehicle.objects.exists()


def test_an_empty_route_does_not_set_out() -> None:
    plan = planned(make_day(places=[NEAR]))
    route = route_of(plan)
    RouteStop.objects.update(route=None, sequence=None)

    with pytest.raises(NotPlanned), transaction.atomic():
        services.depart(route_id=route.pk, merchant_id=plan.merchant_id, actor="merchant:1", at=NOW)

    route.refresh_from_db()
    assert route.departed_at is None


def test_for_another_merchant_nothing_of_it_exists() -> None:
    plan = planned(make_day(places=[NEAR]))
    stop, other = plan.stops.get(), make_merchant()
    of_plan: dict[str, Any] = {"plan_id": plan.pk, "merchant_id": other.pk}
    about: dict[str, Any] = {"actor": "merchant:2", "at": NOW}

    for attempt in (
        lambda: services.ask_for_routes(**of_plan, **about),
        lambda: services.set_depot(**of_plan, latitude=DEPOT[0], longitude=DEPOT[1]),
        lambda: services.depart(route_id=stop.route_id, merchant_id=other.pk, **about),
        lambda: tell(stop, merchant_id=other.pk),
        lambda: services.move_stop(stop_id=stop.pk, merchant=other, day=TOMORROW, **about),
        lambda: services.save_vehicle(merchant=other, vehicle_id=Vehicle.objects.get().pk, name="Mine"),
        lambda: services.save_vehicle(merchant=other, name="Mine", warehouse=plan.warehouse, starts_at=dt.time(8), ends_at=dt.time(9)),
    ):
        with pytest.raises(NotFound), transaction.atomic():
            attempt()

    stop.refresh_from_db()
    assert (stop.status, Vehicle.objects.count()) == ("pending", 1)


@pytest.mark.parametrize("table", ["vehicle", "routeplan", "vehicleroute", "routestop"])
def test_the_database_refuses_rows_that_mix_merchants(table: str) -> None:
    planned(make_day(places=[NEAR]))
    other = make_merchant()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE logistics_{table} SET merchant_id = %s", [other.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
