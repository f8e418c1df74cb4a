"""Purchases in other currencies than the shop's own, from the cart to the merchant's account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Variant
from catalog.services.prices import set_price
from core import invariants
from core.exchange.rules import Conversion, Quote
from core.ids import uuid7
from core.money import charge_step
from logistics.services import set_shipping_rate
from loyalty import rules as loyalty
from loyalty import services as points
from loyalty.selectors import balance
from orders import rules
from orders.errors import NotInCurrency, PriceChanged
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.selectors import cart_view
from orders.services import cancellation
from orders.services.carts import acknowledge_prices, add_to_cart
from orders.states import CheckoutStatus, OrderStatus
from payments.models import PaymentAttempt, Refund
from payments.selectors import balances
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_cart, make_goods, make_seller, place
from tests.walkthrough import Walk, order_up_to, pay

pytestmark = pytest.mark.django_db


def bought_in(currency: str, *variants: Variant, user: Any = None, points: int = 0, **overrides: Any) -> Walk:
    """An unpaid purchase of one of each in a currency, by the total the shopper was shown."""
    conversion = into(currency)
    cart = make_cart(*variants, user=user, conversion=conversion)
    seen = cart_view(cart, "en", conversion).total_minor - loyalty.value_minor(points, conversion=conversion)
    checkout = place(cart, user=user, points=points, conversion=conversion, **{"expected_total_minor": seen, **overrides})
    return Walk(checkout, []).refresh()


@pytest.mark.parametrize(("currency", "goods", "shipping"), [("JPY", 3_103, 776), ("KWD", 6_140, 1_540)])
def test_a_purchase_is_made_paid_released_and_refunded_in_one_currency(currency: str, goods: int, shipping: int) -> None:
    """MON22."""
    make_rates()
    lamp, cup = make_goods(price=1_999), make_goods(price=1_999)
    walk = bought_in(currency, lamp, cup)

    assert (walk.checkout.goods_minor, walk.checkout.shipping_minor, walk.checkout.currency) == (2 * goods, 2 * shipping, currency)
    pay(walk.checkout)
    drain()
    walk.refresh()
    assert walk.checkout.status == CheckoutStatus.PAID
    attempt = PaymentAttempt.objects.get(reference=walk.checkout.pk)
    assert (attempt.amount_minor, attempt.currency) == (2 * (goods + shipping), currency)

    kept, returned = walk.orders
    released = order_up_to_completed(kept)
    cancellation.cancel_order(order_id=returned.pk, actor="shopper:guest", reason="changed my mind", at=timezone.now())
    drain()
    now = balances(released.merchant_id, currency)
    assert (now.held_minor, now.payable_minor) == (0, goods + shipping - released.commission_minor)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.attempt.currency, refund.status) == (goods + shipping, currency, "succeeded")
    assert invariants.violations() == {}


def order_up_to_completed(order: MerchantOrder) -> MerchantOrder:
    from orders.services import completion, fulfilment

    actor, now = f"merchant:{order.merchant_id}", timezone.now()
    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number=f"SF{order.number}", actor=actor, at=now)
    return completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=now)


def test_the_order_keeps_its_rate_and_tells_the_merchant_what_it_is_at_home() -> None:
    make_rates(JPY="155.23")
    walk = bought_in("JPY", make_goods(price=1_999))

    make_rates(timezone.localdate() + dt.timedelta(days=1), JPY="160")

    order = walk.refresh().order
    assert (order.base_currency, order.rate, order.rate_on) == ("USD", Decimal("155.23"), timezone.localdate())
    assert order.in_base(order.goods_minor) == 1_999
    assert (walk.checkout.base_currency, walk.checkout.rate) == ("USD", Decimal("155.23"))


def test_in_the_shops_own_currency_there_is_no_rate_to_keep() -> None:
    walk = order_up_to(OrderStatus.AWAITING_PAYMENT)

    assert (walk.order.base_currency, walk.order.rate, walk.order.rate_on) == ("USD", Decimal(1), None)
    assert walk.order.in_base(2_500) == 2_500


def test_a_rate_that_changed_since_the_total_was_shown_is_asked_again() -> None:
    """MON25."""
    make_rates(timezone.localdate() - dt.timedelta(days=1), JPY="150")
    cart = make_cart(make_goods(price=2_000))
    seen = cart_view(cart, "en", into("JPY")).total_minor
    make_rates(JPY="151")

    with pytest.raises(PriceChanged) as refused:
        place(cart, conversion=into("JPY"), expected_total_minor=seen)

    assert refused.value.params["total_minor"] == 3_020 + 755
    assert "¥3,775" in str(refused.value)
    assert not Checkout.objects.exists()
    assert cart.lines.count() == 1


def test_a_purchase_has_one_currency_whoever_writes() -> None:
    """MON23."""
    walk = order_up_to(OrderStatus.AWAITING_PAYMENT)
    changes: list[Callable[[], int]] = [
        lambda: MerchantOrder.objects.filter(pk=walk.order.pk).update(currency="EUR"),
        lambda: OrderLine.objects.filter(order=walk.order).update(currency="EUR"),
        lambda: Checkout.objects.filter(pk=walk.checkout.pk).update(currency="EUR"),
    ]

    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        line = OrderLine.objects.filter(order=walk.order).get()
        line.pk, line.currency = uuid7(), "EUR"
        line.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert invariants.violations() == {}


def test_goods_of_merchants_with_different_currencies_make_one_purchase() -> None:
    make_rates(EUR="0.8", JPY="160")
    here, there = make_seller(), make_seller()
    set_shipping_rate(merchant=there, currency="JPY", flat_minor=800)
    lamp = make_goods(merchant=here, price=1_000)
    cup = make_goods(merchant=there, price=1_600)
    Variant.objects.filter(pk=cup.pk).update(currency="JPY")

    walk = bought_in("EUR", lamp, cup)

    assert {order.merchant_id: (order.goods_minor, order.shipping_minor, order.base_currency) for order in walk.orders} == {
        here.pk: (800, 400, "USD"),
        there.pk: (800, 400, "JPY"),
    }
    assert next(order for order in walk.orders if order.merchant_id == there.pk).in_base(800) == 1_600
    pay(walk.checkout)
    drain()
    assert invariants.violations() == {}


def test_what_cannot_be_priced_in_the_currency_is_said_and_not_placed() -> None:
    make_rates(EUR="0.8")
    lamp, cup = make_goods(), make_goods()
    Variant.objects.filter(pk=cup.pk).update(currency="CNY")
    cart = make_cart(lamp)
    cart.lines.create(variant=cup, quantity=1, seen_minor=2_000, seen_currency="CNY")

    view = cart_view(cart, "en", into("EUR"))

    assert sorted(line.problem for parcel in view.parcels for line in parcel.lines) == ["", "not_in_currency"]
    assert view.has_problems
    with pytest.raises(NotInCurrency):
        place(cart, conversion=into("EUR"), expected_total_minor=view.total_minor)
    with pytest.raises(NotInCurrency):
        add_to_cart(user=None, token=cart.token, variant_id=cup.pk, quantity=1, at=timezone.now(), conversion=into("EUR"))


def test_choosing_another_currency_is_no_change_of_price() -> None:
    make_rates(timezone.localdate() - dt.timedelta(days=1), EUR="0.8")
    lamp = make_goods()
    cart = make_cart(lamp)

    assert not cart_view(cart, "en", into("EUR")).has_price_changes
    acknowledge_prices(cart=cart, conversion=into("EUR"))
    assert not cart_view(cart, "en", into("EUR")).has_price_changes
    make_rates(EUR="0.81")
    assert cart_view(cart, "en", into("EUR")).has_price_changes


def test_a_price_set_by_hand_is_what_is_paid() -> None:
    make_rates()
    lamp = make_goods(price=2_000)
    set_price(variant_id=lamp.pk, currency="JPY", price_minor=2_980)

    walk = bought_in("JPY", lamp)

    assert walk.checkout.goods_minor == 2_980
    assert walk.order.lines.get().price_minor == 2_980


def test_points_pay_half_of_the_goods_at_the_most_by_the_days_rate() -> None:
    make_rates(JPY="155.23")
    user = make_user()
    points.earn(user_id=user.pk, points=5_000, reference=uuid7(), rule="gift", at=timezone.now())
    most = loyalty.max_points(3_103, 5_000, conversion=into("JPY"))

    walk = bought_in("JPY", make_goods(price=1_999), user=user, points=most)

    assert (most, walk.checkout.points_minor) == (999, 1_551)  # half of ¥3,103 is ¥1,551.5
    pay(walk.checkout)
    order_up_to_completed(walk.refresh().order)
    drain()
    # ¥1,552 of goods were paid in money, $9.998.
    assert balance(user.pk, timezone.now()) == 5_000 - 999 + 9
    assert invariants.violations() == {}


rate = st.decimals("0.0001", "20000", places=9)


@given(st.integers(0, 10**9), st.integers(0, 10**7), rate, st.sampled_from(["JPY", "KWD", "EUR"]), st.integers(1, 7))
def test_points_are_never_worth_more_than_half_of_the_goods_nor_one_more_possible(
    goods: int, owned: int, rate: Decimal, currency: str, worth: int
) -> None:
    terms = loyalty.Terms(value_minor=worth)
    conversion = Conversion(currency, {"USD": Quote(rate, dt.date(2026, 11, 20))})

    most = loyalty.max_points(goods, owned, terms, conversion)

    assert loyalty.value_minor(most, terms, conversion) <= goods // 2
    one_more = loyalty.value_minor(most + 1, terms, conversion)
    assert most == owned or one_more > goods // 2 or one_more == 0 or most == 0


class _Line:
    def __init__(self, merchant_id: Any, total: int) -> None:
        self.variant, self.total_minor = type("Sold", (), {"merchant_id": merchant_id}), total


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.data(), st.sampled_from(["JPY", "USD", "KWD"]))
def test_the_parts_of_a_purchase_are_its_whole_in_every_currency(goods: list[int], data: Any, currency: str) -> None:
    """MON21."""
    step = charge_step(currency)
    lines: list[Any] = [_Line(uuid7(), minor * step) for minor in goods]
    worth = data.draw(st.integers(0, sum(goods) // 2)) * step
    spent = data.draw(st.integers(0, 10**6))

    orders = rules.quoted_orders(lines, {}, spent, worth, currency=currency)

    assert sum(order.points for order in orders) == spent
    assert sum(order.points_minor for order in orders) == worth
    assert all(0 <= order.points_minor <= order.goods_minor and order.points_minor % step == 0 for order in orders)
