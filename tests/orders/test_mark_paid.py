"""Paying: once, the right amount, at the right time; everything else goes back."""

import datetime as dt

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from catalog.models import Variant
from catalog.services.products import archive_product
from core import invariants, outbox
from core.ids import uuid7
from core.models import OutboxEvent, StateChange
from logistics.models import Reservation
from logistics.services import expire_reservations
from merchants.services import suspend_merchant
from orders.errors import CheckoutCancelled, CheckoutExpired, CheckoutNotFound, CheckoutPaid
from orders.models import Checkout
from orders.selectors import checkout_for
from orders.services import cancellation, expiry, fulfilment, payment
from orders.states import CheckoutStatus, OrderStatus
from payments.models import EscrowHold, PaymentAttempt, Refund
from payments.selectors import provider_clearing
from payments.services import refunds, sandbox
from tests.factories.orders import make_cart, make_goods, make_seller, place
from tests.walkthrough import RETURN_URL, order_up_to, pay, tell_paid

pytestmark = pytest.mark.django_db


def events(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def start(walk_or_checkout: object) -> PaymentAttempt:
    checkout = Checkout.objects.get(pk=walk_or_checkout.pk)  # type: ignore[attr-defined]
    return payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=timezone.now())


def approve(attempt: PaymentAttempt) -> None:
    from uuid import UUID

    sandbox.decide(payment_id=UUID(attempt.provider_id), decision="approve", at=timezone.now())


def test_a_payment_moves_the_purchase_and_its_orders_and_holds_the_money_per_merchant() -> None:
    walk = order_up_to(OrderStatus.PAID)

    assert walk.checkout.status == CheckoutStatus.PAID
    assert {order.paid_at for order in walk.orders} == {walk.checkout.paid_at}
    holds = EscrowHold.objects.filter(purchase=walk.checkout.pk)
    assert {(hold.reference, hold.amount_minor, hold.commission_minor) for hold in holds} == {
        (order.pk, order.total_minor, order.commission_minor) for order in walk.orders
    }
    assert set(Reservation.objects.filter(reference=walk.checkout.pk).values_list("status", flat=True)) == {"committed"}
    assert provider_clearing(walk.checkout.pk) == 0
    assert (events("OrderPaid"), events("CheckoutPaid")) == (2, 1)


def test_a_merchant_must_ship_after_its_handling_days_without_sundays() -> None:
    friday = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
    seller = make_seller(handling_days=2)

    order = order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=seller)], at=friday).order

    assert order.ship_by == dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)


def test_a_paid_purchase_cannot_be_paid_again() -> None:
    walk = order_up_to(OrderStatus.PAID)

    with pytest.raises(CheckoutPaid):
        start(walk.checkout)

    assert PaymentAttempt.objects.filter(reference=walk.checkout.pk).count() == 1


def test_paying_from_two_tabs_uses_one_attempt() -> None:
    """MON27."""
    checkout = place(make_cart())

    assert start(checkout).pk == start(checkout).pk


def test_the_same_success_told_three_times_counts_once() -> None:
    walk = order_up_to(OrderStatus.PAID)
    attempt = PaymentAttempt.objects.get(reference=walk.checkout.pk)

    outbox.relay(now=timezone.now())
    payment.settle(checkout_id=walk.checkout.pk, at=timezone.now())
    _told(attempt)

    assert events("CheckoutPaid") == 1
    assert EscrowHold.objects.filter(purchase=walk.checkout.pk).count() == 2
    assert not Refund.objects.exists()


def test_the_event_alone_marks_the_purchase_paid_when_the_shopper_never_returns() -> None:
    from payments.services import attempts

    checkout = place(make_cart())
    attempt = start(checkout)
    approve(attempt)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=timezone.now())

    outbox.relay(now=timezone.now())

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.PAID


def test_a_declined_payment_is_noted_and_can_be_tried_again() -> None:
    checkout = place(make_cart())
    pay(checkout, decision="decline")
    outbox.relay(now=timezone.now())

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.AWAITING_PAYMENT
    assert StateChange.objects.filter(entity_id=checkout.pk, reason__startswith="payment failed").count() == 1
    assert pay(checkout).status == CheckoutStatus.PAID


def test_a_payment_that_arrives_after_expiry_is_refunded_once_in_full_and_said() -> None:
    """MON28."""
    checkout = place(make_cart())
    attempt = start(checkout)
    approve(attempt)
    expiry.expire_unpaid(at=checkout.expires_at)

    payment.settle(checkout_id=checkout.pk, at=timezone.now())
    payment.settle(checkout_id=checkout.pk, at=timezone.now())
    outbox.relay(now=timezone.now())
    refunds.send_refunds(at=timezone.now())

    refund = Refund.objects.get(attempt=attempt)
    assert (refund.amount_minor, refund.status) == (checkout.total_minor, "succeeded")
    assert events("LatePaymentRefunded") == 1
    assert provider_clearing(checkout.pk) == 0
    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.EXPIRED
    assert not EscrowHold.objects.exists()


def test_a_payment_that_arrives_after_cancellation_is_refunded_once_in_full() -> None:
    checkout = place(make_cart())
    attempt = start(checkout)
    approve(attempt)
    cancellation.cancel_checkout(checkout_id=checkout.pk, actor="shopper:guest", at=timezone.now())

    payment.settle(checkout_id=checkout.pk, at=timezone.now())

    assert Refund.objects.get(attempt=attempt).amount_minor == checkout.total_minor
    assert events("LatePaymentRefunded") == 1


def test_a_payment_whose_goods_logistics_gave_back_expires_the_purchase_and_is_refunded() -> None:
    checkout = place(make_cart())
    attempt = start(checkout)
    approve(attempt)
    expire_reservations(at=checkout.expires_at + dt.timedelta(minutes=6))

    payment.settle(checkout_id=checkout.pk, at=timezone.now())

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.EXPIRED
    assert Refund.objects.get(attempt=attempt).amount_minor == checkout.total_minor


def test_reservations_that_ran_out_expire_the_purchase() -> None:
    checkout = place(make_cart())
    expire_reservations(at=checkout.expires_at + dt.timedelta(minutes=6))

    outbox.relay(now=timezone.now())

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.EXPIRED


def test_another_amount_than_the_total_does_not_pay_and_goes_back() -> None:
    checkout = place(make_cart())
    attempt = start(checkout)
    approve(attempt)
    type(checkout).objects.filter(pk=checkout.pk).update(goods_minor=checkout.goods_minor + 1, total_minor=checkout.total_minor + 1)

    payment.settle(checkout_id=checkout.pk, at=timezone.now())

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.AWAITING_PAYMENT
    assert Refund.objects.get(attempt=attempt).amount_minor == attempt.amount_minor


def test_an_ended_purchase_cannot_be_paid() -> None:
    expired, cancelled = order_up_to(OrderStatus.EXPIRED).checkout, place(make_cart())
    cancellation.cancel_checkout(checkout_id=cancelled.pk, actor="shopper:guest", at=timezone.now())

    with pytest.raises(CheckoutExpired):
        start(expired)
    with pytest.raises(CheckoutCancelled):
        start(cancelled)

    assert not PaymentAttempt.objects.exists()


def test_paying_for_nothing_is_not_found() -> None:
    with pytest.raises(CheckoutNotFound):
        payment.settle(checkout_id=uuid7(), at=timezone.now())


def test_a_strangers_purchase_is_not_found() -> None:
    checkout = place(make_cart())

    assert checkout_for(checkout.number, None, checkout.token) == checkout
    for number, token in ((checkout.number, "wrong"), (checkout.number, None), ("0000-0000-0000", checkout.token), ("\0", "x")):
        with pytest.raises(CheckoutNotFound):
            checkout_for(number, None, token)


def _told(attempt: PaymentAttempt) -> None:
    for _ in range(3):
        tell_paid(attempt)


def test_goods_withdrawn_between_placing_and_paying_are_still_delivered_as_agreed() -> None:
    """STK12: the product is archived, its seller suspended and the price raised while the shopper is at the provider."""
    lamp = make_goods(stock=5)
    checkout = place(make_cart(lamp))
    archive_product(product_id=lamp.product_id, actor="merchant:1", at=timezone.now())
    suspend_merchant(merchant_id=lamp.merchant_id, actor="operator:1", reason="papers", at=timezone.now())
    Variant.objects.filter(pk=lamp.pk).update(price_minor=99_999)

    paid = pay(checkout)

    assert (paid.status, paid.total_minor) == (CheckoutStatus.PAID, checkout.total_minor)
    order = paid.orders.get()
    sent = fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="SF1", actor="merchant:1", at=timezone.now())
    assert sent.status == OrderStatus.SHIPPED
    assert invariants.violations() == {}


def test_what_was_ever_ordered_cannot_be_deleted() -> None:
    """STK12: products, variants and merchants are withdrawn, never removed."""
    lamp = make_goods()
    place(make_cart(lamp))

    for row in (lamp, lamp.product, lamp.merchant):
        with pytest.raises(ProtectedError):
            row.delete()
