"""A purchase taken to any point of its life through the real services, for tests of what comes after."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from catalog.models import Variant
from core.remembered import forget
from orders.models import Cart, Checkout, MerchantOrder
from orders.services import cancellation, completion, expiry, fulfilment, payment, refunds
from orders.states import OrderStatus
from payments.models import PaymentAttempt
from payments.services import sandbox
from payments.services.risk import change_policy
from tests.factories.orders import make_cart, place

RETURN_URL = "https://shop.example/pay/return/"


@dataclass
class Walk:
    """A purchase and its merchant orders, as the database has them."""

    checkout: Checkout
    orders: list[MerchantOrder]

    @property
    def order(self) -> MerchantOrder:
        return self.orders[0]

    def refresh(self) -> Walk:
        self.checkout.refresh_from_db()
        self.orders = list(self.checkout.orders.order_by("number"))
        return self


def order_up_to(
    status: str,
    *,
    variants: Sequence[Variant] = (),
    user: User | None = None,
    cart: Cart | None = None,
    quantity: int = 1,
    points: int = 0,
    at: dt.datetime | None = None,
) -> Walk:
    """A purchase whose merchant orders all have `status`; of two sellers unless `variants` or a `cart` are given.

    Every step is taken at `at`, which is now unless given. Points are redeemed by `user` and must be there.
    """
    moment = at or timezone.now()
    cart = cart or make_cart(*variants, user=user, quantity=quantity)
    walk = Walk(place(cart, user=user, points=points, at=moment), []).refresh()
    for step in STEPS[OrderStatus(status)]:
        step(walk, moment)
        walk.refresh()
    assert {order.status for order in walk.orders} == {status}
    return walk


def pay(checkout: Checkout, at: dt.datetime | None = None, decision: str = "approve") -> Checkout:
    """Pay in the sandbox and come back to the shop."""
    moment = at or timezone.now()
    attempt = payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=moment)
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision=decision, at=moment)
    return payment.settle(checkout_id=checkout.pk, at=moment)


def tell_paid(attempt: PaymentAttempt) -> Checkout:
    """Tell the purchase that this payment has come in."""
    return payment.mark_paid(
        checkout_id=attempt.reference,
        attempt_id=attempt.pk,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        at=timezone.now(),
    )


def _pay(walk: Walk, at: dt.datetime) -> None:
    pay(walk.checkout, at)


def _pay_into_review(walk: Walk, at: dt.datetime) -> None:
    """Pay while a policy is in force that has a person look at every new buyer's payment."""
    for thresholds, step in (((5, 5, 101), _pay), ((60, 80, 101), None)):
        change_policy(weights={"new_buyer": 10}, limits={}, thresholds=thresholds, entered_by="operator:test", at=at)
        forget()
        if step is not None:
            step(walk, at)


def _prepare(walk: Walk, at: dt.datetime) -> None:
    for order in walk.orders:
        fulfilment.start_preparing(order_id=order.pk, actor=f"merchant:{order.merchant_id}", at=at)


def _ship(walk: Walk, at: dt.datetime) -> None:
    for order in walk.orders:
        fulfilment.ship_order(
            order_id=order.pk, carrier="SF Express", tracking_number=f"SF{order.number}", actor=f"merchant:{order.merchant_id}", at=at
        )


def _deliver(walk: Walk, at: dt.datetime) -> None:
    for order in walk.orders:
        fulfilment.mark_delivered(order_id=order.pk, actor="system:test", at=at)


def _confirm(walk: Walk, at: dt.datetime) -> None:
    for order in walk.orders:
        completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=at)


def _cancel(walk: Walk, at: dt.datetime) -> None:
    for order in walk.orders:
        cancellation.cancel_order(order_id=order.pk, actor="operator:test", reason="asked by the shopper", at=at)


def _expire(walk: Walk, at: dt.datetime) -> None:
    expiry.expire_unpaid(at=walk.checkout.expires_at)


def _refund(walk: Walk, at: dt.datetime) -> None:
    for order in walk.orders:
        refunds.refund_order(order_id=order.pk, actor="operator:test", reason="broken", at=at)


STEPS: dict[OrderStatus, Sequence[Callable[[Walk, dt.datetime], None]]] = {
    OrderStatus.AWAITING_PAYMENT: (),
    OrderStatus.IN_REVIEW: (_pay_into_review,),
    OrderStatus.PAID: (_pay,),
    OrderStatus.PREPARING: (_pay, _prepare),
    OrderStatus.SHIPPED: (_pay, _ship),
    OrderStatus.DELIVERED: (_pay, _ship, _deliver),
    OrderStatus.COMPLETED: (_pay, _ship, _deliver, _confirm),
    OrderStatus.CANCELLED: (_pay, _cancel),
    OrderStatus.EXPIRED: (_expire,),
    OrderStatus.REFUNDED: (_pay, _ship, _deliver, _confirm, _refund),
}
