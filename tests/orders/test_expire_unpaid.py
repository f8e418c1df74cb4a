"""Unpaid purchases end by themselves and give everything back."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import ProductCard
from core.models import OutboxEvent
from logistics.models import Stock
from loyalty.selectors import balance
from loyalty.services import earn
from orders import tasks
from orders.models import Checkout
from orders.selectors import database_now
from orders.services import cancellation, expiry
from orders.states import CheckoutStatus, OrderStatus
from payments.models import PaymentAttempt
from tests.factories.accounts import make_user
from tests.factories.orders import make_cart, make_goods, place
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def test_an_unpaid_purchase_expires_and_gives_stock_and_points_back() -> None:
    user, lamp = make_user(), make_goods(price=5_000, stock=1)
    earn(user_id=user.pk, points=300, reference=user.pk, rule="test", at=timezone.now())
    checkout = place(make_cart(lamp, user=user), user=user, points=200)
    assert balance(user.pk, timezone.now()) == 100
    assert not ProductCard.objects.get(pk=lamp.product_id).in_stock

    done = expiry.expire_unpaid(at=checkout.expires_at)

    assert done == 1
    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.EXPIRED
    assert set(checkout.orders.values_list("status", flat=True)) == {OrderStatus.EXPIRED}
    assert Stock.objects.get(variant=lamp).reserved == 0
    assert ProductCard.objects.get(pk=lamp.product_id).in_stock
    assert balance(user.pk, timezone.now()) == 300
    assert OutboxEvent.objects.filter(name="CheckoutExpired").count() == 1


def test_expiring_again_gives_nothing_back_twice() -> None:
    """STK06."""
    lamp = make_goods()
    first, second = place(make_cart(lamp)), place(make_cart(lamp))

    for _ in range(2):
        expiry.expire_unpaid(at=first.expires_at)
    expiry.expire_unpaid(at=second.expires_at)

    assert Stock.objects.get(variant=lamp).reserved == 0
    assert OutboxEvent.objects.filter(name="CheckoutExpired").count() == 2


def test_a_purchase_whose_time_is_not_over_stays() -> None:
    checkout = place(make_cart())

    assert expiry.expire_unpaid(at=checkout.expires_at - dt.timedelta(seconds=1)) == 0

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.AWAITING_PAYMENT


def test_a_paid_purchase_never_expires() -> None:
    walk = order_up_to(OrderStatus.PAID)

    assert expiry.expire_unpaid(at=walk.checkout.expires_at + dt.timedelta(days=1)) == 0

    assert walk.refresh().checkout.status == CheckoutStatus.PAID


def test_the_open_payment_of_an_expired_purchase_is_withdrawn() -> None:
    from orders.services import payment

    checkout = place(make_cart())
    payment.start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=timezone.now())

    expiry.expire_unpaid(at=checkout.expires_at)

    assert PaymentAttempt.objects.get(reference=checkout.pk).cancel_requested_at == checkout.expires_at


@pytest.mark.parametrize("off", [dt.timedelta(hours=-1), dt.timedelta(days=1)])
def test_an_application_clock_that_is_wrong_neither_expires_nor_keeps_a_purchase(off: dt.timedelta) -> None:
    """MON29, INF09."""
    checkout = place(make_cart(), at=timezone.now() + off)

    early = tasks.expire_unpaid_purchases()
    Checkout.objects.filter(pk=checkout.pk).update(expires_at=database_now())
    due = tasks.expire_unpaid_purchases()

    assert (early, due) == (0, 1)


def test_a_shopper_can_cancel_an_unpaid_purchase_once() -> None:
    lamp = make_goods()
    checkout = place(make_cart(lamp))

    for _ in range(2):
        cancellation.cancel_checkout(checkout_id=checkout.pk, actor="shopper:guest", at=timezone.now())

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.CANCELLED
    assert Stock.objects.get(variant=lamp).reserved == 0
    assert OutboxEvent.objects.filter(name="CheckoutCancelled").count() == 1
