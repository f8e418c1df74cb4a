"""A payment's review: whoever decides first decides, once, whatever the shopper and the deadline do at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from core import invariants, outbox
from core.remembered import forget
from orders.errors import ReviewDecided
from orders.models import Checkout, MerchantOrder
from orders.services import risk
from orders.services.cancellation import cancel_order
from orders.states import OrderStatus
from payments.errors import CodeWrong
from payments.models import Refund, RiskAssessment, RiskChallenge
from payments.services import refunds
from payments.services.risk import CODE_TRIES, change_policy, code_of, confirm_code
from tests.concurrency.orders_rig import race
from tests.factories.orders import make_cart, place
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
OPERATOR = "operator:test"


@pytest.fixture(autouse=True)
def _everything_is_reviewed() -> None:
    change_policy(weights={"new_buyer": 10}, limits={}, thresholds=(5, 5, 101), entered_by=OPERATOR, at=timezone.now())
    forget()


def waiting() -> Checkout:
    checkout = place(make_cart())
    pay(checkout)
    checkout.refresh_from_db()
    return checkout


def settle_books() -> None:
    refunds.send_refunds(at=timezone.now())
    while outbox.relay(now=timezone.now()):
        pass


def approving(checkout: Checkout) -> Callable[[], Any]:
    return partial(risk.approve, checkout_id=checkout.pk, actor=OPERATOR, at=timezone.now())


def rejecting(checkout: Checkout) -> Callable[[], Any]:
    return partial(risk.reject, checkout_id=checkout.pk, actor=OPERATOR, at=timezone.now())


def sweeping(checkout: Checkout) -> Callable[[], Any]:
    assert checkout.review_by is not None
    return partial(risk.settle_due_reviews, at=checkout.review_by)


def cancelling(order: MerchantOrder) -> Callable[[], Any]:
    return partial(cancel_order, order_id=order.pk, actor="shopper:guest", reason="tired", at=timezone.now())


def test_an_approval_a_rejection_and_the_deadline_at_once_have_one_verdict() -> None:
    for _ in range(ROUNDS):
        checkout = waiting()

        race(approving(checkout), rejecting(checkout), sweeping(checkout), rejecting(checkout), approving(checkout))
        settle_books()

        verdict = RiskAssessment.objects.get(reference=checkout.pk, stage="paid").verdict
        expected = {"approved": {OrderStatus.PAID}, "rejected": {OrderStatus.CANCELLED}}[verdict]
        assert {order.status for order in checkout.orders.all()} == expected
        refunded = sum(Refund.objects.filter(attempt__reference=checkout.pk).values_list("amount_minor", flat=True))
        assert refunded == (checkout.total_minor if verdict == "rejected" else 0)
        assert invariants.violations() == {}


def test_a_shopper_who_cancels_while_a_person_decides_gets_the_money_back_once() -> None:
    for decide in (approving, rejecting, sweeping) * ROUNDS:
        checkout = waiting()
        first, second = checkout.orders.order_by("pk")

        race(decide(checkout), cancelling(first), cancelling(second), cancelling(first))
        settle_books()

        assert {order.status for order in checkout.orders.all()} == {OrderStatus.CANCELLED}
        assert sum(Refund.objects.filter(attempt__reference=checkout.pk).values_list("amount_minor", flat=True)) == checkout.total_minor
        assert invariants.violations() == {}


def test_twenty_guesses_at_once_are_five() -> None:
    checkout = place(make_cart())
    risk.ask_for_code(checkout=checkout, at=timezone.now())
    code = code_of(RiskChallenge.objects.get(reference=checkout.pk))
    wrong = f"{(int(code) + 1) % 10**6:06}"

    outcomes = race(*[partial(confirm_code, reference=checkout.pk, code=wrong, at=timezone.now())] * 20)

    assert all(isinstance(outcome, CodeWrong) for outcome in outcomes)
    assert RiskChallenge.objects.get(reference=checkout.pk).tries == CODE_TRIES
    with pytest.raises(CodeWrong):
        confirm_code(reference=checkout.pk, code=code, at=timezone.now())


def test_without_the_conditional_verdict_two_people_decide_differently() -> None:
    """The control: reading first and writing then lets an approval and a rejection both go through."""
    checkout = waiting()
    both_have_read = threading.Barrier(2)
    decided: list[str] = []

    def decide_unguarded(verdict: str) -> None:
        row = RiskAssessment.objects.get(reference=checkout.pk, stage="paid")
        assert not row.verdict
        both_have_read.wait()
        RiskAssessment.objects.filter(pk=row.pk).update(verdict=verdict, reviewed_by=OPERATOR, reviewed_at=timezone.now())
        decided.append(verdict)

    race(partial(decide_unguarded, "approved"), partial(decide_unguarded, "rejected"))

    assert sorted(decided) == ["approved", "rejected"]
    with pytest.raises(ReviewDecided):
        risk.approve(checkout_id=checkout.pk, actor=OPERATOR, at=timezone.now())
