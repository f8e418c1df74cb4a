"""A statement is the ledger: whatever happened, opening + lines = closing, and every payable entry is on one statement."""

import csv
import io
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from hypothesis import given as given_that
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import invariants
from merchants.models import Merchant
from payments.models import LedgerEntry, Payout, PayoutStatement
from payments.payout_selectors import balance_by_day, funds, statement_rows
from payments.selectors import balances
from payments.services import payouts
from payments.services.payout_schedules import schedule_for
from payments.statement_papers import csv_of, pdf_of, safe_cell
from tests.factories.merchants import make_merchant
from tests.factories.payouts import make_account, make_due, make_payable, refund

now = timezone.now
# What may happen to a merchant's money: a sale, a refund of a part of the oldest sale that has some left, the end of a period.
STEPS = st.one_of(
    st.tuples(st.just("sale"), st.integers(min_value=1, max_value=40_000)),
    st.tuples(st.just("refund"), st.integers(min_value=1, max_value=100)),
    st.tuples(st.just("period"), st.just(0)),
)


def close(merchant: Merchant) -> None:
    make_due(merchant)
    payouts.run_payouts(at=now())


class StatementsAreTheLedger(TestCase):
    @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given_that(steps=st.lists(STEPS, min_size=3, max_size=9), failing=st.booleans())
    def test_whatever_happens_statements_and_ledger_agree_to_the_cent(self, steps: list[tuple[str, int]], failing: bool) -> None:
        merchant, sold = make_merchant(), []
        make_account(merchant, "000123450002" if failing else "000123450001")

        for what, amount in steps:
            if what == "sale":
                sold.append(make_payable(merchant, amount))
            elif what == "refund" and sold:
                held = sold[0]
                held.refresh_from_db()
                part = max((held.amount_minor - held.refunded_minor) * amount // 100, 1)
                refund(held, part)
                if held.refunded_minor + part == held.amount_minor:
                    sold.pop(0)
            elif what == "period":
                close(merchant)
        close(merchant)
        close(merchant)  # what a failed payout returned is on this one

        balance = 0
        for statement in PayoutStatement.objects.filter(merchant=merchant).order_by("number"):
            rows = statement_rows(statement)
            assert statement.opening_minor == balance
            balance += sum(row.net_minor for row in rows)
            assert (statement.closing_minor, rows[-1].balance_minor) == (balance, balance)
            assert all(row.gross_minor + row.fee_minor == row.net_minor for row in rows)
        left = LedgerEntry.objects.filter(account__merchant=merchant, account__kind="payable", statement_line=None)
        assert balance - sum(left.values_list("amount_minor", flat=True)) == balances(merchant.pk, "USD").payable_minor
        assert invariants.violations() == {}


@pytest.fixture
def statement(merchant: Merchant) -> PayoutStatement:
    make_account(merchant)
    held = make_payable(merchant, 10_000)
    refund(held, 2_000)
    close(merchant)
    return PayoutStatement.objects.select_related("merchant", "payout").get()


@pytest.mark.django_db
def test_lines_say_what_commission_was_taken_and_given_back(statement: PayoutStatement) -> None:
    rows = statement_rows(statement)

    assert [(row.kind, row.gross_minor, row.fee_minor, row.net_minor, row.balance_minor) for row in rows] == [
        ("release", 10_000, -500, 9_500, 9_500),
        ("refund_released", -2_000, 100, -1_900, 7_600),
        ("payout", -7_600, 0, -7_600, 0),
    ]


@pytest.mark.django_db
def test_the_csv_adds_up_by_itself(statement: PayoutStatement) -> None:
    content = csv_of(statement, statement_rows(statement)).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Net"] for row in rows] == ["", "95.00", "-19.00", "-76.00", ""]
    assert (rows[0]["Balance"], rows[-1]["Balance"]) == ("0.00", "0.00")
    assert {row["Currency"] for row in rows} == {"USD"}


@pytest.mark.parametrize(("text", "cell"), [("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("@x", "'@x"), ("-1+2", "'-1+2"), ("Tea", "Tea")])
def test_cells_are_no_formulas(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pdf_says_the_same_in_both_languages(statement: PayoutStatement, language: str) -> None:
    import pypdf

    with translation.override(language):
        paper = pdf_of(statement, statement_rows(statement))

    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    for amount in ("95.00", "76.00", "•••• 3000", statement.merchant.name):
        assert amount in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_payoutstatement SET closing_minor = 1",
        "DELETE FROM payments_statementline",
        "UPDATE payments_statementline SET statement_id = gen_random_uuid()",
    ],
)
def test_a_closed_period_cannot_be_rewritten(statement: PayoutStatement, change: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db
def test_funds_say_what_the_next_payout_would_be(statement: PayoutStatement) -> None:
    make_payable(statement.merchant, 20_000)
    schedule = schedule_for(merchant_id=statement.merchant_id, at=now())

    (found,) = funds(statement.merchant_id, schedule, now())

    assert (found.currency, found.payable_minor, found.next_minor, found.carried) == ("USD", 19_000, 19_000, "")


@pytest.mark.django_db
def test_the_last_day_of_the_chart_is_the_balance_now(statement: PayoutStatement) -> None:
    make_payable(statement.merchant, 20_000)

    days = balance_by_day(statement.merchant_id, "USD", until=now(), days=5)

    assert len(days) == 5
    assert (days[-1].payable_minor, days[-1].held_minor) == (19_000, 0)
    assert days[0].payable_minor == 0


@pytest.mark.django_db
def test_a_planted_error_shows_in_the_invariants(statement: PayoutStatement) -> None:
    """Negative control: the views see a payout that says something else than its ledger entry."""
    changed: Any = Payout.objects.update(amount_minor=1)

    assert changed == 1
    assert {"invariant_payout_is_on_its_statement", "invariant_payouts_taken_from_payable", "invariant_provider_balance_explained"} <= set(
        invariants.violations()
    )
