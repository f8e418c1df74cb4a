"""The demo's grocer has a planned day of own delivery."""

import pytest
from django.utils import timezone

from core.invariants import violations
from logistics.models import RoutePlan, RouteStop, Vehicle, VehicleRoute, Warehouse
from shop.demo.routes import DOORS, GROCER, bring
from tests.factories.orders import make_goods, make_seller


@pytest.mark.django_db
def test_a_dozen_stops_are_planned_for_two_vehicles_once() -> None:
    seller = make_seller(slug=GROCER, latitude="30.657", longitude="104.055", city="Chengdu")
    Warehouse.objects.filter(merchant=seller).update(city="Chengdu")
    make_goods(merchant=seller, stock=60)

    for _ in range(2):
        bring(timezone.now())

    plan = RoutePlan.objects.get()
    assert plan.status == "planned"
    assert RouteStop.objects.filter(plan=plan, route__isnull=False).count() == len(DOORS) == 12
    assert Vehicle.objects.count() == 2
    assert VehicleRoute.objects.filter(plan=plan).count() >= 1
    assert violations() == {}
