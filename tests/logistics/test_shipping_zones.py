"""Prices for some addresses: by zone, flat, by weight or by item; everywhere else the merchant's one price."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.exchange.rules import own
from logistics.errors import CodeTaken, InvalidDivisor, InvalidRate, InvalidZone, NotFound
from logistics.models import ShippingZone
from logistics.rules import Destination, Load, Zone, ZoneRate, chargeable_grams, zone_for, zone_price
from logistics.selectors import shipping_offers, shipping_quote
from logistics.services import set_shipping_rate
from logistics.services.zones import ZonePrice, remove_shipping_zone, save_shipping_zone
from merchants.models import Merchant
from tests.factories.merchants import make_merchant

CHINA, GERMANY = Destination("CN", "518000"), Destination("DE", "10115")
USD = own("USD")


def rate(way: str = "flat", **more: object) -> ZoneRate:
    return ZoneRate(zones=(Zone("CN"),), way=way, currency="USD", flat_minor=500, **more)  # type: ignore[arg-type]


def test_what_is_large_and_light_counts_by_the_room_it_takes() -> None:
    pillow, dumbbell = Load(1, 800, 50 * 40 * 30 * 1_000), Load(1, 15_000, 20 * 20 * 20 * 1_000)

    assert (chargeable_grams(pillow), chargeable_grams(pillow, 6_000), chargeable_grams(dumbbell)) == (12_000, 10_000, 15_000)
    assert chargeable_grams(pillow + dumbbell) == 15_800
    assert zone_price(rate("weight", step_minor=200, step=1_000, divisor=6_000), pillow) == 2_500


LOADS = st.builds(Load, st.integers(1, 99), st.integers(0, 10**8), st.integers(0, 10**13))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(LOADS, LOADS, st.integers(1_000, 20_000))
def test_the_chargeable_weight_is_never_below_the_weight_and_more_never_costs_less(one: Load, more: Load, divisor: int) -> None:
    price = rate("weight", step_minor=200, step=500, divisor=divisor)

    assert chargeable_grams(one, divisor) >= one.grams
    assert chargeable_grams(one, divisor) * divisor >= one.cubic_mm
    assert chargeable_grams(one + more, divisor) >= max(chargeable_grams(one, divisor), chargeable_grams(more, divisor))
    assert zone_price(price, one + more) >= zone_price(price, one)
    assert chargeable_grams(one, divisor + 1) <= chargeable_grams(one, divisor)


@pytest.mark.parametrize(("grams", "minor"), [(0, 500), (1, 700), (1_000, 700), (1_001, 900), (2_500, 1_100)])
def test_by_weight_each_step_begun_counts(grams: int, minor: int) -> None:
    assert zone_price(rate("weight", step_minor=200, step=1_000), Load(1, grams)) == minor


@pytest.mark.parametrize(("pieces", "minor"), [(0, 500), (1, 500), (2, 600), (5, 900)])
def test_by_item_each_after_the_first_counts(pieces: int, minor: int) -> None:
    assert zone_price(rate("item", step_minor=100), Load(pieces)) == minor


def test_the_first_zone_by_position_that_serves_the_address_counts() -> None:
    south = ZoneRate((Zone("CN", ("51",)),), "flat", "USD", 100, position=1, name="South")
    china = ZoneRate((Zone("CN"),), "flat", "USD", 300, position=2, name="China")

    assert zone_for([china, south], CHINA) == south
    assert zone_for([china, south], Destination("CN", "100010")) == china
    assert zone_for([china, south], GERMANY) is None


@pytest.fixture
def merchant(db: None) -> Merchant:
    merchant = make_merchant()
    set_shipping_rate(merchant=merchant, currency="USD", flat_minor=900, free_over_minor=20_000)
    price = ZonePrice(name="China", zones=[Zone("CN")], way="weight", flat_minor=300, step_minor=100, step=500, free_over_minor=5_000)
    save_shipping_zone(merchant_id=merchant.pk, price=price)
    return merchant


def test_the_quote_goes_by_the_address_and_the_weight(merchant: Merchant) -> None:
    goods, loads = {merchant.pk: 4_000}, {merchant.pk: Load(2, 1_200)}

    assert shipping_quote(goods, USD, CHINA, loads) == {merchant.pk: 600}
    assert shipping_quote(goods, USD, GERMANY, loads) == {merchant.pk: 900}
    assert shipping_quote(goods, USD) == {merchant.pk: 900}
    assert shipping_offers(goods, USD, CHINA, loads)[merchant.pk].missing_minor == 1_000
    assert shipping_quote({merchant.pk: 5_000}, USD, CHINA, loads) == {merchant.pk: 0}


def test_a_merchant_without_one_price_has_zones_all_the_same(db: None) -> None:
    merchant, other = make_merchant(), make_merchant()
    save_shipping_zone(merchant_id=merchant.pk, price=ZonePrice(name="A", zones=[Zone("DE")], way="flat", flat_minor=700))

    quote = shipping_quote({merchant.pk: 1, other.pk: 1}, USD, GERMANY)

    assert quote == {merchant.pk: 700, other.pk: 0}


def test_a_zone_that_is_off_or_gone_does_not_count(merchant: Merchant) -> None:
    zone = ShippingZone.objects.get()
    off = ZonePrice(name="China", zones=[Zone("CN")], way="flat", flat_minor=1, is_active=False)
    save_shipping_zone(merchant_id=merchant.pk, price=off, zone_id=zone.pk)
    while_off = shipping_quote({merchant.pk: 1}, USD, CHINA)

    remove_shipping_zone(zone_id=zone.pk, merchant_id=merchant.pk)

    assert while_off == shipping_quote({merchant.pk: 1}, USD, CHINA) == {merchant.pk: 900}


def test_the_quote_is_one_statement_with_an_address_or_without(merchant: Merchant) -> None:
    for destination in (None, CHINA):
        with CaptureQueriesContext(connection) as queries:
            shipping_quote({merchant.pk: 1}, USD, destination)
        assert len(queries) == 1


def test_what_cannot_be_a_price_or_a_place_is_refused_and_strangers_are_not_changed(merchant: Merchant) -> None:
    good = {"name": "EU", "zones": [Zone("DE")], "way": "flat", "flat_minor": 1}

    for error, more in (
        (InvalidRate, {"flat_minor": -1}),
        (InvalidRate, {"step": 0}),
        (InvalidDivisor, {"divisor": 999}),
        (InvalidZone, {"zones": []}),
        (InvalidZone, {"zones": [Zone("XX")]}),
        (InvalidZone, {"zones": [Zone("DE", ("",))]}),
        (CodeTaken, {"name": "China"}),
    ):
        with pytest.raises(error):
            save_shipping_zone(merchant_id=merchant.pk, price=ZonePrice(**{**good, **more}))  # type: ignore[arg-type]
    zone = ShippingZone.objects.get()
    with pytest.raises(NotFound):
        save_shipping_zone(merchant_id=uuid.uuid4(), price=ZonePrice(**good), zone_id=zone.pk)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        remove_shipping_zone(zone_id=zone.pk, merchant_id=uuid.uuid4())

    assert list(ShippingZone.objects.values_list("name", flat=True)) == ["China"]
