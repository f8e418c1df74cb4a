"""The demo's warehouses: goods on the way, ordered and being counted, once."""

import pytest

from core.invariants import violations
from logistics.models import PurchaseOrder, ShippingZone, StockCount, Transfer, Warehouse
from shop.demo.warehouses import keep_house
from tests.factories.catalog import make_product
from tests.factories.logistics import NOW, make_stock, make_warehouse
from tests.factories.merchants import make_merchant


@pytest.mark.django_db
def test_the_demo_keeps_house_once() -> None:
    merchant = make_merchant(slug="jishi-direct")
    houses = [make_warehouse(merchant, code=code, priority=number) for number, code in enumerate(("HZ-C1", "CD-R1"))]
    for _ in range(6):
        variant = make_product(merchant=merchant).variants.get()
        for house in houses:
            make_stock(30, variant=variant, warehouse=house)

    keep_house(NOW)
    keep_house(NOW)

    assert sorted(Transfer.objects.values_list("status", flat=True)) == ["received", "sent"]
    assert PurchaseOrder.objects.get().status == "part_received"
    assert StockCount.objects.get().status == "to_confirm"
    assert (ShippingZone.objects.count(), Warehouse.objects.filter(latitude=None).count()) == (2, 0)
    assert violations() == {}
