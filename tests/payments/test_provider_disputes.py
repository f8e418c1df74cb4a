"""Chargebacks: the provider takes money back and may give it back; whatever it tells and how often, the books say it once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.models import OutboxEvent
from core.states import history
from merchants.models import Merchant
from payments import selectors
from payments.errors import DisputedAtProvider, HoldFrozen, RefundExceedsCaptured
from payments.models import EscrowHold, InboxMessage, LedgerEntry, LedgerTransaction, PaymentAttempt, ProviderDispute
from payments.services import attempts, escrow, inbox, provider_disputes, refunds
from tests.factories.payments import share, start
from tests.provider_double.client import ProviderDouble

pytestmark = pytest.mark.django_db
now = timezone.now


@dataclass
class Purchase:
    """100.00 USD of two merchants, 60 and 40, paid through the double and held."""

    double: ProviderDouble
    attempt: PaymentAttempt
    tea: EscrowHold
    lamp: EscrowHold

    def tell(self, identity: str, *kinds: str) -> None:
        for kind in kinds:
            headers, body = self.double.message(identity, f"charge.dispute.{kind}")
            inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())
        inbox.process_inbox(at=now())

    def open(self, **how: object) -> str:
        identity: str = self.double.dispute(self.attempt.pk, **how)["id"]
        self.tell(identity, "created")
        return identity

    def close(self, identity: str, status: str) -> None:
        self.double.close_dispute(identity, status)
        self.tell(identity, "closed")

    def held(self, hold: EscrowHold) -> tuple[int, int]:
        balances = selectors.balances(hold.merchant_id, "USD")
        return balances.held_minor, balances.payable_minor


@pytest.fixture
def purchase(stripe_double: ProviderDouble, merchant_pair: tuple[Merchant, Merchant]) -> Purchase:
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    attempt = attempts.refresh_attempt(attempt_id=attempt.pk, at=now())
    parts = [share(merchant_pair[0], 6_000), share(merchant_pair[1], 4_000)]
    tea, lamp = escrow.hold(purchase=attempt.reference, shares=parts, currency="USD", at=now())
    return Purchase(stripe_double, attempt, tea, lamp)


def booked(kind: str) -> int:
    """The balance of all accounts of a kind, debit positive."""
    return sum(LedgerEntry.objects.filter(account__kind=kind).values_list("amount_minor", flat=True))


def events() -> list[str]:
    return list(OutboxEvent.objects.filter(name__startswith="ProviderDispute").order_by("pk").values_list("name", flat=True))


def test_a_dispute_freezes_every_order_of_the_purchase(purchase: Purchase) -> None:
    """MON20."""
    purchase.open()

    dispute = ProviderDispute.objects.get()
    assert (dispute.status, dispute.amount_minor, dispute.claimed_minor) == ("open", 10_000, 10_000)
    assert dispute.evidence_due_by is not None
    assert (booked("disputed"), booked("provider_balance")) == (10_000, 0)
    for hold in (purchase.tea, purchase.lamp):
        with pytest.raises(HoldFrozen):
            escrow.release(reference=hold.reference, at=now())
    assert events() == ["ProviderDisputeOpened"]
    assert invariants.violations() == {}


def test_a_won_dispute_gives_everything_back(purchase: Purchase) -> None:
    """MON20."""
    purchase.close(purchase.open(), "won")

    dispute = ProviderDispute.objects.get()
    assert (dispute.status, dispute.closed_at is not None) == ("won", True)
    assert (booked("disputed"), booked("provider_balance")) == (0, 10_000)
    escrow.release(reference=purchase.tea.reference, at=now())
    assert purchase.held(purchase.tea) == (0, 5_700)
    assert [change.to_status for change in history(dispute)] == ["won"]
    assert events() == ["ProviderDisputeOpened", "ProviderDisputeClosed"]
    assert invariants.violations() == {}


def test_a_lost_dispute_takes_each_merchants_share_from_where_it_is(purchase: Purchase) -> None:
    """MON20: one order is released before the dispute, the other is still held."""
    escrow.release(reference=purchase.tea.reference, at=now())

    purchase.close(purchase.open(amount=5_000), "lost")

    purchase.tea.refresh_from_db()
    purchase.lamp.refresh_from_db()
    assert (purchase.tea.refunded_minor, purchase.lamp.refunded_minor) == (3_000, 2_000)
    assert purchase.held(purchase.tea) == (0, 2_850)
    assert purchase.held(purchase.lamp) == (2_000, 0)
    assert (booked("disputed"), booked("provider_balance"), booked("commission")) == (0, 5_000, -150)
    escrow.release(reference=purchase.lamp.reference, at=now())
    assert purchase.held(purchase.lamp) == (0, 1_900)
    assert invariants.violations() == {}


@pytest.mark.parametrize("end", ["won", "lost"])
def test_told_ten_times_and_backwards_each_step_is_booked_once(purchase: Purchase, end: str) -> None:
    """MON20: "closed" overtakes "created", and each comes several times under new numbers."""
    identity = purchase.double.dispute(purchase.attempt.pk)["id"]
    purchase.double.close_dispute(identity, end)
    kinds = ["closed", "funds_withdrawn", "created"]
    for turn in range(3):
        for kind in kinds:
            headers, body = purchase.double.message(identity, f"charge.dispute.{kind}", id=f"evt_{kind}{turn}")
            inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())
    inbox.process_inbox(at=now())
    provider_disputes.sweep_disputes(at=now())

    assert ProviderDispute.objects.get().status == end
    assert events() == ["ProviderDisputeOpened", "ProviderDisputeClosed"]
    assert LedgerTransaction.objects.filter(kind="dispute_opened").count() == 1
    assert (booked("disputed"), booked("held")) == (0, -10_000 if end == "won" else 0)
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {"handled"}
    assert invariants.violations() == {}


def test_a_dispute_no_message_tells_about_is_found(purchase: Purchase) -> None:
    identity = purchase.double.dispute(purchase.attempt.pk)["id"]

    provider_disputes.sweep_disputes(at=now())
    purchase.double.close_dispute(identity, "lost")
    provider_disputes.sweep_disputes(at=now() + dt.timedelta(days=60))

    assert ProviderDispute.objects.get().status == "lost"


def test_money_a_bank_has_taken_cannot_be_refunded_as_well(purchase: Purchase) -> None:
    purchase.open(amount=7_000)

    with pytest.raises(DisputedAtProvider):
        escrow.refund_hold(reference=purchase.tea.reference, reason="return", at=now())
    with pytest.raises(RefundExceedsCaptured):
        refunds.request_refund(attempt_id=purchase.attempt.pk, reference=uuid7(), cause=uuid7(), amount_minor=3_001, reason="", at=now())
    with pytest.raises(IntegrityError, match="attempt_disputed"), transaction.atomic():
        PaymentAttempt.objects.filter(pk=purchase.attempt.pk).update(refunded_minor=3_001)
    assert purchase.held(purchase.tea) == (6_000, 0)


def test_what_was_refunded_before_the_dispute_was_lost_is_the_operators_loss(purchase: Purchase) -> None:
    """The bank takes the whole payment although a part had gone back: no merchant pays twice."""
    escrow.refund_hold(reference=purchase.lamp.reference, reason="return", at=now())
    refunds.send_refunds(at=now())
    identity = purchase.double.dispute(purchase.attempt.pk, amount=10_000)["id"]
    purchase.tell(identity, "created")

    purchase.close(identity, "lost")

    dispute = ProviderDispute.objects.get()
    assert (dispute.claimed_minor, booked("subsidies")) == (6_000, 4_000)
    assert purchase.held(purchase.tea) == purchase.held(purchase.lamp) == (0, 0)
    assert booked("disputed") == 0
    assert invariants.violations() == {}


def test_an_inquiry_moves_nothing(purchase: Purchase) -> None:
    identity = purchase.double.dispute(purchase.attempt.pk)["id"]
    purchase.double.change(identity, status="warning_needs_response")

    purchase.tell(identity, "created")

    assert not ProviderDispute.objects.exists()
    assert InboxMessage.objects.get().status == "handled"
    escrow.release(reference=purchase.tea.reference, at=now())


def test_a_dispute_that_overtakes_the_orders_waits_for_them(stripe_double: ProviderDouble, merchant: Merchant) -> None:
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())
    identity = stripe_double.dispute(attempt.pk)["id"]
    headers, body = stripe_double.message(identity, "charge.dispute.created")
    inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())
    inbox.process_inbox(at=now())
    assert InboxMessage.objects.get().status == "received"

    (hold,) = escrow.hold(purchase=attempt.reference, shares=[share(merchant, 10_000)], currency="USD", at=now())
    inbox.process_inbox(at=now() + dt.timedelta(seconds=30))

    assert InboxMessage.objects.get().status == "handled"
    with pytest.raises(HoldFrozen):
        escrow.release(reference=hold.reference, at=now())


def test_a_verdict_that_changes_calls_a_person(purchase: Purchase) -> None:
    identity = purchase.open()
    purchase.close(identity, "won")
    purchase.double.change(identity, status="lost")
    clock = now()
    headers, body = purchase.double.message(identity, "charge.dispute.closed", id="evt_other")
    inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=clock)

    for _ in range(10):
        clock += dt.timedelta(minutes=2)
        inbox.process_inbox(at=clock)

    assert ProviderDispute.objects.get().status == "won"
    assert InboxMessage.objects.get(provider_event_id="evt_other").status == "quarantined"
