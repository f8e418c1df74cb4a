"""Nobody waits for ever: each waiting state has a deadline, and silence has a meaning."""

import datetime as dt

import pytest
from django.utils import timezone

from core import invariants
from core.states import history
from logistics.models import Stock
from orders.models import AfterSalesCase
from orders.services.cases import answers
from orders.services.cases.deadlines import ON_SILENCE, sweep_cases
from orders.states import CASE_WAITING, CaseKind, CaseReason, CaseStatus, OrderStatus
from tests.factories.cases import approve, case_up_to, counts, lines_of, merchant_of, open_case, receive, send_back
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def delivered() -> Walk:
    return order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)])


def sweep_at_the_deadline(case: AfterSalesCase) -> AfterSalesCase:
    """Nothing happens a second early; at the deadline it does, once."""
    case.refresh_from_db()
    due = case.due_at
    assert due is not None
    assert sweep_cases(at=due - dt.timedelta(seconds=1)) == 0
    assert sweep_cases(at=due) == 1
    assert sweep_cases(at=due) == 0
    case.refresh_from_db()
    return case


def test_every_waiting_state_has_a_meaning_of_silence() -> None:
    assert {status.value for status in ON_SILENCE} == set(CASE_WAITING)


def test_a_silent_merchant_has_approved() -> None:
    case = sweep_at_the_deadline(open_case(delivered().order))

    assert case.status == CaseStatus.APPROVED
    last = history(case).last()
    assert last is not None
    assert last.actor == "system:deadline"


def test_a_silent_merchant_has_approved_a_refund_without_return_and_it_is_paid() -> None:
    case = sweep_at_the_deadline(open_case(delivered().order, kind=CaseKind.REFUND_ONLY))

    assert (case.status, case.refunded_minor) == (CaseStatus.REFUNDED, 2_500)
    assert invariants.violations() == {}


def test_a_silent_merchant_has_agreed_to_cancel() -> None:
    walk = order_up_to(OrderStatus.PREPARING, variants=[make_goods()])
    case = open_case(walk.order, kind=CaseKind.CANCELLATION, reason=CaseReason.CHANGED_MIND, wishes=[])

    sweep_at_the_deadline(case)

    assert walk.refresh().order.status == OrderStatus.CANCELLED


def test_a_shopper_who_does_not_send_anything_back_has_given_up() -> None:
    walk = delivered()

    case = sweep_at_the_deadline(case_up_to("approved", walk.order))

    assert case.status == CaseStatus.CLOSED
    assert lines_of(walk.order)[0].claimed_quantity == 0
    assert invariants.violations() == {}


def test_a_parcel_nobody_counts_is_received_as_sent_and_nothing_goes_on_the_shelf_unseen() -> None:
    walk = delivered()
    stock = Stock.objects.get(variant=lines_of(walk.order)[0].variant)

    case = sweep_at_the_deadline(case_up_to("sent_back", walk.order))

    assert (case.status, case.refunded_minor) == (CaseStatus.REFUNDED, 2_500)
    assert Stock.objects.get(pk=stock.pk).on_hand == stock.on_hand
    assert invariants.violations() == {}


def test_an_exchange_nobody_sends_is_refunded() -> None:
    walk = delivered()
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)
    for step in (approve, send_back, receive):
        step(case)

    case = sweep_at_the_deadline(case)

    assert case.status == CaseStatus.REFUNDED
    assert Stock.objects.get(variant=lines_of(walk.order)[0].variant).reserved == 0


def test_an_offer_nobody_answers_is_taken() -> None:
    case = case_up_to("sent_back", delivered().order)
    receive(case, counts=counts(case, grade="c"), deduction_minor=500, reason="Worn")

    case = sweep_at_the_deadline(case)

    assert (case.status, case.refunded_minor) == (CaseStatus.REFUNDED, 2_000)


def test_a_refusal_nobody_disputes_stands() -> None:
    walk = delivered()

    case = sweep_at_the_deadline(case_up_to("refused", walk.order))

    assert case.status == CaseStatus.CLOSED
    assert lines_of(walk.order)[0].claimed_quantity == 0
    assert invariants.violations() == {}


def test_a_dispute_nobody_decides_is_the_shoppers() -> None:
    case = sweep_at_the_deadline(case_up_to("escalated", delivered().order))

    assert (case.status, case.refunded_minor) == (CaseStatus.REFUNDED, 2_500)
    assert case.verdict.actor == "system:deadline"


def test_one_broken_case_does_not_keep_the_others_waiting(caplog: pytest.LogCaptureFixture) -> None:
    broken, fine = open_case(delivered().order, kind=CaseKind.REFUND_ONLY), open_case(delivered().order)
    AfterSalesCase.objects.filter(pk=broken.pk).update(kind=CaseKind.CANCELLATION)  # a delivered order cannot be cancelled

    assert sweep_cases(at=timezone.now() + dt.timedelta(days=4)) == 1

    fine.refresh_from_db()
    assert fine.status == CaseStatus.APPROVED
    assert "deadline failed" in caplog.text


def test_acting_in_time_moves_the_deadline_to_the_other_side() -> None:
    case = open_case(delivered().order)
    first = case.due_at

    answers.offer(case_id=case.pk, amount_minor=500, reason="Half?", actor=merchant_of(case.order), at=timezone.now())

    case.refresh_from_db()
    assert first is not None
    assert case.due_at is not None
    assert case.due_at > first
    assert sweep_cases(at=first) == 0
