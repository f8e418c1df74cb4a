"""The demo's bins, and its wave that is half picked, once."""

import pytest

from core.invariants import violations
from logistics.models import Bin, Stock, Wave, WavePick
from shop.demo.floor import keep_bins
from tests.factories.catalog import make_product
from tests.factories.logistics import NOW, make_stock, make_warehouse
from tests.factories.merchants import make_merchant
from tests.walkthrough import order_up_to


@pytest.mark.django_db
def test_the_demo_has_bins_and_a_wave_that_is_being_picked() -> None:
    merchant = make_merchant(slug="jishi-direct")
    house = make_warehouse(merchant, code="HZ-C1")
    variants = [make_product(merchant=merchant).variants.get() for _ in range(4)]
    for variant in variants:
        make_stock(30, variant=variant, warehouse=house)
    for variant in variants:
        order_up_to("paid", variants=[variant])

    keep_bins(NOW)
    keep_bins(NOW)

    assert Bin.objects.filter(warehouse=house).count() == 6 * 12 * 3
    assert not Stock.objects.filter(warehouse=house, bin=None).exists()
    wave = Wave.objects.get()
    assert (wave.status, wave.totes.count()) == ("picking", 4)
    assert sorted(WavePick.objects.values_list("picked", flat=True)) == [0, 0, 1, 1]
    assert wave.distance_cm > 0
    assert violations() == {}
