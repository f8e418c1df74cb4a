"""A payout statement to keep: PDF for people, CSV for their books. Both say what the ledger says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.backoffice.references import reference_names
from core.money import Money
from core.pdf import Column, Document
from payments.models import PayoutStatement
from payments.payout_selectors import StatementRow

# A spreadsheet runs what starts with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def name_of(statement: PayoutStatement) -> str:
    """The file's name without its ending."""
    return f"statement-{statement.merchant.slug}-{statement.number:04d}-{statement.currency}"


def order_numbers(rows: Sequence[StatementRow]) -> dict[uuid.UUID, str]:
    """What the orders of these lines are called, in one statement per kind of reference."""
    return reference_names({row.reference for row in rows if row.reference})


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula; amounts are written as plain numbers and need none of this."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_of(statement: PayoutStatement, rows: Sequence[StatementRow]) -> bytes:
    """One line per movement between the opening and the closing balance; amounts in major units with a point."""
    numbers = order_numbers(rows)
    target = io.StringIO()
    write = csv.writer(target).writerow
    write([_("Date"), _("What"), _("Order"), _("Amount"), _("Commission"), _("Net"), _("Balance"), _("Currency")])
    write(["", safe_cell(_("Opening balance")), "", "", "", "", _plain(statement.opening_minor, statement), statement.currency])
    for row in rows:
        amounts = (row.gross_minor, row.fee_minor, row.net_minor, row.balance_minor)
        number = numbers.get(row.reference, "") if row.reference else ""
        write(
            [
                row.at.isoformat(),
                safe_cell(row.label),
                safe_cell(number),
                *(_plain(minor, statement) for minor in amounts),
                statement.currency,
            ]
        )
    write(["", safe_cell(_("Closing balance")), "", "", "", "", _plain(statement.closing_minor, statement), statement.currency])
    # The mark at the start tells spreadsheets that it is UTF-8.
    return target.getvalue().encode("utf-8-sig")


def _plain(minor: int, statement: PayoutStatement) -> str:
    return str(Money(minor, statement.currency).amount)


def pdf_of(statement: PayoutStatement, rows: Sequence[StatementRow]) -> bytes:
    """The statement as a paper, in the active language."""
    language = get_language() or "en"
    merchant = statement.merchant
    paper = Document(_("Payout statement"), language, number=f"{statement.number:04d}", foot=merchant.text("name"))
    paper.parties([(_("Merchant"), [merchant.text("name"), merchant.text("address"), merchant.text("city"), merchant.email])])
    paper.facts(
        [
            (_("Number"), f"{statement.number:04d}"),
            (_("Currency"), statement.currency),
            (_("From"), _moment(statement.period_start)),
            (_("To"), _moment(statement.period_end)),
            *_payout_facts(statement),
        ],
        columns=2,
    )
    columns = [
        Column(_("Date")), Column(_("What"), grow=2), Column(_("Amount"), amount=True), Column(_("Commission"), amount=True),
        Column(_("Net"), amount=True), Column(_("Balance"), amount=True),
    ]  # fmt: skip
    numbers = order_numbers(rows)
    opening = [_moment(statement.period_start), _("Opening balance"), "", "", "", _shown(statement.opening_minor, statement)]
    closing = [_moment(statement.period_end), _("Closing balance"), "", "", "", _shown(statement.closing_minor, statement)]
    paper.table(columns, [opening, *(_line(row, statement, numbers) for row in rows)], totals=[closing])
    paper.note(_("Every line is an entry of the ledger; opening balance plus lines is the closing balance."))
    return paper.render()


def _payout_facts(statement: PayoutStatement) -> list[tuple[str, str]]:
    payout = getattr(statement, "payout", None)
    if payout is None:
        return [(_("Payout"), str(statement.get_carried_display()))]
    return [(_("Payout"), _shown(payout.amount_minor, statement)), (_("Goes to"), payout.destination)]


def _line(row: StatementRow, statement: PayoutStatement, numbers: Mapping[uuid.UUID, str]) -> list[str]:
    number = numbers.get(row.reference, "") if row.reference else ""
    fee = _shown(row.fee_minor, statement) if row.fee_minor else ""
    amounts = [_shown(row.gross_minor, statement), fee, _shown(row.net_minor, statement), _shown(row.balance_minor, statement)]
    return [_moment(row.at), f"{row.label}\n{number}" if number else row.label, *amounts]


def _moment(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")


def _shown(minor: int, statement: PayoutStatement) -> str:
    return Money(minor, statement.currency).format(get_language() or "en")
