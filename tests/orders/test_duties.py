"""Import charges in carts and orders that cross a border."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Variant
from core.exchange.rules import own
from core.invariants import violations
from logistics.models import ShippingRate, Stock, Warehouse
from logistics.rules import Destination
from logistics.services import create_warehouse, receive_stock
from merchants.models import Merchant
from orders.errors import BondedLimitExceeded
from orders.models import Checkout, DutyEstimate, MerchantOrder
from orders.rules.ways import ChosenWay
from orders.selectors import cart_view
from orders.selectors.duties import ParcelDuties, duties_of_cart
from tests.factories.customs import make_duty, make_regime
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place
from tests.factories.ways import chosen_view, make_store, place_by

pytestmark = pytest.mark.django_db
GERMAN = {"country": "DE", "postcode": "10115", "city": "Berlin"}


def shirts(*, hs_code: str = "61091000", **overrides: Any) -> Variant:
    variant = make_goods(**overrides)
    Variant.objects.filter(pk=variant.pk).update(hs_code=hs_code)
    variant.refresh_from_db()
    return variant


def shown(cart: Any, country: str = "DE") -> list[ParcelDuties]:
    to = Destination(country, "10115")
    return duties_of_cart(cart_view(cart, "en", own("USD"), None, to), to, own("USD"), timezone.now())


def put_in(merchant: Merchant, variant: Variant, kind: str, country: str, pieces: int = 10) -> Warehouse:
    """The same goods in one more warehouse, which is preferred to the merchant's first."""
    house = create_warehouse(merchant=merchant, code=kind.upper(), name=kind, kind=kind, city="X", country=country, priority=1)
    receive_stock(variant=variant, warehouse=house, quantity=pieces, actor="system:test", at=timezone.now())
    return house


def test_the_estimate_shown_in_the_cart_is_kept_with_the_order_and_is_no_part_of_its_total() -> None:
    make_regime(), make_duty()
    cart = make_cart(shirts(price=2_000), quantity=5)
    [before] = shown(cart)

    checkout = place(cart, buyer=make_buyer(**GERMAN))

    kept = DutyEstimate.objects.get(order__checkout=checkout)
    assert (kept.duty_minor, kept.tax_minor, kept.country, kept.sent_from, kept.terms) == (1_260, 2_234, "DE", "CN", "dap")
    assert (before.duties.duty_minor, before.duties.tax_minor, before.duties.version) == (kept.duty_minor, kept.tax_minor, kept.version)
    assert kept.lines[0] | {"key": ""} == {
        "key": "", "hs_code": "61091000", "value_minor": 10_000, "base_minor": 10_500, "prefix": "6109", "duty_bps": 1_200,
        "duty_minor": 1_260, "tax_bps": 1_900, "tax_minor": 2_234, "is_bonded": False, "missing": "",
    }  # fmt: skip
    assert checkout.total_minor == 10_500
    assert violations() == {}


def test_goods_that_stay_in_their_country_have_no_estimate(django_assert_num_queries: Any) -> None:
    make_regime("CN"), make_duty("CN")
    cart = make_cart(shirts())
    view = cart_view(cart, "en", own("USD"))

    with django_assert_num_queries(1):
        nothing = duties_of_cart(view, Destination("CN"), own("USD"), timezone.now())
    place(cart)

    assert nothing == []
    assert not DutyEstimate.objects.exists()


def test_what_crosses_a_border_takes_three_statements_more(django_assert_num_queries: Any) -> None:
    make_regime(), make_duty()
    view = cart_view(make_cart(shirts(), shirts()), "en", own("USD"))

    with django_assert_num_queries(4):
        assert len(duties_of_cart(view, Destination("DE"), own("USD"), timezone.now())) == 2


def test_goods_without_an_hs_code_cannot_be_estimated_and_are_never_free() -> None:
    make_regime(), make_duty()
    cart = make_cart(shirts(hs_code=""))

    [row] = shown(cart)
    place(cart, buyer=make_buyer(**GERMAN))

    kept = DutyEstimate.objects.get()
    assert (row.duties.missing, kept.missing, kept.duty_minor, kept.tax_minor) == ("no_code", "no_code", None, None)


def test_a_country_without_rules_is_unknown() -> None:
    place(make_cart(shirts()), buyer=make_buyer(**GERMAN))

    assert DutyEstimate.objects.get().missing == "no_rules"


def test_a_merchant_that_bears_import_charges_is_said_to_and_the_order_costs_the_same() -> None:
    make_regime(), make_duty()
    variant = shirts()
    ShippingRate.objects.filter(merchant=variant.merchant).update(bears_duties=True)

    checkout = place(make_cart(variant), buyer=make_buyer(**GERMAN))

    kept = DutyEstimate.objects.get()
    assert kept.is_borne and kept.total_minor
    assert checkout.total_minor == checkout.goods_minor + checkout.shipping_minor


def test_goods_from_an_overseas_warehouse_in_the_destination_carry_no_duty() -> None:
    make_regime(), make_duty()
    variant = shirts()
    put_in(variant.merchant, variant, "overseas", "DE")

    cart = make_cart(variant)

    assert shown(cart) == []
    place(cart, buyer=make_buyer(**GERMAN))
    assert not DutyEstimate.objects.exists()


def test_only_the_pieces_that_cross_the_border_are_estimated() -> None:
    make_regime(), make_duty()
    variant = shirts(price=2_000, stock=3)
    put_in(variant.merchant, variant, "overseas", "DE", pieces=2)

    [row] = shown(make_cart(variant, quantity=5))

    assert row.duties.duty_minor == 756  # 3 of 5 pieces: (60.00 + 3.00) × 12 %


def test_bonded_goods_pay_the_bonded_rate_of_their_own_country() -> None:
    make_regime("CN", bonded_most_minor=500_000)
    make_duty("CN", duty=800, tax=1_300, bonded_duty_bps=0, bonded_tax_bps=910)
    variant = shirts(price=2_000)
    put_in(variant.merchant, variant, "bonded", "CN")

    place(make_cart(variant, quantity=5))

    kept = DutyEstimate.objects.get()
    assert (kept.duty_minor, kept.tax_minor, kept.lines[0]["is_bonded"]) == (0, 956, True)


def test_more_out_of_bond_than_one_purchase_may_hold_is_refused_and_nothing_is_reserved() -> None:
    make_regime("CN", bonded_most_minor=9_999)
    make_duty("CN", bonded_tax_bps=910)
    variant = shirts(price=2_000)
    put_in(variant.merchant, variant, "bonded", "CN")
    cart = make_cart(variant, quantity=5)
    assert shown(cart, "CN")[0].bonded_most_minor == 9_999

    with pytest.raises(BondedLimitExceeded):
        place(cart)

    assert not Checkout.objects.exists()
    assert not MerchantOrder.objects.exists()
    assert not Stock.objects.filter(reserved__gt=0).exists()


def test_what_was_estimated_stays() -> None:
    make_regime(), make_duty()
    place(make_cart(shirts()), buyer=make_buyer(**GERMAN))

    with pytest.raises(IntegrityError), transaction.atomic():
        DutyEstimate.objects.update(duty_minor=0)

    assert DutyEstimate.objects.get().duty_minor


def test_what_is_picked_up_in_a_store_abroad_has_no_estimate() -> None:
    """Whoever comes to the store takes the goods over the border themselves."""
    make_regime(), make_duty()
    merchant = make_seller()
    shirt = shirts(merchant=merchant)
    way = ChosenWay(store_id=make_store(merchant, stock={shirt: 3}).warehouse_id)
    view = chosen_view(make_cart(shirt), way, merchant)

    checkout = place_by(make_cart(shirt), way, merchant, buyer=GERMAN)

    assert MerchantOrder.objects.get(checkout=checkout).pickup_from_id is not None
    assert duties_of_cart(view, Destination("DE"), own("USD"), timezone.now()) == []
    assert not DutyEstimate.objects.exists()
