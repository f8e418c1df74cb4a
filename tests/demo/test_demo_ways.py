"""The demo's grocer has stores where shoppers pick up, and hours at the door."""

import pytest
from django.utils import timezone

from core.invariants import violations
from logistics.models import DeliverySlot, PickupPoint
from orders.models import MerchantOrder, Pickup
from shop.demo.routes import GROCER
from shop.demo.ways import open_stores
from tests.factories.orders import make_goods, make_seller


@pytest.mark.django_db
def test_stores_open_once_with_orders_in_each_state() -> None:
    seller = make_seller(slug=GROCER, city="Chengdu")
    seller.warehouses.update(kind="store")
    for _ in range(4):
        make_goods(merchant=seller, stock=30)

    for _ in range(2):
        open_stores(timezone.now())

    assert (PickupPoint.objects.count(), DeliverySlot.objects.count()) == (4, 21)
    assert sorted(Pickup.objects.values_list("status", flat=True)) == ["ready", "waiting"]
    assert MerchantOrder.objects.filter(slot_day__isnull=False, status="paid").count() == 1
    assert violations() == {}
