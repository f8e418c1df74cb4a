"""Synthetic orders of a year, for measuring the back office."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from logistics.models import Shipment
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder, OrderLine
from shop.synthetic.catalogue import make_catalogue
from shop.synthetic.orders import make_orders
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def test_orders_of_one_shop_are_whole_and_the_same_for_the_same_seed() -> None:
    make_catalogue(6, seed=1, at=timezone.now(), merchants=1)
    merchant = Merchant.objects.get()

    assert make_orders(merchant, 60, seed=3, at=timezone.now()) == 60

    orders = list(MerchantOrder.objects.for_merchant(merchant).order_by("pk").prefetch_related("lines"))
    assert len(orders) == Checkout.objects.count() == 60
    assert all(order.goods_minor == sum(line.total_minor for line in order.lines.all()) for order in orders)
    assert {order.pk for order in orders if order.shipped_at} == set(Shipment.objects.values_list("reference", flat=True))
    assert OrderLine.objects.filter(merchant=merchant).count() == OrderLine.objects.count()
    assert len({order.status for order in orders}) > 3

    first = [(order.status, order.total_minor) for order in orders]
    make_orders(merchant, 60, seed=3, at=timezone.now())
    again = MerchantOrder.objects.exclude(pk__in=[order.pk for order in orders]).order_by("pk")
    assert [(order.status, order.total_minor) for order in again] == first


def test_a_shop_that_is_not_there_or_has_nothing_gets_no_orders() -> None:
    make_merchant(slug="empty")

    for arguments, words in (((5,), "no shop"), ((0,), "no shop")):
        with pytest.raises(CommandError, match=words):
            call_command("make_orders", *map(str, arguments), merchant="nowhere")
    with pytest.raises(CommandError, match="no goods"):
        call_command("make_orders", "5", merchant="empty")
    with pytest.raises(CommandError, match="between"):
        call_command("make_orders", "0", merchant="empty")

    assert not Checkout.objects.exists()
