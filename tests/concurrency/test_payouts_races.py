"""Payouts against sweeps, refunds and impatient people, at every statement; the controls show what the guards are for."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from payments import gateways
from payments.models import LedgerBalance, Payout, PayoutSchedule, SandboxTransfer
from payments.services import ledger, payouts, statements
from tests.concurrency.racing import at_once, refusals
from tests.factories.merchants import make_merchant
from tests.factories.payouts import make_account, make_due, make_payable, refund
from tests.proofs import payout_scenes as scenes
from tests.proofs.interleaving import at_every_point

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
now = timezone.now


def test_two_sweeps_make_one_payout_at_every_statement() -> None:
    """MON19."""
    seen = at_every_point(scenes.two_sweeps())

    assert seen.points > 15
    assert set(seen.outcomes) == {"first", "second"}


@pytest.mark.parametrize("refund_first", [False, True])
def test_a_payout_and_a_refund_leave_the_merchant_what_is_theirs_at_every_statement(refund_first: bool) -> None:
    """MON18: either the refund is netted, or payable is negative and the next payout is less."""
    seen = at_every_point(scenes.payout_and_refund(refund_first=refund_first))

    assert set(seen.outcomes) == {"owing", "netted"}
    assert seen.waits > 0


def test_a_failed_payout_tried_again_by_two_people_is_paid_once_at_every_statement() -> None:
    assert set(at_every_point(scenes.one_failure_tried_again_twice()).outcomes) == {"first", "second"}


def test_eight_sweeps_over_four_merchants_pay_each_once() -> None:
    """MON19."""
    merchants = [make_merchant() for _ in range(4)]
    for merchant in merchants:
        make_account(merchant)
        make_payable(merchant)
        make_due(merchant)

    closed = at_once([lambda: payouts.run_payouts(at=now())] * 8)

    assert sum(closed) == 4
    assert sorted(Payout.objects.values_list("merchant", flat=True)) == sorted(merchant.pk for merchant in merchants)
    assert SandboxTransfer.objects.count() == 4
    assert invariants.violations() == {}


def test_control_without_the_balances_lock_a_refund_comes_between_and_the_books_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last wall holds: a statement that does not add up is not written."""
    merchant, looked, refunded = make_merchant(), threading.Event(), threading.Event()
    make_account(merchant)
    sold = make_payable(merchant, 10_000)
    schedule = make_due(merchant)

    def unlocked(**about: object) -> int:
        balance: int = LedgerBalance.objects.get(account__merchant=merchant).available_minor
        looked.set()
        refunded.wait(20)
        return balance

    def close() -> None:
        with transaction.atomic():
            row = PayoutSchedule.objects.select_for_update().get(pk=schedule.pk)
            statements.close_period(schedule=row, currency="USD", due_at=now(), at=now())

    def give_back() -> None:
        looked.wait(20)
        refund(sold)
        refunded.set()

    monkeypatch.setattr(ledger, "locked_balance", unlocked)
    outcomes = at_once([close, give_back])

    assert [type(error) for error in refusals(outcomes)] == [statements.BooksDisagree]
    assert Payout.objects.count() == 0


def test_control_workers_that_look_then_send_under_keys_of_their_own_pay_twice() -> None:
    merchant, looked = make_merchant(), threading.Barrier(2)
    make_account(merchant)
    make_payable(merchant)
    schedule = make_due(merchant)
    with transaction.atomic():
        statements.close_period(
            schedule=PayoutSchedule.objects.select_for_update().get(pk=schedule.pk), currency="USD", due_at=now(), at=now()
        )

    def careless() -> None:
        payout = Payout.objects.get()
        looked.wait(20)
        if payout.status == "requested":
            payout.idempotency_key = uuid7().hex
            gateways.transfer_gateway(payout.gateway).transfer(payout)

    at_once([careless, careless])

    assert SandboxTransfer.objects.count() == 2
