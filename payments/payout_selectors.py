"""Reads about payouts: what a merchant will be paid, what they were, and every line that led there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from payments import gateways, payout_rules
from payments.models import BankAccount, LedgerAccount, LedgerEntry, Payout, PayoutSchedule, PayoutStatement
from payments.postings import PostingKind

Kind = LedgerAccount.Kind
SHOWN = (Kind.HELD, Kind.PAYABLE, Kind.RESERVED)
FEES = (Kind.COMMISSION, Kind.COMMISSION_TAX)


@dataclass(frozen=True, slots=True)
class Funds:
    """A merchant's money in one currency, in minor units, and what the next payout would be. `carried` says why it would be none."""

    currency: str
    held_minor: int
    payable_minor: int
    reserved_minor: int
    next_minor: int
    carried: str

    @property
    def carried_label(self) -> str:
        return str(PayoutStatement.Carried(self.carried).label)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line of a statement: what happened to which order. gross + fee = net; positive is the merchant's."""

    at: dt.datetime
    kind: str
    label: str
    reference: uuid.UUID | None
    gross_minor: int
    fee_minor: int
    net_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class BalanceDay:
    """What a merchant had at the end of a day."""

    day: dt.date
    held_minor: int
    payable_minor: int
    reserved_minor: int


def funds(merchant_id: uuid.UUID, schedule: PayoutSchedule | None, at: dt.datetime) -> list[Funds]:
    """Balances per currency with the next payout, the settlement currency first; two queries."""
    entries = LedgerEntry.objects.filter(account__merchant_id=merchant_id, account__kind__in=SHOWN)
    sums = {kind.value: -Coalesce(Sum("amount_minor", filter=Q(account__kind=kind)), 0) for kind in SHOWN}
    rows: list[Any] = list(entries.values("currency").annotate(**sums).order_by("currency"))
    rows = rows or [{"currency": settings.CURRENCY, **dict.fromkeys((kind.value for kind in SHOWN), 0)}]
    moment = schedule.next_payout_at if schedule else at
    has_account = usable_account(merchant_id, moment) is not None
    found = [_funds(row, schedule, has_account=has_account) for row in rows]
    return sorted(found, key=lambda one: (one.currency != settings.CURRENCY, one.currency))


def _funds(row: Mapping[str, Any], schedule: PayoutSchedule | None, *, has_account: bool) -> Funds:
    minimum = schedule.minimum_minor if schedule else settings.PAYOUT_MINIMUM_MINOR
    carried = payout_rules.reason_to_carry(
        balance_minor=row["payable"],
        minimum_minor=payout_rules.minimum_in(row["currency"], minimum_minor=minimum, settled_in=settings.CURRENCY),
        has_account=has_account,
        is_paused=bool(schedule and schedule.is_paused),
    )
    return Funds(row["currency"], row["held"], row["payable"], row["reserved"], 0 if carried else row["payable"], carried)


def balance_by_day(merchant_id: uuid.UUID, currency: str, *, until: dt.datetime, days: int) -> list[BalanceDay]:
    """Held, payable and reserved at the end of each of the last days, oldest first; two queries."""
    entries = LedgerEntry.objects.filter(account__merchant_id=merchant_id, currency=currency, account__kind__in=SHOWN)
    first = (until - dt.timedelta(days=days - 1)).date()
    moved = entries.annotate(day=TruncDate("transaction__created_at")).values("day", "account__kind").annotate(minor=-Sum("amount_minor"))
    by_day: dict[tuple[dt.date, str], int] = {}
    for row in moved:
        key = (max(row["day"], first - dt.timedelta(days=1)), row["account__kind"])
        by_day[key] = by_day.get(key, 0) + row["minor"]
    wanted = [first + dt.timedelta(days=back) for back in range(-1, days)]
    columns = {kind: list(accumulate(by_day.get((day, kind.value), 0) for day in wanted)) for kind in SHOWN}
    return [
        BalanceDay(day, columns[Kind.HELD][index], columns[Kind.PAYABLE][index], columns[Kind.RESERVED][index])
        for index, day in enumerate(wanted)
    ][1:]


def statement_rows(statement: PayoutStatement) -> list[StatementRow]:
    """The lines of a statement, oldest first, each with the balance after it; opening + nets = closing. One query."""
    fees = LedgerEntry.objects.filter(transaction=OuterRef("transaction"), part=OuterRef("part"), account__kind__in=FEES).order_by()
    fee = fees.values("transaction").annotate(n=Sum("amount_minor")).values("n")
    entries = LedgerEntry.objects.filter(statement_line__statement=statement).annotate(fee=Coalesce(Subquery(fee), 0))
    rows = entries.order_by("transaction__created_at", "pk").values(
        "transaction__created_at", "transaction__kind", "part", "amount_minor", "fee"
    )
    return list(_with_balances(statement.opening_minor, rows))


def _with_balances(opening: int, rows: Iterable[Mapping[str, Any]]) -> Iterable[StatementRow]:
    labels: dict[str, Any] = dict(PostingKind.choices)
    balance = opening
    for row in rows:
        net, kind = -row["amount_minor"], row["transaction__kind"]
        balance += net
        label = str(labels.get(kind, kind))
        yield StatementRow(row["transaction__created_at"], kind, label, row["part"], net - row["fee"], row["fee"], net, balance)


def failure_text(code: str) -> str:
    """Why a payout failed, in words for the merchant."""
    known = {
        "account_closed": _("The bank says that the account is closed."),
        "returned": _("The bank has sent the money back."),
        "lost": _("The payment never reached the bank."),
    }
    return str(known.get(code) or _("The bank has refused the payment."))


def statements_of(merchant_id: uuid.UUID) -> QuerySet[PayoutStatement]:
    """A merchant's statements with their payouts, newest first."""
    return PayoutStatement.objects.filter(merchant_id=merchant_id).select_related("payout").order_by("-number")


def payouts_of(merchant_id: uuid.UUID) -> QuerySet[Payout]:
    """A merchant's payouts with their statements, newest first."""
    return Payout.objects.filter(merchant_id=merchant_id).select_related("statement").order_by("-pk")


def current_account(merchant_id: uuid.UUID) -> BankAccount | None:
    """Where the merchant is, or will be, paid to."""
    found: BankAccount | None = BankAccount.objects.filter(merchant_id=merchant_id, replaced_at__isnull=True).first()
    return found


def usable_account(merchant_id: uuid.UUID, at: dt.datetime) -> BankAccount | None:
    """The account a merchant may be paid to at that moment, if there is a way to it."""
    current = BankAccount.objects.filter(merchant_id=merchant_id, replaced_at__isnull=True, usable_from__lte=at)
    found: BankAccount | None = current.first()
    return found if found is not None and gateways.transfer_gateway_for(found) is not None else None


def former_accounts(merchant_id: uuid.UUID) -> QuerySet[BankAccount]:
    """Accounts that were replaced, the last one first."""
    return BankAccount.objects.filter(merchant_id=merchant_id, replaced_at__isnull=False).order_by("-replaced_at")
