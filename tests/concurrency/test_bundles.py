"""A set and its part are bought at the same moment for the last pieces: never both."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from catalog.errors import BundleNested
from catalog.models import BundleItem, ProductCard, Variant
from catalog.services.bundles import Part, compose_bundle
from core.invariants import violations
from logistics.models import Stock
from orders.errors import SoldOut
from orders.models import Checkout, OrderLine
from orders.selectors.carts import cart_view
from tests.concurrency.orders_rig import race
from tests.factories.bundles import make_bundle
from tests.factories.orders import make_cart, make_goods, make_seller, place

pytestmark = pytest.mark.django_db(transaction=True)


def _bought(carts: list[Any]) -> tuple[list[Any], list[Any]]:
    seen = [cart_view(cart).total_minor for cart in carts]  # before the rush: whoever looks in the middle of it sees a sold out cart
    presses = zip(carts, seen, strict=True)
    results = race(*[lambda cart=cart, total=total: place(cart, expected_total_minor=total) for cart, total in presses])
    return [row for row in results if isinstance(row, Checkout)], [row for row in results if not isinstance(row, Checkout)]


def test_the_last_piece_goes_into_a_set_or_alone_but_never_both() -> None:
    seller = make_seller()
    pot, cup = make_goods(merchant=seller, price=3_000, stock=9), make_goods(merchant=seller, price=500, stock=1)
    bundle = make_bundle({pot: 1, cup: 1}, price=3_100)
    carts = [make_cart(bundle) if number % 2 else make_cart(cup) for number in range(6)]

    placed, refused = _bought(carts)

    assert len(placed) == 1
    assert {type(error) for error in refused} == {SoldOut}
    assert (Stock.objects.get(variant=cup).reserved, OrderLine.objects.filter(variant=cup).count()) == (1, 1)
    assert not ProductCard.objects.get(product=bundle.product_id).in_stock
    assert not ProductCard.objects.get(product=cup.product_id).in_stock
    assert violations() == {}


def test_sets_and_their_parts_in_a_rush_sell_what_is_there_and_no_more() -> None:
    seller = make_seller()
    pot, cup = make_goods(merchant=seller, price=3_000, stock=4), make_goods(merchant=seller, price=500, stock=10)
    bundle = make_bundle({pot: 1, cup: 4}, price=4_000)
    carts = [*(make_cart(bundle) for _ in range(4)), *(make_cart(cup, quantity=2) for _ in range(4))]

    placed, refused = _bought(carts)

    taken = sum(OrderLine.objects.filter(variant=cup).values_list("quantity", flat=True))
    assert taken == Stock.objects.get(variant=cup).reserved
    assert 8 <= taken <= 10
    assert {type(error) for error in refused} == {SoldOut}
    assert len(placed) + len(refused) == 8
    left = 10 - taken
    assert ProductCard.objects.get(product=bundle.product_id).in_stock is (left >= 4)
    assert violations() == {}


def test_composing_without_taking_turns_puts_a_set_into_a_set() -> None:
    """Negative control: the same two compositions, each of which looks before the other has written."""
    seller = make_seller()
    cheap, middle, dear = (make_goods(merchant=seller, price=price) for price in (1_000, 1_500, 2_000))
    everybody_has_looked = threading.Barrier(2)

    def compose_carelessly(variant: Variant, component: Variant) -> None:
        if component.is_bundle or BundleItem.objects.filter(component=variant).exists():
            raise BundleNested(sku=component.sku)
        everybody_has_looked.wait(20)
        owner = {"merchant_id": variant.merchant_id, "product_id": variant.product_id}
        BundleItem.objects.create(**owner, variant=variant, component=component, quantity=2)
        Variant.objects.filter(pk=variant.pk).update(is_bundle=True)

    race(lambda: compose_carelessly(middle, cheap), lambda: compose_carelessly(dear, middle))

    assert "invariant_bundle" in violations()


def test_two_compositions_at_once_never_put_a_set_into_a_set() -> None:
    seller = make_seller()
    cheap, middle, dear = (make_goods(merchant=seller, price=price) for price in (1_000, 1_500, 2_000))

    results = race(
        lambda: compose_bundle(variant_id=middle.pk, parts=[Part(cheap.pk, 2)]),
        lambda: compose_bundle(variant_id=dear.pk, parts=[Part(middle.pk, 1), Part(cheap.pk, 1)]),
    )

    assert [type(result) for result in results].count(BundleNested) == 1
    assert Variant.objects.filter(is_bundle=True).count() == 1
    assert BundleItem.objects.values("variant").distinct().count() == 1
    assert violations() == {}
