import datetime as dt
import json
import time
from typing import Any

import pytest
from django.utils import timezone

from core.ids import uuid7
from core.models import OutboxEvent
from payments.errors import InvalidSignature, UnknownGateway
from payments.gateways import sandbox as gateway
from payments.gateways import sandbox_books
from payments.models import InboxMessage, LedgerTransaction, PaymentAttempt, SandboxPayment
from payments.services import inbox, sandbox
from tests.factories.payments import answer, make_paid_attempt, sandbox_payment, start

pytestmark = pytest.mark.django_db
now = timezone.now


def message_of(attempt: PaymentAttempt, **changes: Any) -> bytes:
    """The provider's webhook about an attempt, with parts of it changed before signing."""
    body = json.loads(sandbox_books.notice_body(sandbox_payment(attempt)))
    body["payment"] |= changes.pop("payment", {})
    return json.dumps(body | changes).encode()


def signed(body: bytes, age_seconds: int = 0) -> dict[str, str]:
    return {"sandbox-signature": gateway.sign(body, moment=int(time.time()) - age_seconds)}


def receive(body: bytes, headers: dict[str, str] | None = None) -> bool:
    return inbox.receive_webhook(gateway="sandbox", headers=signed(body) if headers is None else headers, body=body, at=now())


def test_an_approved_payment_reaches_the_books_through_its_webhook() -> None:
    attempt = start()
    answer(attempt, "approve")

    assert sandbox.send_notices(at=now()) == 1
    assert inbox.process_inbox(at=now()) == 1

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert InboxMessage.objects.get().status == "handled"


def test_a_declined_payment_reaches_us_through_its_webhook() -> None:
    attempt = start()
    answer(attempt, "decline")

    sandbox.send_notices(at=now())
    inbox.process_inbox(at=now())

    attempt.refresh_from_db()
    assert attempt.status == "failed"


@pytest.mark.parametrize(
    "break_it",
    [
        lambda body, headers: (body + b" ", headers),
        lambda body, headers: (body, {}),
        lambda body, headers: (body, {"sandbox-signature": "t=1,v1=00"}),
        lambda body, headers: (body, {"sandbox-signature": headers["sandbox-signature"][:-1] + "\u00e9"}),
        lambda body, headers: (body, signed(body, age_seconds=301)),
        lambda body, headers: (b"", headers),
    ],
    ids=["altered byte", "no header", "wrong secret", "odd characters", "too old", "empty body"],
)
def test_a_forged_webhook_is_refused_and_nothing_is_stored(break_it: Any) -> None:
    attempt = start()
    answer(attempt, "approve")
    body = message_of(attempt)
    body, headers = break_it(body, signed(body))

    with pytest.raises(InvalidSignature) as refusal:
        receive(body, headers)

    assert refusal.value.status == 400
    assert not InboxMessage.objects.exists()
    attempt.refresh_from_db()
    assert attempt.status == "sent"


def test_a_webhook_of_an_unknown_gateway_is_refused() -> None:
    with pytest.raises(UnknownGateway):
        inbox.receive_webhook(gateway="cowries", headers={}, body=b"{}", at=now())


def test_a_replayed_webhook_has_one_effect() -> None:
    attempt = start()
    answer(attempt, "approve")
    body = message_of(attempt)

    fresh = [receive(body) for _ in range(5)]
    inbox.process_inbox(at=now())
    receive(body)
    inbox.process_inbox(at=now())

    assert fresh == [True, False, False, False, False]
    assert InboxMessage.objects.count() == 1
    assert OutboxEvent.objects.filter(name="PaymentSucceeded").count() == 1
    assert LedgerTransaction.objects.count() == 1


def test_a_failure_message_after_the_success_does_not_take_it_back() -> None:
    paid = make_paid_attempt()
    receive(message_of(paid, id="evt_late", type="payment.failed"))

    inbox.process_inbox(at=now())

    paid.refresh_from_db()
    assert paid.status == "succeeded"
    assert InboxMessage.objects.get().status == "handled"


def test_a_success_message_about_an_open_payment_pays_nothing() -> None:
    attempt = start()
    receive(message_of(attempt, type="payment.succeeded"))

    inbox.process_inbox(at=now())

    attempt.refresh_from_db()
    assert attempt.status == "sent"
    assert not OutboxEvent.objects.exists()


def test_a_message_that_overtakes_our_own_commit_is_understood() -> None:
    """The provider's answer to `create` is not stored yet, but the message names our attempt."""
    attempt = start()
    answer(attempt, "approve")
    body = message_of(attempt)
    PaymentAttempt.objects.update(status="new", provider_id="", redirect_url="")

    receive(body)
    inbox.process_inbox(at=now())

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"


def test_a_message_about_nothing_of_ours_is_quarantined_after_some_tries_within_five_minutes() -> None:
    attempt = start()
    receive(message_of(attempt, payment={"id": str(uuid7()), "reference": str(uuid7())}))
    clock = born = now()

    while InboxMessage.objects.filter(status="received").exists():
        inbox.process_inbox(at=clock)
        clock += dt.timedelta(seconds=5)

    message = InboxMessage.objects.get()
    assert message.status == "quarantined"
    assert "NotKnownYet" in message.note
    assert clock - born < dt.timedelta(minutes=5)


@pytest.mark.parametrize("change", [{"amount_minor": 100}, {"currency": "EUR"}, {"reference": str(uuid7())}])
def test_a_genuine_message_about_another_sum_is_quarantined_and_the_order_not_paid(
    change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    attempt = start()
    answer(attempt, "approve")
    SandboxPayment.objects.update(**change)

    receive(message_of(attempt, payment={"reference": str(attempt.pk)}))
    inbox.process_inbox(at=now())

    attempt.refresh_from_db()
    assert attempt.status == "unknown"
    assert InboxMessage.objects.get().status == "quarantined"
    assert not OutboxEvent.objects.filter(name="PaymentSucceeded").exists()
    assert "webhook quarantined" in caplog.text


def test_a_genuine_message_that_names_another_payment_of_ours_is_quarantined() -> None:
    attempt, cheap = start(), start(amount_minor=1)
    answer(cheap, "approve")

    receive(message_of(cheap, payment={"id": str(uuid7()), "reference": str(attempt.pk)}))
    inbox.process_inbox(at=now())

    attempt.refresh_from_db()
    assert attempt.status == "sent"
    assert InboxMessage.objects.get().status == "quarantined"


def test_a_message_that_is_not_due_again_waits() -> None:
    start_one = start()
    receive(message_of(start_one, payment={"id": "nobody", "reference": str(uuid7())}))
    inbox.process_inbox(at=now())

    assert inbox.process_inbox(at=now()) == 0
    assert InboxMessage.objects.get().attempts == 1
