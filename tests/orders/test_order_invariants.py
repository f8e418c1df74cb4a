"""Each invariant view shows the damage it is there for, made here behind the services' back."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import F
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from logistics.models import Reservation
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.states import OrderStatus
from payments.models import EscrowHold, PaymentAttempt
from tests.factories.orders import make_seller
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - dt.timedelta(hours=2)


def _order_total(walk: Walk) -> None:
    MerchantOrder.objects.filter(pk=walk.order.pk).update(shipping_minor=F("shipping_minor") + 1, total_minor=F("total_minor") + 1)


def _line_quantity(walk: Walk) -> None:
    OrderLine.objects.filter(order=walk.order).update(quantity=F("quantity") + 1, total_minor=F("total_minor") + F("price_minor"))


def _line_merchant(walk: Walk) -> None:
    OrderLine.objects.filter(order=walk.order).update(merchant=make_seller())


def _payment_currency(walk: Walk) -> None:
    PaymentAttempt.objects.filter(reference=walk.checkout.pk).update(currency="EUR")


def _payment_gone(walk: Walk) -> None:
    PaymentAttempt.objects.filter(reference=walk.checkout.pk).update(status="failed")


def _payment_of_expired(walk: Walk) -> None:
    fields = {"gateway": "sandbox", "amount_minor": walk.checkout.total_minor, "currency": "USD", "return_url": "http://localhost/"}
    PaymentAttempt.objects.create(
        reference=walk.checkout.pk, status="succeeded", idempotency_key=uuid7().hex, settled_at=LONG_AGO, **fields
    )


def _order_left_behind(walk: Walk) -> None:
    MerchantOrder.objects.filter(pk=walk.order.pk).update(status="awaiting_payment")


def _overdue(walk: Walk) -> None:
    Checkout.objects.filter(pk=walk.checkout.pk).update(expires_at=LONG_AGO)


def _still_held(walk: Walk) -> None:
    EscrowHold.objects.filter(reference=walk.order.pk).update(status="held", released_at=None)


def _stock_kept(walk: Walk) -> None:
    Reservation.objects.filter(group=walk.order.pk).update(status="committed")


@pytest.mark.parametrize(
    ("view", "status", "damage"),
    [
        ("invariant_checkout_is_sum_of_its_orders", OrderStatus.AWAITING_PAYMENT, _order_total),
        ("invariant_order_goods_is_sum_of_lines", OrderStatus.AWAITING_PAYMENT, _line_quantity),
        ("invariant_order_belongs_to_its_parents", OrderStatus.AWAITING_PAYMENT, _line_merchant),
        ("invariant_purchase_in_one_currency", OrderStatus.PAID, _payment_currency),
        ("invariant_paid_checkout_has_one_payment", OrderStatus.PAID, _payment_gone),
        ("invariant_payment_of_unpaid_checkout_is_refunded", OrderStatus.EXPIRED, _payment_of_expired),
        ("invariant_orders_follow_their_checkout", OrderStatus.PAID, _order_left_behind),
        ("invariant_unpaid_checkout_expires", OrderStatus.AWAITING_PAYMENT, _overdue),
        ("invariant_escrow_follows_its_order", OrderStatus.COMPLETED, _still_held),
        ("invariant_ended_order_holds_no_stock", OrderStatus.EXPIRED, _stock_kept),
    ],
)
def test_the_view_shows_its_damage(view: str, status: OrderStatus, damage: Callable[[Walk], None]) -> None:
    walk = order_up_to(status)
    assert view not in invariants.violations()

    damage(walk)

    assert invariants.violations()[view]
