"""A paid order that the merchant brings to the door itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from core.invariants import violations
from core.states import IllegalTransition
from logistics.errors import NothingToShip
from logistics.models import RouteStop, Shipment
from logistics.routes import services
from logistics.routes.errors import DayPassed
from orders.models import MerchantOrder
from orders.services.own_delivery import deliver_ourselves
from tests.backoffice.market import make_shop
from tests.drain import drain
from tests.factories.logistics import NOW
from tests.factories.routes import DEPOT, bare_route, make_vehicle

pytestmark = pytest.mark.django_db


def _ours(order: MerchantOrder, day: dt.date | None = None) -> list[RouteStop]:
    return deliver_ourselves(order_id=order.pk, day=day or NOW.date(), note="Third floor", actor="merchant:1", at=NOW)


def test_it_is_shipped_and_waits_on_the_plan_with_the_shoppers_address() -> None:
    shop = make_shop("ANTELOPE")

    [stop] = _ours(shop.to_ship)

    shop.to_ship.refresh_from_db()
    checkout = shop.to_ship.checkout
    assert shop.to_ship.status == "shipped"
    assert (stop.label, stop.name, stop.address, stop.phone) == (shop.to_ship.number, checkout.name, checkout.address, checkout.phone)
    assert (stop.note, stop.collect_minor, stop.plan.day, stop.reference) == ("Third floor", 0, NOW.date(), shop.to_ship.pk)
    assert (stop.shipment.carrier, stop.shipment.tracking_number) == (shop.merchant.name, shop.to_ship.number)
    assert violations() == {}


def test_again_it_is_the_same_stop() -> None:
    shop = make_shop("ANTELOPE")
    first = _ours(shop.to_ship)

    assert _ours(shop.to_ship) == first
    assert RouteStop.objects.filter(reference=shop.to_ship.pk).count() == 1


def test_the_drivers_tap_delivers_the_order() -> None:
    shop = make_shop("ANTELOPE")
    [stop] = _ours(shop.to_ship)
    services.set_depot(plan_id=stop.plan_id, merchant_id=stop.merchant_id, latitude=DEPOT[0], longitude=DEPOT[1])
    route = bare_route(stop, make_vehicle(shop.warehouse))

    services.deliver_stop(stop_id=stop.pk, route_id=route.pk, merchant_id=shop.merchant.pk, actor="merchant:1", at=NOW)
    drain()

    shop.to_ship.refresh_from_db()
    assert shop.to_ship.status == "delivered"
    assert violations() == {}


def test_an_order_that_went_with_a_carrier_is_not_delivered_ourselves() -> None:
    shop = make_shop("ANTELOPE")
    before = Shipment.objects.count(), RouteStop.objects.count()

    with pytest.raises(NothingToShip), transaction.atomic():
        _ours(shop.shipped)
    with pytest.raises(IllegalTransition), transaction.atomic():
        _ours(shop.unpaid)
    with pytest.raises(DayPassed), transaction.atomic():
        _ours(shop.to_ship, NOW.date() - dt.timedelta(days=3))

    shop.to_ship.refresh_from_db()
    assert (shop.to_ship.status, (Shipment.objects.count(), RouteStop.objects.count())) == ("paid", before)
