"""Two things happen to one after-sales case, or to the goods and money of one line, at the same moment: exactly one of them, once.

Real threads on real connections. Each guard has a control in test_cases_unguarded that leaves it out and shows the race on the same rig.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from core import invariants, outbox
from core.errors import DomainError
from logistics.models import Stock, StockMovement
from orders.errors import QuantityClaimed
from orders.models import AfterSalesCase, CaseVerdict, OrderLine, OrderRefund
from orders.services import cancellation, completion, fulfilment, refunds, returns_of_money
from orders.services.cases.deadlines import sweep_cases
from orders.services.returns_of_money import Part
from orders.states import CaseKind, CaseReason, CaseStatus, OrderStatus
from payments.models import Refund
from payments.services import refunds as payment_refunds
from tests.concurrency.orders_rig import race
from tests.factories.cases import SHOPPER, approve, case_up_to, decide, lines_of, merchant_of, open_case, receive, refuse
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def delivered(status: str = OrderStatus.DELIVERED, quantity: int = 1) -> Walk:
    return order_up_to(status, variants=[make_goods(price=2_000)], quantity=quantity)


def settle_books() -> None:
    payment_refunds.send_refunds(at=timezone.now() + dt.timedelta(days=60))
    while outbox.relay(now=timezone.now()):
        pass


def refusals(results: list[Any]) -> list[DomainError]:
    return [result for result in results if isinstance(result, DomainError)]


def test_two_cases_about_the_same_pieces_are_not_both_opened() -> None:
    for _ in range(ROUNDS):
        walk = delivered(quantity=3)

        results = race(*[lambda: open_case(walk.order, quantity=2)] * 4)  # noqa: B023

        assert sum(isinstance(result, AfterSalesCase) for result in results) == 1
        assert {type(refusal) for refusal in refusals(results)} == {QuantityClaimed}
        assert lines_of(walk.order)[0].claimed_quantity == 2
    assert invariants.violations() == {}


def test_one_form_sent_many_times_at_once_opens_one_case() -> None:
    walk, key = delivered(quantity=3), uuid.uuid4()

    results = race(*[lambda: open_case(walk.order, key=key)] * 6)

    assert {result.pk for result in results} == {key}
    assert lines_of(walk.order)[0].claimed_quantity == 1


def test_a_return_a_cancellation_and_a_full_refund_of_one_line_restock_it_once() -> None:
    """STK07."""
    for _ in range(ROUNDS):
        walk = delivered(quantity=2)
        case = case_up_to("sent_back", walk.order, quantity=2)
        before = Stock.objects.get(variant=lines_of(walk.order)[0].variant).on_hand

        race(
            lambda: receive(case),  # noqa: B023
            lambda: receive(case),  # noqa: B023
            lambda: cancellation.cancel_order(order_id=walk.order.pk, actor="operator:1", reason="x", at=timezone.now()),  # noqa: B023
            lambda: refunds.refund_order(order_id=walk.order.pk, actor="operator:1", reason="x", at=timezone.now()),  # noqa: B023
        )
        settle_books()

        line = lines_of(walk.order)[0]
        back = Stock.objects.get(variant=line.variant).on_hand - before
        assert back == line.restocked_quantity <= 2
        assert StockMovement.objects.filter(reason="returned", stock__variant=line.variant).count() == (1 if back else 0)
        assert sum(Refund.objects.filter(reference=walk.order.pk).values_list("amount_minor", flat=True)) == walk.order.total_minor
        assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}


def test_a_cancellation_asked_for_while_the_parcel_leaves_has_one_outcome() -> None:
    for _ in range(ROUNDS):
        walk = delivered(OrderStatus.PREPARING)
        case = open_case(walk.order, kind=CaseKind.CANCELLATION, reason=CaseReason.CHANGED_MIND, wishes=[])

        race(lambda: approve(case), _shipping(walk))  # noqa: B023
        settle_books()

        status = walk.refresh().order.status
        case.refresh_from_db()
        assert case.status == CaseStatus.CLOSED
        assert (status, case.refunded_minor) in {(OrderStatus.CANCELLED, 2_500), (OrderStatus.SHIPPED, 0)}
    assert invariants.violations() == {}


def _shipping(walk: Walk) -> Callable[[], Any]:
    number = walk.order.number
    return lambda: fulfilment.ship_order(
        order_id=walk.order.pk, carrier="SF", tracking_number=number, actor=merchant_of(walk.order), at=timezone.now()
    )


def test_a_verdict_and_its_deadline_decide_once() -> None:
    for _ in range(ROUNDS):
        walk = delivered()
        case = case_up_to("escalated", walk.order)

        race(lambda: decide(case, "merchant"), lambda: sweep_cases(at=case.due_at))  # noqa: B023
        settle_books()

        case.refresh_from_db()
        assert CaseVerdict.objects.filter(case=case).count() == 1
        assert case.refunded_minor == (2_500 if case.verdict.outcome == "shopper" else 0)
        assert OrderRefund.objects.filter(cause=case.pk).count() == (1 if case.refunded_minor else 0)
    assert invariants.violations() == {}


def test_an_answer_and_the_deadline_of_answering_are_not_both_given() -> None:
    for _ in range(ROUNDS):
        case = open_case(delivered().order, kind=CaseKind.REFUND_ONLY)

        race(lambda: refuse(case), lambda: sweep_cases(at=case.due_at), lambda: sweep_cases(at=case.due_at))  # noqa: B023

        case.refresh_from_db()
        assert case.status in {CaseStatus.REFUSED, CaseStatus.REFUNDED}
        assert OrderRefund.objects.filter(cause=case.pk).count() == (1 if case.status == CaseStatus.REFUNDED else 0)
    settle_books()
    assert invariants.violations() == {}


def test_ten_parallel_refunds_of_more_than_half_of_a_line_pay_one() -> None:
    walk = delivered(quantity=5)
    line = lines_of(walk.order)[0]

    results = race(*[_refunding(walk, line, uuid.uuid4(), 6_000)] * 1, *[_refunding(walk, line, uuid.uuid4(), 6_000) for _ in range(9)])
    settle_books()

    assert len(refusals(results)) == 9
    assert OrderLine.objects.get(pk=line.pk).refunded_minor == 6_000
    assert Refund.objects.get(reference=walk.order.pk).amount_minor == 6_000
    assert invariants.violations() == {}


def test_one_cause_in_many_threads_pays_once() -> None:
    walk = delivered(quantity=5)
    line, cause = lines_of(walk.order)[0], uuid.uuid4()

    results = race(*[_refunding(walk, line, cause, 1_000)] * 6)

    assert len({result.pk for result in results}) == 1
    assert OrderLine.objects.get(pk=line.pk).refunded_minor == 1_000


def _refunding(walk: Walk, line: OrderLine, cause: uuid.UUID, amount: int) -> Callable[[], Any]:
    return lambda: returns_of_money.refund_part(
        order_id=walk.order.pk,
        cause=cause,
        parts=[Part(line.pk, 0, amount)],
        shipping_minor=0,
        actor="operator:1",
        reason="race",
        at=timezone.now(),
    )


def test_opening_a_case_and_completing_the_order_do_not_pass_each_other() -> None:
    """Whoever comes first, the money asked for is set aside: held, or out of the merchant's payable."""
    for _ in range(ROUNDS):
        walk = delivered()
        due = walk.order.complete_by

        race(
            lambda: open_case(walk.order),  # noqa: B023
            lambda: completion.confirm_receipt(order_id=walk.order.pk, actor=SHOPPER, at=timezone.now()),  # noqa: B023
            lambda: completion.complete_due(at=due),  # noqa: B023
        )
        settle_books()

        case = AfterSalesCase.objects.get(order=walk.order)
        assert case.status == CaseStatus.REQUESTED
        assert invariants.violations() == {}
