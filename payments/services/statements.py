"""Closing a period of a merchant's payable account: one statement with every entry no other has, and the payout of what is left.

The row of the payable balance is locked first. Every posting to the account writes that row, so nothing comes between reading the
balance and taking the entries, and opening + lines = closing = the ledger's own balance.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import connection, transaction

from core.ids import uuid7
from payments import gateways, payout_rules, postings
from payments.models import BankAccount, LedgerAccount, LedgerBalance, Payout, PayoutSchedule, PayoutStatement
from payments.payout_selectors import usable_account
from payments.postings import PostingKind
from payments.services import ledger

PAYABLE = LedgerAccount.Kind.PAYABLE
_UNTAKEN = """
FROM payments_ledgerentry e
JOIN payments_ledgeraccount a ON a.id = e.account_id AND a.kind = 'payable' AND a.merchant_id = %(merchant)s AND a.currency = %(currency)s
JOIN payments_ledgertransaction t ON t.id = e.transaction_id
WHERE NOT EXISTS (SELECT FROM payments_statementline l WHERE l.entry_id = e.id)
"""
_SUM = f"SELECT count(*), coalesce(-sum(e.amount_minor), 0)::bigint, min(t.created_at) {_UNTAKEN}"
_TAKE = f"INSERT INTO payments_statementline (statement_id, entry_id) SELECT %(statement)s, e.id {_UNTAKEN} ORDER BY e.id"


class BooksDisagree(RuntimeError):
    """Opening and lines do not give the ledger's balance: somebody wrote past the services, and nothing must be paid on it."""


def currencies_of(merchant_id: uuid.UUID) -> list[str]:
    """Currencies in which a merchant has ever been owed something, in the order in which their rows are locked."""
    owed = LedgerBalance.objects.filter(account__kind=PAYABLE, account__merchant_id=merchant_id)
    return list(owed.order_by("account_id").values_list("account__currency", flat=True))


def close_period(
    *, schedule: PayoutSchedule, currency: str, due_at: dt.datetime, at: dt.datetime, minimum_minor: int | None = None
) -> PayoutStatement | None:
    """Close what is open of a merchant's account in a currency and pay the balance out if it may be; None where nothing happened.

    Call it in a transaction that holds the schedule's row: it hands out the number. `minimum_minor` takes the schedule's place.

    Raises:
        BooksDisagree: the entries do not add up to the balance; nothing was written.
    """
    with transaction.atomic():
        balance = ledger.locked_balance(kind=PAYABLE, owner=schedule.merchant_id, currency=currency)
        account = usable_account(schedule.merchant_id, at)
        least = minimum_minor if minimum_minor is not None else _minimum(schedule, currency)
        carried = payout_rules.reason_to_carry(
            balance_minor=balance, minimum_minor=least, has_account=account is not None, is_paused=schedule.is_paused
        )
        payout = _payout(schedule, account, balance, currency, at) if account is not None and not carried else None
        if payout is not None:
            ledger.post(posting=postings.payout(payout, PostingKind.PAYOUT), at=at)
            balance -= payout.amount_minor
        statement = _statement(schedule, currency, carried, due_at, at, balance)
        if payout is not None and statement is not None:
            payout.statement = statement
            payout.save(force_insert=True)
        return statement


def _minimum(schedule: PayoutSchedule, currency: str) -> int:
    return payout_rules.minimum_in(currency, minimum_minor=schedule.minimum_minor, settled_in=settings.CURRENCY)


def _payout(schedule: PayoutSchedule, account: BankAccount, amount_minor: int, currency: str, at: dt.datetime) -> Payout | None:
    way = gateways.transfer_gateway_for(account)
    if way is None:
        return None
    payout_id = uuid7()
    return Payout(
        id=payout_id,
        created_at=at,
        merchant_id=schedule.merchant_id,
        account=account,
        amount_minor=amount_minor,
        currency=currency,
        gateway=way.code,
        destination=account.connected_account or account.hint,
        idempotency_key=payout_id.hex,
        next_poll_at=at,
    )


def _statement(
    schedule: PayoutSchedule, currency: str, carried: str, due_at: dt.datetime, at: dt.datetime, balance: int
) -> PayoutStatement | None:
    values = {"merchant": str(schedule.merchant_id), "currency": currency}
    with connection.cursor() as cursor:
        cursor.execute(_SUM, values)
        count, moved, first_at = cursor.fetchone()
    if not count:
        return None
    before = PayoutStatement.objects.filter(merchant_id=schedule.merchant_id, currency=currency).order_by("-number").first()
    opening = before.closing_minor if before else 0
    if opening + moved != balance:
        raise BooksDisagree(f"{schedule.merchant_id} {currency}: {opening} + {moved} is not {balance}")
    start = before.period_end if before else min(first_at, at)
    schedule.last_number += 1
    schedule.save(update_fields=["last_number"])
    statement = PayoutStatement.objects.create(
        created_at=at,
        merchant_id=schedule.merchant_id,
        currency=currency,
        number=schedule.last_number,
        due_at=due_at,
        period_start=start,
        period_end=max(at, start),
        opening_minor=opening,
        closing_minor=balance,
        carried=carried,
    )
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {**values, "statement": str(statement.pk)})
    return statement
