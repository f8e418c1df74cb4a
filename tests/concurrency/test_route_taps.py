"""A driver's button pressed twice at once, and two buttons at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from core.models import OutboxEvent
from core.states import IllegalTransition, StaleState, history
from logistics.models import RoutePlan, RouteStop
from logistics.routes import services
from logistics.routes.services import driving
from tests.concurrency.racing import at_once, deadlocks, refusals
from tests.factories.logistics import NOW, make_warehouse
from tests.factories.routes import bare_route, make_stop, make_vehicle

pytestmark = pytest.mark.django_db(transaction=True)


def _at_the_door() -> tuple[RouteStop, dict[str, Any]]:
    warehouse = make_warehouse()
    stop = make_stop(warehouse, (0.01, 0.01))
    route = bare_route(stop, make_vehicle(warehouse))
    return stop, {"stop_id": stop.pk, "route_id": route.pk, "merchant_id": stop.merchant_id, "actor": "merchant:1", "at": NOW}


def test_a_double_tap_is_one_delivery() -> None:
    stop, door = _at_the_door()
    before = deadlocks()

    outcomes = at_once([partial(services.deliver_stop, **door)] * 6)

    assert refusals(outcomes) == []
    assert [change.to_status for change in history(stop)] == ["pending", "delivered"]
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1
    assert stop.shipment.events.filter(code="delivered").count() == 1
    assert deadlocks() == before


def test_delivered_and_failed_at_once_end_in_a_delivery() -> None:
    stop, door = _at_the_door()
    jobs = [partial(services.deliver_stop, **door), partial(services.fail_stop, **door, reason="Refused")] * 3

    outcomes = at_once(jobs)

    stop.refresh_from_db()
    assert stop.status == stop.shipment.status == "delivered"
    assert all(isinstance(refusal, IllegalTransition) for refusal in refusals(outcomes))


def test_without_waiting_for_the_plan_a_double_tap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: taps that do not take turns both see a parcel that is still to be delivered."""
    monkeypatch.setattr(driving, "locked_plan", lambda plan_id, merchant_id: RoutePlan.objects.get(pk=plan_id))
    refused = False

    for _ in range(10):
        _, door = _at_the_door()
        outcomes = at_once([partial(services.deliver_stop, **door)] * 6)
        refused = refused or any(isinstance(refusal, StaleState | IllegalTransition) for refusal in refusals(outcomes))

    assert refused
