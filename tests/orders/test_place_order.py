"""Placing: one purchase, one order per merchant, today's prices, everything or nothing."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import ProductCard, Variant
from catalog.services.products import archive_product
from core.models import OutboxEvent
from logistics.models import Reservation, Stock
from merchants.services import suspend_merchant
from orders.errors import CartEmpty, CheckoutNotFound, PointsNotAllowed, PriceChanged, SoldOut, VariantUnavailable
from orders.models import CartLine, Checkout, MerchantOrder, OrderLine
from orders.selectors import cart_view
from orders.selectors.taxes import tax_rates
from tests.factories.accounts import make_user
from tests.factories.orders import make_cart, make_goods, make_seller, place

pytestmark = pytest.mark.django_db


def test_a_cart_of_two_merchants_becomes_one_purchase_with_two_orders() -> None:
    lamp, cup = make_goods(price=2_000), make_goods(price=350)
    cart = make_cart(lamp, cup, quantity=2)

    checkout = place(cart)

    assert (checkout.goods_minor, checkout.shipping_minor, checkout.total_minor) == (4_700, 1_000, 5_700)
    orders = list(checkout.orders.order_by("number"))
    assert [order.merchant_id for order in orders] == [lamp.merchant_id, cup.merchant_id]
    assert [order.total_minor for order in orders] == [4_500, 1_200]
    assert [order.number for order in orders] == [f"{checkout.number}-1", f"{checkout.number}-2"]
    assert not CartLine.objects.filter(cart=cart).exists()
    assert Reservation.objects.filter(reference=checkout.pk, status="held").count() == 2
    assert OutboxEvent.objects.filter(name="CheckoutPlaced", payload={"checkout_id": str(checkout.pk)}).count() == 1


def test_a_cart_of_one_merchant_still_becomes_one_merchant_order() -> None:
    checkout = place(make_cart(make_goods()))

    assert checkout.orders.count() == 1


def test_a_line_keeps_which_small_renditions_of_its_picture_there_are() -> None:
    goods = make_goods()
    drawn = {"picture": "products/x", "picture_widths": [160, 320, 480, 640], "picture_formats": ["webp", "avif", "jpg"]}
    ProductCard.objects.filter(pk=goods.product_id).update(**drawn)

    line = place(make_cart(goods)).orders.get().lines.get()

    assert (line.picture, line.picture_widths, line.picture_formats) == ("products/x", [160, 320], ["webp", "avif", "jpg"])


def test_the_commission_is_frozen_from_the_merchants_plan_on_goods_and_shipping() -> None:
    seller = make_seller(shipping=333)
    seller.commission_plan.rate_bps = 825
    seller.commission_plan.save()

    order = place(make_cart(make_goods(merchant=seller, price=1_111))).orders.get()

    assert (order.commission_bps, order.commission_minor) == (825, 119)  # 8.25 % of 1444 is 119.13


def test_a_purchase_of_three_lines_and_two_merchants_takes_a_handful_of_statements() -> None:
    seller = make_seller()
    cart = make_cart(make_goods(merchant=seller), make_goods(merchant=seller), make_goods())
    total = cart_view(cart).total_minor
    tax_rates()  # the table is remembered for seconds, and the pages before have read it

    with CaptureQueriesContext(
        connection,
    ) as statements:
        place(cart, expected_total_minor=total)

    sent = [query["sql"] for query in statements if "SAVEPOINT" not in query["sql"]]
    assert len(sent) <= 17, "\n".join(sent)


def test_the_same_key_again_gives_the_same_purchase() -> None:
    """MON03."""
    cart, key = make_cart(), uuid.uuid4()
    first = place(cart, key=key)

    again = place(cart, key=key, expected_total_minor=first.total_minor)

    assert again.pk == first.pk
    assert Checkout.objects.count() == 1


def test_another_persons_key_is_not_found_and_changes_nothing() -> None:
    """MON04."""
    first = place(make_cart())
    cart = make_cart()

    with pytest.raises(CheckoutNotFound):
        place(cart, key=first.pk)

    assert cart.lines.count() == 2


def test_a_members_key_is_not_found_for_a_guest_with_the_same_cart() -> None:
    user = make_user()
    cart = make_cart(user=user)
    first = place(cart, user=user)

    with pytest.raises(CheckoutNotFound):
        place(cart, key=first.pk)


def test_an_empty_cart_cannot_be_placed() -> None:
    cart = make_cart()
    cart.lines.all().delete()

    with pytest.raises(CartEmpty):
        place(cart)


def test_a_price_that_changed_since_it_was_shown_is_asked_again() -> None:
    """MON25."""
    lamp = make_goods(price=2_000)
    cart = make_cart(lamp)
    seen = cart_view(cart).total_minor
    Variant.objects.filter(pk=lamp.pk).update(price_minor=2_100)

    with pytest.raises(PriceChanged) as refused:
        place(cart, expected_total_minor=seen)

    assert refused.value.params["total_minor"] == seen + 100
    assert "$26.00" in str(refused.value)
    _nothing_happened(cart.lines.count())


def test_an_archived_product_cannot_be_placed() -> None:
    """STK12."""
    lamp = make_goods()
    cart = make_cart(lamp)
    archive_product(product_id=lamp.product_id, actor="system:test", at=lamp.created_at)

    with pytest.raises(VariantUnavailable):
        place(cart)

    _nothing_happened(cart.lines.count())


def test_a_suspended_merchants_goods_cannot_be_placed() -> None:
    """STK12."""
    lamp = make_goods()
    cart = make_cart(lamp)
    suspend_merchant(merchant_id=lamp.merchant_id, actor="operator:1", reason="papers", at=timezone.now())

    with pytest.raises(VariantUnavailable):
        place(cart)

    _nothing_happened(cart.lines.count())


@pytest.mark.parametrize("made_up", [0, -1, 1, 10**12])
def test_a_total_the_client_made_up_is_never_charged(made_up: int) -> None:
    """MON24."""
    cart = make_cart(make_goods(price=2_000))

    with pytest.raises(PriceChanged) as refused:
        place(cart, expected_total_minor=made_up)

    assert refused.value.params["total_minor"] == 2_500
    _nothing_happened(cart.lines.count())


def test_goods_sold_out_meanwhile_are_refused_with_what_is_left() -> None:
    lamp = make_goods(stock=3)
    cart, rival = make_cart(lamp, quantity=2), make_cart(lamp, quantity=2)
    place(rival)

    with pytest.raises(SoldOut) as refused:
        place(cart)

    assert refused.value.params["available"] == 1
    assert "Only 1" in str(refused.value)
    assert (Checkout.objects.count(), cart.lines.count()) == (1, 1)
    assert Stock.objects.get(variant=lamp).reserved == 2


def test_a_guest_has_no_points_to_use() -> None:
    cart = make_cart()

    with pytest.raises(PointsNotAllowed):
        place(cart, points=10)

    _nothing_happened(cart.lines.count(), 2)


def _nothing_happened(lines: int, expected: int = 1) -> None:
    assert lines == expected
    assert not Checkout.objects.exists()
    assert not MerchantOrder.objects.exists()
    assert not OrderLine.objects.exists()
    assert not Reservation.objects.exists()
