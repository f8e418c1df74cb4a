"""What the shopper is told to transfer, what the operator does with the bank's statement, and how the shop hears of it."""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from core.doorbell import ring
from core.errors import DomainError
from payments.bank_statement import BadRow, line_of, statement_rows
from payments.errors import PaymentNotFound, StatementUnreadable
from payments.gateways import bank_books as books
from payments.gateways import bank_transfer
from payments.gateways.bank_reference import in_groups
from payments.gateways.base import NotAtProvider
from payments.models import PaymentAttempt
from payments.services import inbox, refunds
from payments.states import LIVE, BankLineStatus, OutgoingStatus

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What to write into the transfer. `reference` is grouped for reading, `code` is the same without spaces."""

    account: str
    reference: str
    code: str
    amount_minor: int
    currency: str


@dataclass(slots=True)
class ImportReport:
    """What became of a statement, row by row counted."""

    matched: int = 0
    unmatched: int = 0
    known: int = 0
    outgoing: int = 0
    bad: list[BadRow] = field(default_factory=list)


def instructions(*, attempt: PaymentAttempt) -> Instructions:
    """How to pay this attempt by bank transfer.

    Raises:
        PaymentNotFound: the bank has no such transfer on its list.
    """
    try:
        transfer = books.transfer_by_key(attempt.idempotency_key)
    except NotAtProvider:
        raise PaymentNotFound from None
    return Instructions(settings.BANK_TRANSFER_ACCOUNT, in_groups(transfer.code), transfer.code, transfer.amount_minor, transfer.currency)


def transfer_of(attempt: PaymentAttempt | None) -> Instructions | None:
    """What to transfer, where a bank transfer was chosen and has not come in yet; None for every other attempt."""
    if attempt is None or attempt.gateway != bank_transfer.BankTransferGateway.code or attempt.status not in LIVE:
        return None
    try:
        return instructions(attempt=attempt)
    except PaymentNotFound:  # the process that opened it died on the way to the bank's books; the poller mends that
        return None


def import_statement(*, content: bytes, actor: str, at: dt.datetime) -> ImportReport:
    """Take the lines of a statement as CSV. Each line counts once for ever, so the same or an overlapping file may come again.

    Every line commits on its own: an import that breaks off is simply repeated.

    Raises:
        StatementUnreadable: nothing of it could be read; nothing was taken.
    """
    report = ImportReport()
    for number, line in statement_rows(content):
        if isinstance(line, BadRow):
            report.bad.append(line)
        elif line is None:
            report.outgoing += 1
        else:
            _take(report, number, line, actor, at)
    ring("payments.tasks.send_bank_notices")
    return report


def _take(report: ImportReport, number: int, line: books.BookedLine, actor: str, at: dt.datetime) -> None:
    try:
        row = books.take_line(line, at=at, actor=actor)
    except DomainError as error:
        report.bad.append(BadRow(number, str(error)))
        return
    if row is None:
        report.known += 1
    elif row.status == BankLineStatus.MATCHED:
        report.matched += 1
    else:
        report.unmatched += 1


def enter_line(*, cells: dict[str, str], actor: str, at: dt.datetime) -> ImportReport:
    """Take one line that was typed: date, amount, currency, text, transaction and perhaps payer.

    Raises:
        StatementUnreadable: a cell cannot be read, or no money came in.
        LineDiffers: the bank's transaction is known with another amount or date.
    """
    report = ImportReport()
    try:
        line = line_of(cells)
    except ValueError as error:
        raise StatementUnreadable(problem=str(error)) from error
    if line is None:
        raise StatementUnreadable(problem="≤ 0")
    row = books.take_line(line, at=at, actor=actor)
    report.known, report.matched = int(row is None), int(row is not None and row.status == BankLineStatus.MATCHED)
    report.unmatched = 1 - report.known - report.matched
    ring("payments.tasks.send_bank_notices")
    return report


def assign_lines(*, line_ids: Sequence[uuid.UUID], code: str, actor: str, reason: str, at: dt.datetime) -> None:
    """A person says which payment reference these unmatched lines pay, to the cent.

    Raises:
        TransferNotFound, LinesDoNotFit: they do not.
    """
    books.assign(line_ids=line_ids, code=code, actor=actor, reason=reason, at=at)
    ring("payments.tasks.send_bank_notices")


def send_back(*, line_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> None:
    """A person has sent an unmatched line's money back at the bank.

    Raises:
        LinesDoNotFit: it was dealt with before.
    """
    books.send_line_back(line_id=line_id, actor=actor, reason=reason, at=at)


def settle_outgoing(*, outgoing_id: uuid.UUID, made: bool, actor: str, reason: str, at: dt.datetime) -> None:
    """A person has made a refund's transfer, or found that it cannot be made; the refund follows.

    Raises:
        TransferNotFound: there is none.
        LinesDoNotFit: it was settled before.
    """
    status = OutgoingStatus.MADE if made else OutgoingStatus.IMPOSSIBLE
    refund_id = books.settle_outgoing(outgoing_id=outgoing_id, status=status, actor=actor, reason=reason, at=at)
    # The hourly look would see it too; a person who has just pressed the button should not wait for that.
    refunds.refresh_refund(refund_id=refund_id, at=at)


def send_notices(*, at: dt.datetime) -> int:
    """Tell the inbox, signed, of transfers that came in; returns how many were told. What is not told stays due."""
    return sum(_deliver(transfer.pk, books.notice_body(transfer), at) for transfer in books.due_notices(at=at))


def _deliver(transfer_id: uuid.UUID, body: bytes, at: dt.datetime) -> bool:
    signature = bank_transfer.sign(body, moment=int(time.time()))
    try:
        inbox.receive_webhook(gateway="bank_transfer", headers={bank_transfer.SIGNATURE_HEADER: signature}, body=body, at=at)
    except Exception:
        log.exception("bank notice not delivered", extra={"transfer": str(transfer_id)})
        return False
    books.notice_delivered(transfer_id)
    return True
