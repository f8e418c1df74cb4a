import datetime as dt
import uuid

import pytest
from django.utils import timezone

from core.ids import uuid7
from payments.errors import AlreadyDecided, PaymentNotFound
from payments.gateways import sandbox_books
from payments.models import InboxMessage
from payments.services import sandbox
from payments.services.sandbox import UnknownDecision
from tests.factories.payments import RETURN_URL, answer, sandbox_payment, start

pytestmark = pytest.mark.django_db
now = timezone.now


def test_the_practice_page_shows_what_is_to_be_paid_and_where_to_go_back() -> None:
    attempt = start(amount_minor=1_234, description="Purchase 7")

    page = sandbox.payment_page(payment_id=uuid.UUID(attempt.provider_id))

    assert (page.amount_minor, page.currency, page.description, page.return_url) == (1_234, "USD", "Purchase 7", RETURN_URL)
    assert page.is_open


@pytest.mark.parametrize("first", ["approve", "decline", "delay", "lose"])
def test_a_payment_is_answered_once(first: str) -> None:
    attempt = start()
    answer(attempt, first)
    decided = sandbox_payment(attempt).status

    for second in ("approve", "decline"):
        with pytest.raises(AlreadyDecided):
            answer(attempt, second)

    assert sandbox_payment(attempt).status == decided


def test_only_the_four_answers_are_understood() -> None:
    attempt = start()

    with pytest.raises(UnknownDecision):
        answer(attempt, "haggle")

    assert sandbox_payment(attempt).status == "open"


def test_a_payment_nobody_opened_is_not_found() -> None:
    with pytest.raises(PaymentNotFound):
        sandbox.payment_page(payment_id=uuid7())
    with pytest.raises(PaymentNotFound):
        sandbox.decide(payment_id=uuid7(), decision="approve", at=now())


@pytest.mark.parametrize(("decision", "at_once", "later"), [("approve", 1, 0), ("decline", 1, 0), ("delay", 0, 1), ("lose", 0, 0)])
def test_each_answer_sends_its_message_when_it_should(decision: str, at_once: int, later: int) -> None:
    attempt = start()
    answer(attempt, decision)

    assert sandbox.send_notices(at=now()) == at_once
    assert sandbox.send_notices(at=now() + sandbox_books.DELAY) == later
    assert InboxMessage.objects.count() == at_once + later


def test_a_message_is_delivered_until_it_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = start()
    answer(attempt, "approve")
    with monkeypatch.context() as broken:
        broken.setattr("payments.gateways.notices.TOLERANCE_SECONDS", -1)
        assert sandbox.send_notices(at=now()) == 0

    assert sandbox.send_notices(at=now()) == 0
    assert sandbox.send_notices(at=now() + dt.timedelta(seconds=31)) == 1
