"""Cancelling before sending and refunding after: money, points and stock go back once, and the books agree."""

import uuid

import pytest
from django.utils import timezone

from core import invariants, outbox
from core.models import OutboxEvent
from core.states import IllegalTransition
from logistics.models import Stock
from loyalty.models import PointsDebt
from loyalty.selectors import balance
from loyalty.services import earn
from orders.services import cancellation, expiry, payment
from orders.services import refunds as order_refunds
from orders.states import CheckoutStatus, OrderStatus
from payments.models import LedgerEntry, Refund
from payments.selectors import balances, provider_clearing
from payments.services import refunds, sandbox
from tests.factories.accounts import make_user
from tests.factories.orders import make_cart, make_goods, place
from tests.walkthrough import RETURN_URL, Walk, order_up_to

pytestmark = pytest.mark.django_db


def cancel(walk: Walk, index: int = 0) -> None:
    cancellation.cancel_order(order_id=walk.orders[index].pk, actor="operator:1", reason="out of fashion", at=timezone.now())


def refund(walk: Walk) -> None:
    order_refunds.refund_order(order_id=walk.order.pk, actor="operator:1", reason="broken", at=timezone.now())


def settle_books() -> None:
    refunds.send_refunds(at=timezone.now())
    outbox.relay(now=timezone.now())


def entries_sum_to_zero() -> bool:
    return sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0


def test_cancelling_one_paid_order_gives_its_part_back_and_leaves_the_other_alone() -> None:
    lamp, cup = make_goods(price=2_000), make_goods(price=900)
    walk = order_up_to(OrderStatus.PAID, variants=[lamp, cup])

    cancel(walk)
    settle_books()

    walk.refresh()
    assert [order.status for order in walk.orders] == [OrderStatus.CANCELLED, OrderStatus.PAID]
    assert walk.checkout.status == CheckoutStatus.PAID
    assert Refund.objects.get().amount_minor == 2_500
    assert [Stock.objects.get(variant=variant).reserved for variant in (lamp, cup)] == [0, 1]
    assert balances(walk.orders[0].merchant_id, "USD").held_minor == 0
    assert balances(walk.orders[1].merchant_id, "USD").held_minor == 1_400
    assert provider_clearing(walk.checkout.pk) == 0
    assert OutboxEvent.objects.get(name="OrderCancelled").payload["refunded_minor"] == 2_500


def test_cancelling_twice_gives_back_once() -> None:
    walk = order_up_to(OrderStatus.PREPARING, variants=[make_goods()])

    cancel(walk)
    cancel(walk)

    assert Refund.objects.count() == 1
    assert OutboxEvent.objects.filter(name="OrderCancelled").count() == 1


def test_points_spent_on_a_cancelled_order_come_back_and_only_money_is_refunded() -> None:
    user = make_user()
    earn(user_id=user.pk, points=500, reference=user.pk, rule="test", at=timezone.now())
    walk = order_up_to(OrderStatus.PAID, variants=[make_goods(price=2_000)], user=user, points=500)
    outbox.relay(now=timezone.now())

    cancel(walk)
    settle_books()

    assert balance(user.pk, timezone.now()) == 500
    assert Refund.objects.get().amount_minor == 2_000
    assert -sum(LedgerEntry.objects.filter(account__kind="points_liability").values_list("amount_minor", flat=True)) == 500
    assert entries_sum_to_zero()


def test_points_are_shared_over_the_orders_in_proportion_to_goods_and_add_up() -> None:
    user = make_user()
    earn(user_id=user.pk, points=1_000, reference=user.pk, rule="test", at=timezone.now())
    cart = make_cart(make_goods(price=1_000), make_goods(price=1_000), make_goods(price=1_000), user=user)

    checkout = place(cart, user=user, points=100)

    orders = list(checkout.orders.order_by("number"))
    assert [order.points_minor for order in orders] == [34, 33, 33]
    assert sum(order.total_minor for order in orders) - checkout.points_minor == checkout.total_minor


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.EXPIRED, OrderStatus.AWAITING_PAYMENT])
def test_only_a_paid_order_that_is_not_sent_can_be_cancelled(status: OrderStatus) -> None:
    walk = order_up_to(status, variants=[make_goods()])

    with pytest.raises(IllegalTransition):
        cancel(walk)

    assert walk.refresh().order.status == status
    assert not Refund.objects.exists()


def test_a_refund_of_a_sent_order_empties_escrow_and_the_merchant_gets_nothing() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_goods()])

    refund(walk)
    settle_books()

    after = balances(walk.order.merchant_id, "USD")
    assert (after.held_minor, after.payable_minor) == (0, 0)
    assert Refund.objects.get().amount_minor == walk.order.total_minor
    assert provider_clearing(walk.checkout.pk) == 0


def test_a_refund_after_completion_takes_payable_commission_and_earned_points_back() -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods(price=5_000)], user=user)
    assert balance(user.pk, timezone.now()) == 50

    refund(walk)
    refund(walk)
    settle_books()

    assert balances(walk.order.merchant_id, "USD").payable_minor == 0
    assert sum(LedgerEntry.objects.filter(account__kind="commission").values_list("amount_minor", flat=True)) == 0
    assert balance(user.pk, timezone.now()) == 0
    assert Refund.objects.count() == 1
    assert entries_sum_to_zero()


def test_a_refund_after_the_earned_points_were_spent_leaves_a_debt_and_never_a_balance_below_zero() -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods(price=5_000)], user=user)
    order_up_to(OrderStatus.PAID, variants=[make_goods(price=1_000)], user=user, points=30)

    refund(walk)
    settle_books()

    assert balance(user.pk, timezone.now()) == 0
    assert PointsDebt.objects.get(user=user).points == 30
    assert sum(LedgerEntry.objects.filter(account__kind="points_liability").values_list("amount_minor", flat=True)) == 0


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED])
def test_an_order_that_was_not_sent_cannot_be_refunded_this_way(status: OrderStatus) -> None:
    walk = order_up_to(status, variants=[make_goods()])
    refunds_before = Refund.objects.count()

    with pytest.raises(IllegalTransition):
        refund(walk)

    assert walk.refresh().order.status == status
    assert Refund.objects.count() == refunds_before


@pytest.mark.parametrize("status", list(OrderStatus))
def test_the_invariants_hold_at_every_point_of_an_orders_life(status: OrderStatus) -> None:
    user = make_user()
    earn(user_id=user.pk, points=200, reference=user.pk, rule="test", at=timezone.now())

    order_up_to(status, user=user, points=200)
    settle_books()

    assert invariants.violations() == {}


def test_a_late_payment_that_goes_back_keeps_the_invariants() -> None:
    checkout = place(make_cart())
    attempt = payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=timezone.now())
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=timezone.now())
    expiry.expire_unpaid(at=checkout.expires_at)

    payment.settle(checkout_id=checkout.pk, at=timezone.now())
    settle_books()

    assert Refund.objects.get().status == "succeeded"
    assert invariants.violations() == {}
