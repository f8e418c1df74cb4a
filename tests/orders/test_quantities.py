"""Prices by quantity and least quantities, from the cart to the order."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from catalog.rules.quantities import Tier
from catalog.services.variants import update_variant
from core.ids import uuid7
from orders.errors import PriceChanged, QuantityNotSold
from orders.models import Cart, CartLine, Checkout, OrderLine
from orders.selectors import cart_view
from orders.services.carts import add_to_cart, set_quantity
from orders.services.checkout import place_order
from tests.factories.catalog import new_variant
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_buyer, make_cart, make_goods, place

pytestmark = pytest.mark.django_db
TIERS = (Tier(10, 900), Tier(100, 800))


def cup(**overrides: Any) -> Variant:
    return make_goods(stock=500, variants=[new_variant(**{"price_minor": 1_000, "tiers": TIERS, **overrides})])


def only_line(cart: Cart) -> Any:
    return cart_view(cart).parcels[0].lines[0]


def test_the_cart_and_the_order_ask_the_price_of_the_tier() -> None:
    cart = make_cart(cup(), quantity=10)

    line = only_line(cart)
    checkout = place(cart)

    assert (line.price_minor, line.total_minor, line.is_price_changed) == (900, 9_000, False)
    bought = OrderLine.objects.get()
    assert (bought.price_minor, bought.quantity, bought.total_minor) == (900, 10, 9_000)
    assert checkout.goods_minor == 9_000


def test_changing_the_quantity_changes_the_price_of_a_piece_and_says_no_change_of_price() -> None:
    cart = make_cart(cup(), quantity=10)

    set_quantity(cart=cart, line_id=only_line(cart).line_id, quantity=100)

    line = only_line(cart)
    assert (line.price_minor, line.total_minor, line.is_price_changed) == (800, 80_000, False)


def test_a_tier_that_has_changed_since_is_refused_with_the_new_total() -> None:
    goods = cup()
    cart = make_cart(goods, quantity=10)
    seen = cart_view(cart).total_minor

    update_variant(variant_id=goods.pk, tiers=[Tier(10, 950)])

    with pytest.raises(PriceChanged) as refused:
        place_order(cart_id=cart.pk, key=uuid7(), buyer=make_buyer(), points=0, expected_total_minor=seen, at=timezone.now())
    assert refused.value.params["total_minor"] == seen + 500
    assert not Checkout.objects.exists()


def test_in_another_currency_the_converted_tier_is_charged() -> None:
    make_rates(JPY="150")
    goods = cup()
    update_variant(variant_id=goods.pk, tiers=TIERS)
    cart = make_cart(goods, quantity=10, conversion=into("JPY"))

    view = cart_view(cart, conversion=into("JPY"))

    assert view.goods_minor == 13_500


@pytest.mark.parametrize("quantity", [1, 5, 12])
def test_fewer_than_the_least_or_no_multiple_cannot_be_put_into_the_cart(quantity: int) -> None:
    goods = cup(min_quantity=10, quantity_step=5)

    with pytest.raises(QuantityNotSold) as refused:
        add_to_cart(user=None, token=None, variant_id=goods.pk, quantity=quantity, at=timezone.now())

    assert "from 10 pieces on, in multiples of 5" in str(refused.value)
    assert not CartLine.objects.exists()


def test_a_step_may_be_added_to_what_is_there() -> None:
    goods = cup(min_quantity=10, quantity_step=5)
    cart = make_cart(goods, quantity=10)

    add_to_cart(user=None, token=cart.token, variant_id=goods.pk, quantity=5, at=timezone.now())

    line = only_line(cart)
    assert (line.quantity, line.less, line.more) == (15, 10, 20)
    with pytest.raises(QuantityNotSold):
        set_quantity(cart=cart, line_id=line.line_id, quantity=11)
    assert only_line(cart).quantity == 15


def test_a_least_quantity_set_later_is_said_in_the_cart_and_refused_when_placing() -> None:
    goods = cup()
    cart = make_cart(goods, quantity=3)
    update_variant(variant_id=goods.pk, min_quantity=10, quantity_step=10)

    view = cart_view(cart)

    line = view.parcels[0].lines[0]
    assert (line.problem, line.less, line.more, view.has_problems) == ("wrong_quantity", 0, 10, True)
    with pytest.raises(QuantityNotSold):
        place(cart)
    assert not Checkout.objects.exists()
    assert CartLine.objects.get().quantity == 3
