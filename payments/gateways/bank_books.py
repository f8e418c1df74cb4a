"""The bank account's books: what transfers are awaited, what the statement says came in, what has to be sent back.

As if remote, like the practice provider's: only the bank transfer gateway and its services come here, and every write commits on its own.
"""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from core.states import record_change, write_changes
from payments.errors import LineDiffers, LinesDoNotFit, TransferNotFound
from payments.gateways.bank_reference import new_reference, references_in
from payments.gateways.base import NotAtProvider, Refused
from payments.models import BankLine, ExpectedTransfer, OutgoingTransfer
from payments.states import BankLineStatus, LineProblem, OutgoingStatus

Status = ExpectedTransfer.Status
ACTOR = "system:bank"
TRIES = 5


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line as the bank wrote it; `amount_minor` is positive, for what came in."""

    transaction_id: str
    booked_on: dt.date
    amount_minor: int
    currency: str
    text: str
    payer: str = ""


def expect(*, key: str, attempt: uuid.UUID, amount_minor: int, currency: str, description: str) -> ExpectedTransfer:
    """Await a transfer under a new payment reference, or find the one this key opened before."""
    for _ in range(TRIES):
        fresh = ExpectedTransfer(
            idempotency_key=key,
            code=new_reference(),
            attempt=attempt,
            amount_minor=amount_minor,
            currency=currency,
            description=description[:200],
        )
        try:
            with transaction.atomic(durable=True):
                fresh.save(force_insert=True)
            return fresh
        except IntegrityError:  # the key is known, or in one of 2**40 cases the reference is taken
            known = ExpectedTransfer.objects.filter(idempotency_key=key).first()
            if known is not None:
                if (known.amount_minor, known.currency) != (amount_minor, currency):
                    raise Refused("key_reused") from None
                return known
    raise Refused("no_reference_left")


def transfer_by_key(key: str) -> ExpectedTransfer:
    found = ExpectedTransfer.objects.filter(idempotency_key=key).first()
    if found is None:
        raise NotAtProvider
    return found


def transfer_by_code(code: str) -> ExpectedTransfer:
    """The transfer with this payment reference, however it was typed.

    Raises:
        TransferNotFound: there is none.
    """
    found = ExpectedTransfer.objects.filter(code__in=references_in(code)[:1]).first()
    if found is None:
        raise TransferNotFound
    return found


def stop_expecting(key: str) -> ExpectedTransfer:
    """Nobody waits for it any more; money that still comes is taken all the same and goes back by the usual way."""
    with transaction.atomic(durable=True):
        ExpectedTransfer.objects.filter(idempotency_key=key, status=Status.OPEN).update(status=Status.CLOSED)
    return transfer_by_key(key)


def take_line(line: BookedLine, *, at: dt.datetime, actor: str = ACTOR) -> BankLine | None:
    """Write one line of the statement down and match it; None when the bank's transaction was written down before.

    Raises:
        LineDiffers: it was, and said something else then.
    """
    row = BankLine(
        created_at=at,
        transaction_id=line.transaction_id,
        booked_on=line.booked_on,
        amount_minor=line.amount_minor,
        currency=line.currency,
        text=line.text[:500],
        payer=line.payer[:120],
    )
    with transaction.atomic(durable=True):
        BankLine.objects.bulk_create([row], ignore_conflicts=True)
        if not BankLine.objects.filter(pk=row.pk).exists():
            _refuse_another(line)
            return None
        write_changes([record_change(row, "", row.status, actor=actor, reason="", at=at)])
        transfer, row.problem = _fitting(row)
        if transfer is not None and not _pay(transfer, at):
            row.problem = LineProblem.PAID
        elif transfer is not None:
            _move([row], BankLineStatus.MATCHED, transfer=transfer, actor=actor, reason=transfer.code, at=at)
        if row.problem:
            BankLine.objects.filter(pk=row.pk).update(problem=row.problem)
    return row


def _refuse_another(line: BookedLine) -> None:
    before = BankLine.objects.get(transaction_id=line.transaction_id)
    if (before.amount_minor, before.currency, before.booked_on) != (line.amount_minor, line.currency, line.booked_on):
        raise LineDiffers(transaction=line.transaction_id)


def _fitting(row: BankLine) -> tuple[ExpectedTransfer | None, str]:
    """The one transfer this line pays to the cent, or why there is none."""
    codes = references_in(row.text)
    found = list(ExpectedTransfer.objects.filter(code__in=codes))
    if not found:
        return None, LineProblem.UNKNOWN if codes else LineProblem.NO_REFERENCE
    if len(found) > 1:
        return None, LineProblem.SEVERAL
    transfer = found[0]
    if transfer.currency != row.currency:
        return None, LineProblem.CURRENCY
    if transfer.amount_minor != row.amount_minor:
        return None, LineProblem.AMOUNT
    return transfer, ""


def _pay(transfer: ExpectedTransfer, at: dt.datetime) -> bool:
    """One conditional UPDATE decides which line pays it; closed ones can still be paid, the money being here."""
    unpaid = ExpectedTransfer.objects.filter(pk=transfer.pk, status__in=[Status.OPEN, Status.CLOSED])
    return bool(unpaid.update(status=Status.PAID, notify_at=at))


def assign(*, line_ids: Sequence[uuid.UUID], code: str, actor: str, reason: str, at: dt.datetime) -> ExpectedTransfer:
    """A person says which payment these unmatched lines are: together they must be it to the cent.

    Raises:
        TransferNotFound: nothing has this payment reference.
        LinesDoNotFit: another sum or currency, a line that is not unmatched any more, or a payment that is paid.
    """
    with transaction.atomic(durable=True):
        transfer = transfer_by_code(code)
        rows = list(BankLine.objects.select_for_update().filter(pk__in=line_ids, status=BankLineStatus.UNMATCHED).order_by("pk"))
        fits = len(rows) == len(set(line_ids)) and {row.currency for row in rows} == {transfer.currency}
        if not fits or sum(row.amount_minor for row in rows) != transfer.amount_minor or not _pay(transfer, at):
            raise LinesDoNotFit
        _move(rows, BankLineStatus.MATCHED, transfer=transfer, actor=actor, reason=reason, at=at)
    return transfer


def send_line_back(*, line_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> None:
    """The money of an unmatched line went back to where it came from.

    Raises:
        LinesDoNotFit: the line is not unmatched any more.
    """
    with transaction.atomic(durable=True):
        rows = list(BankLine.objects.select_for_update().filter(pk=line_id, status=BankLineStatus.UNMATCHED))
        if not rows:
            raise LinesDoNotFit
        _move(rows, BankLineStatus.RETURNED, transfer=None, actor=actor, reason=reason, at=at)


def _move(rows: Sequence[BankLine], status: str, *, transfer: ExpectedTransfer | None, actor: str, reason: str, at: dt.datetime) -> None:
    """Rows this transaction has locked or made, with their history."""
    BankLine.objects.filter(pk__in=[row.pk for row in rows]).update(status=status, transfer=transfer)
    write_changes(record_change(row, row.status, status, actor=actor, reason=reason[:200], at=at) for row in rows)
    for row in rows:
        row.status, row.transfer = status, transfer


def open_outgoing(*, transfer_key: str, key: str, refund: uuid.UUID, amount_minor: int) -> OutgoingTransfer:
    """Put a refund on the list of transfers to make, or find the one this key put there."""
    done = OutgoingTransfer.objects.filter(idempotency_key=key).first()
    if done is not None:
        return done
    try:
        with transaction.atomic(durable=True):
            transfer = transfer_by_key(transfer_key)
            left = ExpectedTransfer.objects.filter(pk=transfer.pk, status=Status.PAID, refunded_minor__lte=F("amount_minor") - amount_minor)
            if not left.update(refunded_minor=F("refunded_minor") + amount_minor):
                raise Refused("exceeds_payment")
            return OutgoingTransfer.objects.create(
                transfer=transfer, refund=refund, idempotency_key=key, amount_minor=amount_minor, currency=transfer.currency
            )
    except IntegrityError:
        return outgoing_by_key(key)


def outgoing_by_key(key: str) -> OutgoingTransfer:
    found = OutgoingTransfer.objects.filter(idempotency_key=key).first()
    if found is None:
        raise NotAtProvider
    return found


def settle_outgoing(*, outgoing_id: uuid.UUID, status: OutgoingStatus, actor: str, reason: str, at: dt.datetime) -> uuid.UUID:
    """Somebody has made the transfer, or cannot; returns the refund it is about. What cannot be made is not refunded here.

    Raises:
        TransferNotFound: there is no such transfer.
        LinesDoNotFit: it was settled before.
    """
    with transaction.atomic(durable=True):
        row = OutgoingTransfer.objects.select_for_update().filter(pk=outgoing_id).first()
        if row is None:
            raise TransferNotFound
        if row.status != OutgoingStatus.TO_MAKE:
            raise LinesDoNotFit
        OutgoingTransfer.objects.filter(pk=row.pk).update(status=status, settled_at=at)
        write_changes([record_change(row, row.status, status, actor=actor, reason=reason[:200], at=at)])
        if status == OutgoingStatus.IMPOSSIBLE:
            ExpectedTransfer.objects.filter(pk=row.transfer_id).update(refunded_minor=F("refunded_minor") - row.amount_minor)
    return row.refund


def due_notices(*, at: dt.datetime, limit: int = 100) -> list[ExpectedTransfer]:
    """Transfers that came in and of which nobody has been told yet."""
    return list(ExpectedTransfer.objects.filter(notify_at__lte=at).order_by("notify_at")[:limit])


def notice_body(transfer: ExpectedTransfer) -> bytes:
    """What is told of a transfer that came in; its id makes a second telling recognisable."""
    about = {"id": str(transfer.pk), "reference": str(transfer.attempt), "code": transfer.code}
    return json.dumps({"id": f"transfer_{transfer.pk.hex}", "type": "transfer.received", "payment": about}).encode()


def notice_delivered(transfer_id: uuid.UUID) -> None:
    with transaction.atomic(durable=True):
        ExpectedTransfer.objects.filter(pk=transfer_id).update(notify_at=None)
