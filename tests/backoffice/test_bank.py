"""The operator's work with bank transfers, page by page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from core.models import StateChange
from payments.gateways import bank_books
from payments.models import BankLine, ExpectedTransfer, OutgoingTransfer, PaymentAttempt, Refund
from payments.services import refunds
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.payments import start

CONFIRM = {"_form_submitted": "1"}
IMPORT = "/admin/payments/bankline/import/"


@pytest.fixture
def bank(settings: Settings, operator: User, client: Client) -> Client:
    settings.BANK_TRANSFER_ACCOUNT = "IBAN DE75 5121 0800 1245 1261 99"
    client.force_login(operator)
    return client


@pytest.fixture
def attempt(bank: Client) -> PaymentAttempt:
    return start(gateway="bank_transfer")


def code() -> str:
    return ExpectedTransfer.objects.get().code


def line(**overrides: object) -> BankLine:
    fields = {
        "transaction_id": "TX1",
        "booked_on": dt.date(2026, 11, 22),
        "amount_minor": 10_000,
        "currency": "USD",
        "text": "",
        **overrides,
    }
    row = bank_books.take_line(bank_books.BookedLine(**fields), at=timezone.now())  # type: ignore[arg-type]
    assert row is not None
    return row


def upload(client: Client, text: str) -> str:
    answer = client.post(IMPORT, {"file": SimpleUploadedFile("november.csv", text.encode())})
    assert answer.status_code == 200
    return str(answer.text)


def test_an_imported_statement_pays_and_says_what_became_of_each_row(bank: Client, attempt: PaymentAttempt) -> None:
    page = upload(
        bank,
        "date,amount,currency,reference,transaction id\n"
        f"2026-11-22,100.00,USD,{code()},TX1\n2026-11-22,7.00,USD,hello,TX2\n2026-11-22,abc,USD,,TX3\n",
    )
    drain()

    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert [f'data-testid="{name}">1<' in page for name in ("matched", "unmatched", "bad")] == [True] * 3
    assert "Row 4:" in page


def test_a_file_that_is_no_statement_is_refused_with_a_reason(bank: Client) -> None:
    answer = bank.post(IMPORT, {"file": SimpleUploadedFile("x.csv", b"\x00\x01")})

    assert answer.status_code == 422
    assert "not a bank statement" in answer.text
    assert not BankLine.objects.exists()


def test_a_line_can_be_typed(bank: Client, attempt: PaymentAttempt) -> None:
    typed = {"line": "1", "date": "2026-11-22", "amount": "100.00", "currency": "USD", "text": code(), "transaction": "TX1"}

    wrong = bank.post(IMPORT, {**typed, "amount": "a lot"})
    right = bank.post(IMPORT, typed)

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert BankLine.objects.get().status == "matched"


def test_lines_are_assigned_together_from_the_list_with_a_reason(bank: Client, attempt: PaymentAttempt, operator: User) -> None:
    lines = [line(transaction_id=name, amount_minor=part) for name, part in (("TX1", 6_000), ("TX2", 4_000))]
    chosen = {"action": "assign_selected", "_selected_action": [str(row.pk) for row in lines]}

    asked = bank.post("/admin/payments/bankline/", chosen)
    bank.post("/admin/payments/bankline/", {**chosen, "apply": "1", "code": code(), "reason": "two parts"})

    assert "Together they must be" in asked.text
    assert {row.status for row in BankLine.objects.all()} == {"matched"}
    assert {change.actor for change in StateChange.objects.filter(to_status="matched")} == {f"operator:{operator.pk}"}


def test_a_line_is_sent_back_with_a_reason(bank: Client) -> None:
    row = line()

    bank.post(f"/admin/payments/bankline/{row.pk}/send_back/", {**CONFIRM, "reason": "not for us"})

    row.refresh_from_db()
    assert row.status == "returned"


def test_a_refund_by_transfer_is_marked_made_once(bank: Client, attempt: PaymentAttempt) -> None:
    line(text=code())
    drain()
    refunds.refund_attempt(attempt_id=attempt.pk, reason="late", at=timezone.now())
    drain()
    outgoing = OutgoingTransfer.objects.get()

    for _ in range(2):
        bank.post(f"/admin/payments/outgoingtransfer/{outgoing.pk}/made/", CONFIRM)

    assert Refund.objects.get().status == "succeeded"
    assert StateChange.objects.filter(entity_id=outgoing.pk, to_status="made").count() == 1


def test_staff_without_the_right_may_not_import(bank: Client) -> None:
    bank.force_login(make_user(email="reader@example.com", is_staff=True))

    assert bank.get(IMPORT).status_code == 403
    assert bank.post(IMPORT, {"file": SimpleUploadedFile("x.csv", b"a,b\n")}).status_code == 403
