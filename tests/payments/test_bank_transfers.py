"""Transfers that come in, are matched, are not, and go back."""

from __future__ import annotations

import datetime as dt
import time
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from core import invariants
from core.errors import DomainError
from core.models import StateChange
from payments.errors import LineDiffers, LinesDoNotFit, StatementUnreadable, TransferNotFound
from payments.gateways import available_gateways, bank_books, bank_transfer, gateway
from payments.gateways.bank_reference import new_reference
from payments.gateways.base import Outcome
from payments.models import BankLine, ExpectedTransfer, OutgoingTransfer, PaymentAttempt, Refund
from payments.services import attempts, bank_transfers, refunds
from tests.drain import drain
from tests.factories.payments import start
from tests.payments.gateway_contract import GatewayContract, Provider, now

pytestmark = pytest.mark.django_db
_number = count(1)
BY = "operator:test"


@pytest.fixture(autouse=True)
def account(settings: Settings) -> None:
    settings.BANK_TRANSFER_ACCOUNT = "IBAN DE75 5121 0800 1245 1261 99"


def expected(attempt: PaymentAttempt) -> ExpectedTransfer:
    return ExpectedTransfer.objects.get(idempotency_key=attempt.idempotency_key)


def arrives(attempt: PaymentAttempt, **overrides: Any) -> BankLine:
    """A line of the statement that pays this attempt, unless told otherwise."""
    fields = {
        "transaction_id": f"TX{next(_number)}",
        "booked_on": dt.date(2026, 11, 22),
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "text": f"order {expected(attempt).code} thanks",
        **overrides,
    }
    row = bank_books.take_line(bank_books.BookedLine(**fields), at=timezone.now())
    assert row is not None
    return row


def csv_of(*rows: str) -> bytes:
    return "\n".join(["date,amount,currency,reference,transaction id", *rows]).encode()


def load(*rows: str) -> bank_transfers.ImportReport:
    return bank_transfers.import_statement(content=csv_of(*rows), actor=BY, at=timezone.now())


class BankSide:
    code = "bank_transfer"

    def approve(self, attempt: PaymentAttempt) -> None:
        arrives(attempt)

    def decline(self, attempt: PaymentAttempt) -> None:
        bank_books.stop_expecting(attempt.idempotency_key)

    def webhook(self, attempt: PaymentAttempt) -> tuple[dict[str, str], bytes]:
        body = bank_books.notice_body(expected(attempt))
        return {bank_transfer.SIGNATURE_HEADER: bank_transfer.sign(body, moment=int(time.time()))}, body

    def payments(self) -> int:
        return ExpectedTransfer.objects.count()

    def refunded_minor(self) -> int:
        return sum(OutgoingTransfer.objects.values_list("amount_minor", flat=True))


class TestBankTransfer(GatewayContract):
    @pytest.fixture
    def provider(self) -> BankSide:
        return BankSide()

    def test_a_refund_is_paid_once_per_key_and_found_without_its_id(self, provider: Provider) -> None:
        """Here somebody has to make the transfer first."""
        refund = self.refund(self.paid(provider), 2_500)

        first = gateway(provider.code).refund(refund)
        again = gateway(provider.code).refund(refund)
        found = gateway(provider.code).fetch_refund(refund)

        assert first.provider_id == again.provider_id == found.provider_id
        assert (found.status, found.amount_minor, found.currency) == (Outcome.OPEN, 2_500, "USD")
        assert provider.refunded_minor() == 2_500

    def test_a_purchase_goes_all_the_way_and_back(self, provider: Provider) -> None:
        paid = self.paid(provider)
        refunds.refund_attempt(attempt_id=paid.pk, reason="purchase expired", at=now())

        refunds.send_refunds(at=now())
        waiting = Refund.objects.get().status
        bank_transfers.settle_outgoing(outgoing_id=OutgoingTransfer.objects.get().pk, made=True, actor=BY, reason="", at=now())

        assert (waiting, Refund.objects.get().status) == ("sent", "succeeded")
        assert invariants.violations() == {}


def test_without_an_account_it_is_not_offered(settings: Settings) -> None:
    settings.BANK_TRANSFER_ACCOUNT = ""

    assert "bank_transfer" not in [offered.code for offered in available_gateways()]


def test_the_shopper_is_told_account_sum_and_a_reference_of_this_attempt_alone() -> None:
    first, second = start(gateway="bank_transfer"), start(gateway="bank_transfer")

    told = bank_transfers.instructions(attempt=first)

    assert (told.account, told.amount_minor, told.currency) == ("IBAN DE75 5121 0800 1245 1261 99", 10_000, "USD")
    assert told.reference.replace(" ", "") == told.code == expected(first).code
    assert told.code != bank_transfers.instructions(attempt=second).code


def test_a_transfer_with_reference_and_exact_sum_pays_its_purchase() -> None:
    attempt = start(gateway="bank_transfer")

    report = load(f"2026-11-22,100.00,USD,{expected(attempt).code},TX-A")
    drain()

    attempt.refresh_from_db()
    assert (report.matched, report.unmatched) == (1, 0)
    assert attempt.status == "succeeded"
    assert BankLine.objects.get().status == "matched"


def test_the_same_line_counts_once_however_often_it_is_imported() -> None:
    attempt = start(gateway="bank_transfer")
    row = f"2026-11-22,100.00,USD,{expected(attempt).code},TX-A"

    first, second = load(row, row), load(row, "2026-11-22,5.00,USD,,TX-B")

    assert (first.matched, first.known) == (1, 1)
    assert (second.matched, second.known, second.unmatched) == (0, 1, 1)
    assert BankLine.objects.count() == 2


def test_a_known_transaction_with_another_sum_is_told_and_changes_nothing() -> None:
    load("2026-11-22,5.00,USD,,TX-A")

    report = load("2026-11-22,500.00,USD,,TX-A")

    assert [row.number for row in report.bad] == [2]
    assert BankLine.objects.get().amount_minor == 500


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        ({"amount_minor": 9_999}, "amount"),
        ({"amount_minor": 10_001}, "amount"),
        ({"currency": "EUR"}, "currency"),
        ({"text": "thank you"}, "no_reference"),
        ({"text": ""}, "unknown"),
    ],
)
def test_a_line_that_does_not_fit_pays_nothing_and_waits_for_a_person(overrides: dict[str, Any], problem: str) -> None:
    attempt = start(gateway="bank_transfer")
    if problem == "unknown":
        overrides = {"text": new_reference()}

    row = arrives(attempt, **overrides)
    drain()

    attempt.refresh_from_db()
    assert (row.status, row.problem, row.transfer) == ("unmatched", problem, None)
    assert attempt.status == "sent"


def test_a_line_with_two_references_waits_for_a_person() -> None:
    first, second = start(gateway="bank_transfer"), start(gateway="bank_transfer")

    row = arrives(first, text=f"{expected(first).code} {expected(second).code}")

    assert (row.status, row.problem) == ("unmatched", "several")


def test_paying_the_same_reference_twice_pays_once_and_keeps_the_second_line() -> None:
    attempt = start(gateway="bank_transfer")
    arrives(attempt)

    second = arrives(attempt)

    assert (second.status, second.problem) == ("unmatched", "paid")


def test_two_lines_that_are_the_sum_together_are_assigned_by_a_person_with_a_reason() -> None:
    attempt = start(gateway="bank_transfer")
    lines = [arrives(attempt, amount_minor=part) for part in (6_000, 4_000)]

    bank_transfers.assign_lines(
        line_ids=[line.pk for line in lines], code=expected(attempt).code.lower(), actor=BY, reason="paid in two", at=timezone.now()
    )
    drain()

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert {line.status for line in BankLine.objects.all()} == {"matched"}
    assert set(StateChange.objects.filter(to_status="matched").values_list("actor", "reason")) == {(BY, "paid in two")}


def test_lines_of_another_sum_cannot_be_assigned() -> None:
    attempt = start(gateway="bank_transfer")
    line = arrives(attempt, amount_minor=9_000)

    with pytest.raises(LinesDoNotFit):
        bank_transfers.assign_lines(line_ids=[line.pk], code=expected(attempt).code, actor=BY, reason="", at=timezone.now())

    line.refresh_from_db()
    assert (line.status, expected(attempt).status) == ("unmatched", "open")


def test_a_line_cannot_pay_two_payments() -> None:
    first, second = start(gateway="bank_transfer"), start(gateway="bank_transfer")
    line = arrives(first)

    with pytest.raises(LinesDoNotFit):
        bank_transfers.assign_lines(line_ids=[line.pk], code=expected(second).code, actor=BY, reason="", at=timezone.now())


def test_an_unknown_reference_cannot_be_assigned_to() -> None:
    line = arrives(start(gateway="bank_transfer"), text="")

    for code in ("", "nonsense", new_reference()):
        with pytest.raises(TransferNotFound):
            bank_transfers.assign_lines(line_ids=[line.pk], code=code, actor=BY, reason="", at=timezone.now())


def test_money_sent_back_is_noted_once_with_who_and_why() -> None:
    line = arrives(start(gateway="bank_transfer"), text="")

    bank_transfers.send_back(line_id=line.pk, actor=BY, reason="not ours", at=timezone.now())

    line.refresh_from_db()
    assert line.status == "returned"
    with pytest.raises(LinesDoNotFit):
        bank_transfers.send_back(line_id=line.pk, actor=BY, reason="again", at=timezone.now())
    assert StateChange.objects.get(entity_id=line.pk, to_status="returned").reason == "not ours"


def test_a_transfer_that_comes_after_the_payment_was_given_up_is_still_taken() -> None:
    attempt = start(gateway="bank_transfer")
    attempts.cancel_attempt(reference=attempt.reference, at=timezone.now())
    drain()
    attempt.refresh_from_db()
    assert attempt.status == "failed"

    load(f"2026-11-22,100.00,USD,{expected(attempt).code},TX-A")
    drain()

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"


def test_a_notice_that_was_not_told_is_told_by_the_next_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = start(gateway="bank_transfer")
    arrives(attempt)
    with monkeypatch.context() as broken:
        broken.setattr("payments.gateways.notices.TOLERANCE_SECONDS", -1)
        assert bank_transfers.send_notices(at=timezone.now()) == 0

    drain()

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"


def test_a_shopper_who_thinks_again_pays_by_another_way_and_only_once() -> None:
    transfer = start(gateway="bank_transfer")

    other = start(gateway="sandbox", reference=transfer.reference)

    transfer.refresh_from_db()
    assert (transfer.status, expected(transfer).status) == ("failed", "closed")
    assert (other.status, other.gateway) == ("sent", "sandbox")


def test_one_who_had_paid_by_transfer_cannot_pay_again_by_card() -> None:
    transfer = start(gateway="bank_transfer")
    arrives(transfer)

    with pytest.raises(DomainError) as refused:
        start(gateway="sandbox", reference=transfer.reference)

    assert refused.value.code == "already_paid"


def test_a_refund_that_cannot_be_made_fails_and_can_be_asked_for_again() -> None:
    attempt = start(gateway="bank_transfer")
    arrives(attempt)
    drain()
    refund = refunds.refund_attempt(attempt_id=attempt.pk, reason="late", at=timezone.now())
    drain()

    bank_transfers.settle_outgoing(
        outgoing_id=OutgoingTransfer.objects.get().pk, made=False, actor=BY, reason="account closed", at=timezone.now()
    )
    again = refunds.retry_refund(refund_id=refund.pk, actor=BY, at=timezone.now())
    drain()

    refund.refresh_from_db()
    assert (refund.status, again.pk != refund.pk) == ("failed", True)
    assert [row.status for row in OutgoingTransfer.objects.order_by("pk")] == ["impossible", "to_make"]


def test_a_transfer_to_make_is_settled_once() -> None:
    attempt = start(gateway="bank_transfer")
    arrives(attempt)
    drain()
    refunds.refund_attempt(attempt_id=attempt.pk, reason="late", at=timezone.now())
    drain()
    outgoing = OutgoingTransfer.objects.get()
    bank_transfers.settle_outgoing(outgoing_id=outgoing.pk, made=True, actor=BY, reason="", at=timezone.now())

    for made in (True, False):
        with pytest.raises(LinesDoNotFit):
            bank_transfers.settle_outgoing(outgoing_id=outgoing.pk, made=made, actor=BY, reason="", at=timezone.now())

    assert Refund.objects.get().status == "succeeded"
    assert invariants.violations() == {}


def test_a_typed_line_is_read_as_strictly_as_an_imported_one() -> None:
    attempt = start(gateway="bank_transfer")
    cells = {"date": "2026-11-22", "amount": "100.00", "currency": "usd", "text": expected(attempt).code, "transaction": "TX-A"}

    report = bank_transfers.enter_line(cells=cells, actor=BY, at=timezone.now())

    assert report.matched == 1
    with pytest.raises(StatementUnreadable):
        bank_transfers.enter_line(cells={**cells, "amount": "1e2", "transaction": "TX-B"}, actor=BY, at=timezone.now())
    with pytest.raises(LineDiffers):
        bank_transfers.enter_line(cells={**cells, "amount": "7"}, actor=BY, at=timezone.now())
