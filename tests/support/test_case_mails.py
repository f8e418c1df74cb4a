"""Both sides read of each step of a case, once, with what they need to do next; a withdrawal gets its receipt."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from orders.services.cases import answers
from orders.services.cases.deadlines import sweep_cases
from orders.services.cases.statements import write_message
from orders.states import CaseReason, OrderStatus
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.cases import SHOPPER, approve, case_up_to, counts, decide, escalate, merchant_of, open_case, receive, refuse, send_back
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def delivered() -> Walk:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)])
    drain()
    Mail.objects.all().delete()
    return walk


def kinds(to: str) -> list[str]:
    drain()
    return list(Mail.objects.filter(to=to).order_by("created_at", "id").values_list("kind", flat=True))


def test_a_withdrawal_gets_a_receipt_that_says_what_when_and_with_which_effect() -> None:
    walk = delivered()

    case = open_case(walk.order, reason=CaseReason.WITHDRAWAL, text="")

    assert kinds(walk.checkout.email) == ["case_withdrawal"]
    mail = Mail.objects.get(to=walk.checkout.email)
    for words in (case.number, "Please keep this receipt", walk.order.lines.get().title, "$25.00"):
        assert words in mail.text
    assert f"/cases/{case.number}/?t={walk.checkout.token}" in mail.text


def test_a_return_writes_to_both_sides_at_each_step() -> None:
    walk = delivered()
    shop = walk.order.merchant.email

    case = open_case(walk.order)
    drain()
    approve(case)
    drain()
    send_back(case, tracking_number="RR77")
    drain()
    receive(case)

    assert kinds(walk.checkout.email) == ["case_opened", "case_approved", "case_refunded"]
    assert kinds(shop) == ["merchant_case_opened", "merchant_case_sent_back"]
    approved, sent = Mail.objects.get(kind="case_approved"), Mail.objects.get(kind="merchant_case_sent_back")
    case.refresh_from_db()
    assert case.return_to in approved.text
    assert "RR77" in sent.text


def test_a_refusal_a_dispute_and_its_verdict_reach_everybody_concerned() -> None:
    operator = make_user(is_staff=True, is_superuser=True)
    walk = delivered()
    case = open_case(walk.order)

    refuse(case, reason="It left whole.")
    drain()
    escalate(case)
    drain()
    decide(case, "part", amount_minor=700)

    assert kinds(walk.checkout.email)[-3:] == ["case_refused", "case_verdict", "case_refunded"]
    assert {"merchant_case_escalated", "case_verdict"} <= set(kinds(walk.order.merchant.email))
    assert "operator_case_escalated" in kinds(operator.email)
    assert "It left whole." in Mail.objects.get(kind="case_refused").text
    assert "The photos show it." in Mail.objects.filter(kind="case_verdict")[0].text


def test_an_offer_declined_and_made_again_is_told_twice() -> None:
    walk = delivered()
    case = open_case(walk.order)

    for amount in (300, 600):
        answers.offer(case_id=case.pk, amount_minor=amount, reason="Enough?", actor=merchant_of(walk.order), at=timezone.now())
        drain()
        answers.decline_offer(case_id=case.pk, actor=SHOPPER, at=timezone.now())
        drain()

    assert kinds(walk.checkout.email).count("case_offered") == 2
    assert kinds(walk.order.merchant.email).count("merchant_case_asked_again") == 2


def test_a_message_goes_to_the_other_side() -> None:
    walk = delivered()
    case = open_case(walk.order)

    write_message(case_id=case.pk, text="Any news?", actor=SHOPPER, at=timezone.now())
    write_message(case_id=case.pk, text="Tomorrow.", actor=merchant_of(walk.order), at=timezone.now())

    assert kinds(walk.checkout.email).count("case_message") == 1
    assert kinds(walk.order.merchant.email).count("case_message") == 1
    assert "Tomorrow." in Mail.objects.get(to=walk.checkout.email, kind="case_message").text


def test_silence_is_told_to_whom_it_costs_something() -> None:
    walk = delivered()
    case = open_case(walk.order)

    sweep_cases(at=case.due_at)
    drain()
    case.refresh_from_db()
    assert case.due_at is not None
    sweep_cases(at=case.due_at + dt.timedelta(seconds=1))

    assert "merchant_case_approved" in kinds(walk.order.merchant.email)
    assert kinds(walk.checkout.email)[-1] == "case_closed"


def test_a_deduction_is_told_as_an_offer() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)
    drain()

    receive(case, counts=counts(case, grade="c"), deduction_minor=500, reason="Worn")

    assert kinds(walk.checkout.email)[-1] == "case_offered"
    assert "$20.00" in Mail.objects.get(kind="case_offered").text
