"""Messages about one dispute handled at once, and a refund that meets it. The control takes the locks and the unique number away."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core import invariants
from core.errors import DomainError
from payments.models import EscrowHold, LedgerTransaction, PaymentAttempt, ProviderDispute
from payments.services import attempts, escrow, provider_disputes
from tests.concurrency.racing import at_once, refusals
from tests.factories.merchants import make_merchant
from tests.factories.payments import share, start
from tests.provider_double.client import ProviderDouble
from tests.rights import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
now = timezone.now
UNIQUE = "payments_providerdispute_provider_id_key"


@pytest.fixture
def holds(stripe_double: ProviderDouble) -> list[EscrowHold]:
    """60 and 40 of a payment of 100.00 USD."""
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())
    parts = [share(make_merchant(), 6_000), share(make_merchant(), 4_000)]
    return escrow.hold(purchase=attempt.reference, shares=parts, currency="USD", at=now())


def refresh(identity: str) -> Any:
    return provider_disputes.refresh_dispute(gateway="stripe", provider_id=identity, at=now())


@pytest.mark.parametrize("end", ["won", "lost"])
def test_six_workers_book_one_dispute_once(stripe_double: ProviderDouble, holds: list[EscrowHold], end: str) -> None:
    """MON20."""
    identity = stripe_double.dispute(PaymentAttempt.objects.get().pk)["id"]
    stripe_double.close_dispute(identity, end)

    outcomes = at_once([lambda: refresh(identity)] * 6)

    assert [row.status for row in outcomes] == [end] * 6
    assert ProviderDispute.objects.count() == LedgerTransaction.objects.filter(kind="dispute_opened").count() == 1
    assert LedgerTransaction.objects.filter(kind__startswith="chargeback").count() == (2 if end == "lost" else 0)
    assert invariants.violations() == {}


def test_of_a_refund_and_a_dispute_over_the_same_money_the_merchant_bears_one(
    stripe_double: ProviderDouble, holds: list[EscrowHold]
) -> None:
    """MON20: whoever is first, refunds and claims together are never more than was captured."""
    identity = stripe_double.dispute(PaymentAttempt.objects.get().pk, amount=8_000)["id"]

    outcomes = at_once([lambda: refresh(identity), lambda: escrow.refund_hold(reference=holds[0].reference, reason="return", at=now())])

    attempt = PaymentAttempt.objects.get()
    assert all(isinstance(refusal, DomainError) for refusal in refusals(outcomes))
    assert (attempt.refunded_minor, attempt.disputed_minor) in {(6_000, 4_000), (0, 8_000)}
    stripe_double.close_dispute(identity, "lost")
    refresh(identity)
    assert {name for name in invariants.violations() if "clearing_returns" not in name} == set()


def test_control_without_locks_and_unique_number_a_dispute_is_booked_twice(
    stripe_double: ProviderDouble, holds: list[EscrowHold], monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = stripe_double.dispute(PaymentAttempt.objects.get().pk, amount=2_000)["id"]
    together = threading.Barrier(2)
    seen = threading.local()
    measured = provider_disputes.cash_left

    def wait_then_measure(row: EscrowHold) -> int:
        if not getattr(seen, "has_waited", False):
            seen.has_waited = True
            together.wait(20)
        return measured(row)

    def unlocked(attempt: PaymentAttempt) -> tuple[list[EscrowHold], PaymentAttempt]:
        return list(EscrowHold.objects.filter(purchase=attempt.reference)), PaymentAttempt.objects.get(pk=attempt.pk)

    monkeypatch.setattr(provider_disputes, "_locked", unlocked)
    monkeypatch.setattr(provider_disputes, "cash_left", wait_then_measure)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE payments_providerdispute DROP CONSTRAINT {UNIQUE}")
    try:
        at_once([lambda: refresh(identity)] * 2)

        assert ProviderDispute.objects.count() == LedgerTransaction.objects.filter(kind="dispute_opened").count() == 2
    finally:
        ProviderDispute.objects.all().delete()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE payments_providerdispute ADD CONSTRAINT {UNIQUE} UNIQUE (provider_id)")
