"""Own delivery in the back office: the days, the page of one, and the driver's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from logistics.models import RoutePlan, RouteStop, Vehicle, VehicleRoute
from merchants.models import Membership
from tests.backoffice.market import Shop
from tests.factories.routes import make_day, make_stop, planned

PLACES = [(0.01, 0.01), (0.03, -0.02), (-0.02, 0.015)]
Role = Membership.Role


@pytest.fixture
def plan(shop: Shop) -> RoutePlan:
    """A planned day of three stops from a second warehouse of the shop."""
    return planned(make_day(shop.merchant, places=PLACES))


@pytest.fixture
def member(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def page_of(plan: RoutePlan) -> str:
    return reverse("merchant:route-plan", args=[plan.pk])


def drive_of(plan: RoutePlan) -> str:
    return reverse("merchant:drive", args=[VehicleRoute.objects.get(plan=plan).pk])


def first_of(plan: RoutePlan) -> RouteStop:
    stop: RouteStop = RouteStop.objects.get(plan=plan, sequence=1)
    return stop


def test_the_list_shows_days_with_their_counts_in_few_statements(
    member: Client, plan: RoutePlan, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        shown = member.get(reverse("merchant:routes")).content.decode()

    assert page_of(plan) in shown
    assert str(plan.warehouse) in shown


def test_a_planned_day_shows_map_tables_times_and_costs(
    member: Client, plan: RoutePlan, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(11):
        answer = member.get(page_of(plan))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="img"' in shown
    assert all(f">A{number}</text>" in shown for number in (1, 2, 3))
    assert all(stop.name in shown and f"{stop.arrives_at:%H:%M}" in shown for stop in plan.stops.all())
    assert answer.context["total"] == f"${plan.cost_minor / 100:.2f}"
    assert "style=" not in shown[shown.index("<svg class") :].partition("</svg>")[0]


def test_more_stops_need_no_more_statements(member: Client, plan: RoutePlan, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(4):
        make_stop(plan.warehouse, (0.01, 0.02))
        make_stop(plan.warehouse)

    with django_assert_max_num_queries(11):
        member.get(page_of(plan))
    with django_assert_max_num_queries(8):
        member.get(drive_of(plan))


def test_asking_for_routes_shows_progress(member: Client, plan: RoutePlan) -> None:
    answer = member.post(page_of(plan), {"action": "plan"}, follow=True)

    plan.refresh_from_db()
    assert plan.asked_at is not None
    assert "<progress" in answer.content.decode()


def test_a_position_is_pasted_and_kept(member: Client, plan: RoutePlan) -> None:
    stop = make_stop(plan.warehouse)
    typed = {"action": "stop", "stop": stop.pk, "place": "30.25, 120.20", "from": "09:00", "until": "11:30", "minutes": "7", "note": "Ring"}

    assert "Nobody has said" in member.get(page_of(plan)).content.decode()
    assert member.post(page_of(plan), typed).status_code == 302

    stop.refresh_from_db()
    assert (str(stop.latitude), str(stop.longitude)) == ("30.250000", "120.200000")
    assert (stop.window_from, stop.window_until, stop.service_minutes, stop.note) == (dt.time(9), dt.time(11, 30), 7, "Ring")


@pytest.mark.parametrize(
    "typed",
    [
        {"place": "north"}, {"place": "1,2,3"}, {"place": "91, 0"}, {"place": "NaN, 0"}, {"place": "1e999, 0"}, {"from": "25:00"},
        {"from": "noon"}, {"from": "10:00", "until": "09:00"},
    ],
)  # fmt: skip
def test_what_is_no_position_or_time_is_refused_with_a_reason(member: Client, plan: RoutePlan, typed: dict[str, str]) -> None:
    stop = first_of(plan)

    answer = member.post(page_of(plan), {"action": "stop", "stop": stop.pk, "place": "30.1, 120.1", **typed})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    again = first_of(plan)
    assert (again.latitude, again.window_from, again.note) == (stop.latitude, None, "")


@pytest.mark.parametrize(
    "typed", [{"action": "depot"}, {"action": "depot", "place": "x"}, {"action": "move"}, {"action": "stop", "stop": "x"}]
)
def test_incomplete_forms_change_nothing(member: Client, plan: RoutePlan, typed: dict[str, str]) -> None:
    assert 400 <= member.post(page_of(plan), typed).status_code < 500
    plan.refresh_from_db()
    assert plan.latitude is not None


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-31", "2020-01-01"])
def test_a_day_that_cannot_be_is_refused(member: Client, plan: RoutePlan, day: str) -> None:
    stop = first_of(plan)

    assert member.post(page_of(plan), {"action": "move", "stop": stop.pk, "day": day}).status_code == 409
    assert first_of(plan) == stop


def test_the_drivers_page_lists_stops_in_order_with_telephone_and_buttons(member: Client, plan: RoutePlan) -> None:
    shown = member.get(drive_of(plan)).content.decode()

    names = [stop.name for stop in plan.stops.order_by("sequence")]
    assert [shown.index(f". {name} ") for name in names] == sorted(shown.index(f". {name} ") for name in names)
    assert 'href="tel:+865711234"' in shown
    assert 'href="geo:30.' in shown
    assert shown.count('name="action" value="delivered"') == shown.count('name="action" value="failed"') == 3


def test_a_double_tap_is_one_delivery(member: Client, plan: RoutePlan) -> None:
    stop = first_of(plan)

    answers = [member.post(drive_of(plan), {"action": "delivered", "stop": stop.pk}) for _ in range(2)]

    stop.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (stop.status, stop.shipment.status) == ("delivered", "delivered")
    assert stop.shipment.events.filter(code="delivered").count() == 1


def test_a_failure_is_told_with_the_chosen_reason_or_the_drivers_own(member: Client, plan: RoutePlan) -> None:
    first, second, third = plan.stops.order_by("sequence")
    failed = {"action": "failed", "reason": "absent"}

    member.post(drive_of(plan), {**failed, "stop": first.pk})
    member.post(drive_of(plan), {**failed, "stop": second.pk, "other": "Gate was locked"})
    refused = member.post(drive_of(plan), {"action": "failed", "stop": third.pk, "reason": "nonsense"})

    assert [stop.failure for stop in plan.stops.order_by("sequence")] == ["Nobody was there", "Gate was locked", ""]
    assert refused.status_code == 400


def test_setting_out_from_the_page_starts_the_day(member: Client, plan: RoutePlan) -> None:
    member.post(drive_of(plan), {"action": "depart"})

    plan.refresh_from_db()
    assert plan.status == "under_way"
    assert "Set out" not in member.get(drive_of(plan)).content.decode()


def test_a_stop_of_another_route_is_not_there(member: Client, shop: Shop, plan: RoutePlan, stranger: Shop) -> None:
    others = RouteStop.objects.exclude(plan=plan)

    for stop in others:
        assert member.post(drive_of(plan), {"action": "delivered", "stop": stop.pk}).status_code == 404
    assert member.post(drive_of(plan), {"action": "delivered", "stop": "x"}).status_code == 404

    assert {stop.status for stop in others.all()} == {"pending"}


def test_addresses_of_past_days_are_not_shown_to_drivers(member: Client, plan: RoutePlan) -> None:
    RoutePlan.objects.filter(pk=plan.pk).update(day=timezone.localdate() - dt.timedelta(days=2))

    assert member.get(drive_of(plan)).status_code == 404


@pytest.mark.parametrize(
    ("role", "sees", "acts"),
    [
        (Role.FULFILMENT, 200, 302), (Role.SERVICE, 200, 403), (Role.READ_ONLY, 200, 403), (Role.CATALOGUE, 403, 403),
        (Role.FINANCE, 403, 403),
    ],
)  # fmt: skip
def test_roles_see_and_drive_by_the_duty_of_parcels(shop: Shop, plan: RoutePlan, client: Client, role: str, sees: int, acts: int) -> None:
    client.force_login(shop.member(role))
    stop = first_of(plan)

    assert [client.get(url).status_code for url in (reverse("merchant:routes"), page_of(plan), drive_of(plan))] == [sees] * 3
    assert client.post(drive_of(plan), {"action": "delivered", "stop": stop.pk}).status_code == acts
    stop.refresh_from_db()
    assert stop.status == ("delivered" if acts == 302 else "pending")


def test_a_vehicle_is_added_with_amounts_as_people_type_them(member: Client, shop: Shop) -> None:
    typed: dict[str, Any] = {
        "name": "Blue van", "warehouse": shop.warehouse.pk, "capacity_g": "", "capacity_pieces": "40", "starts_at": "08:00",
        "ends_at": "17:30", "per_km_minor": "0.45", "per_stop_minor": "1", "fixed_minor": "30", "is_active": "on",
    }  # fmt: skip
    add = reverse("merchant:logistics_vehicle_add")

    refused = member.post(add, {**typed, "ends_at": "07:00"})
    empty = member.post(add, {**typed, "capacity_pieces": "0"})
    member.post(add, typed)

    assert (refused.status_code, empty.status_code) == (200, 200)
    vehicle = Vehicle.objects.get(name="Blue van")
    assert (vehicle.merchant, vehicle.per_km_minor, vehicle.per_stop_minor, vehicle.fixed_minor) == (shop.merchant, 45, 100, 3_000)
    member.post(reverse("merchant:logistics_vehicle_change", args=[vehicle.pk]), {**typed, "name": "Green van"})
    assert Vehicle.objects.filter(pk=vehicle.pk, name="Green van").exists()


def test_an_order_is_taken_along_from_its_page_and_from_the_list(member: Client, shop: Shop) -> None:
    order = shop.to_ship
    url = reverse("merchant:orders_merchantorder_deliver_own", args=[order.pk])

    member.post(url, {"_form_submitted": "1", "day": timezone.localdate().isoformat(), "note": "Bell is broken"})

    stop = RouteStop.objects.get(reference=order.pk)
    assert (stop.label, stop.note) == (order.number, "Bell is broken")
    order.refresh_from_db()
    assert order.status == "shipped"
    listed = {"action": "deliver_selected_today", "_selected_action": [order.pk]}
    answer = member.post(reverse("merchant:orders_merchantorder_changelist"), listed, follow=True)
    assert answer.status_code == 200
    assert RouteStop.objects.filter(reference=order.pk).count() == 1
