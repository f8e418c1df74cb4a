"""What is made to order takes longer, and its merchant has longer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from catalog.errors import HandlingDaysInvalid
from catalog.services.products import update_product
from orders.rules import ship_by
from orders.states import OrderStatus
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def test_the_longest_of_an_orders_goods_decides_and_is_frozen() -> None:
    seller = make_seller(handling_days=1)
    quick, slow = make_goods(merchant=seller), make_goods(merchant=seller, handling_days=9)

    walk = order_up_to(OrderStatus.AWAITING_PAYMENT, variants=[quick, slow], at=NOW)
    update_product(product_id=slow.product_id, handling_days=100)
    mixed = order_up_to(OrderStatus.PAID, variants=[quick], at=NOW)

    assert walk.order.handling_days == 9
    assert mixed.order.handling_days == 1
    assert mixed.order.ship_by == ship_by(NOW, 1)


def test_a_paid_order_is_due_when_its_goods_are_made() -> None:
    goods = make_goods(merchant=make_seller(handling_days=1), handling_days=9)

    walk = order_up_to(OrderStatus.PAID, variants=[goods], at=NOW)

    assert walk.order.ship_by == ship_by(NOW, 9)


def test_goods_may_be_quicker_than_their_shop() -> None:
    goods = make_goods(merchant=make_seller(handling_days=5), handling_days=0)

    walk = order_up_to(OrderStatus.PAID, variants=[goods], at=NOW)

    assert walk.order.ship_by == NOW


def test_the_page_says_so(client: Client) -> None:
    goods = make_goods(merchant=make_seller(handling_days=1), handling_days=9)

    assert "Made to order: leaves the shop within 9 working days." in client.get(f"/p/{goods.product.slug}/").text


def test_years_are_refused() -> None:
    product = make_goods().product

    with pytest.raises(HandlingDaysInvalid):
        update_product(product_id=product.pk, handling_days=181)

    product.refresh_from_db()
    assert product.handling_days is None
