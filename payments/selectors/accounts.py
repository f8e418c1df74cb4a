"""The ledger account by account: balances on a day, statements with a running balance. Everything is a sum over entries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from payments import chart
from payments.models import LedgerAccount, LedgerEntry


class Place(NamedTuple):
    """Where a page of a statement begins: after this entry."""

    at: dt.datetime
    entry: int


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account on a day, debit positive, in minor units."""

    account: LedgerAccount
    minor: int

    @property
    def debit_minor(self) -> int:
        return max(self.minor, 0)

    @property
    def credit_minor(self) -> int:
        return max(-self.minor, 0)


@dataclass(frozen=True, slots=True)
class KindBalance:
    """All accounts of one kind in one currency."""

    kind: str
    currency: str
    accounts: int
    minor: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry with what the account stood at after it, debit positive."""

    entry: LedgerEntry
    running_minor: int


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A page of an account's entries: opening + debits − credits of all pages = closing, to the cent."""

    opening_minor: int
    debit_minor: int
    credit_minor: int
    closing_minor: int
    lines: list[StatementLine]
    following: Place | None


def trial_balance(until: dt.datetime) -> list[AccountBalance]:
    """Every account with what was posted before that moment, in the order of the chart; all of them sum to zero per currency."""
    sums = dict(_before(until).order_by().values_list("account").annotate(minor=_total()))
    accounts = LedgerAccount.objects.filter(pk__in=sums).select_related("merchant")
    rows = [AccountBalance(account, sums[account.pk]) for account in accounts]
    return sorted(rows, key=lambda row: (row.account.currency, chart.place_of(row.account.kind), row.account.code))


def balances_by_kind(until: dt.datetime) -> list[KindBalance]:
    """The account chart with balances: one row per kind and currency, in the order of the chart."""
    sums = _before(until).order_by().values("account__kind", "account__currency")
    rows = [
        KindBalance(row["account__kind"], row["account__currency"], row["accounts"], row["minor"])
        for row in sums.annotate(minor=_total(), accounts=Count("account", distinct=True))
    ]
    return sorted(rows, key=lambda row: (row.currency, chart.place_of(row.kind)))


def account_statement(
    account_id: uuid.UUID, *, since: dt.datetime, until: dt.datetime, after: Place | None = None, limit: int = 50
) -> AccountStatement:
    """An account's entries posted in [since, until), oldest first, `limit` at a time from the place the page before gave."""
    inside = _entries(account_id).filter(at__gte=since, at__lt=until)
    opening = _sum(_entries(account_id).filter(at__lt=since))
    sums = inside.aggregate(debit=_total(filter=Q(amount_minor__gt=0), default=0), credit=_total(filter=Q(amount_minor__lt=0), default=0))
    rows = list(_from(inside, after).select_related("transaction").order_by("at", "pk")[: limit + 1])
    shown = rows[:limit]
    carried = opening + (_sum(inside) - _sum(_from(inside, after)) if after else 0)
    return AccountStatement(
        opening_minor=opening,
        debit_minor=sums["debit"],
        credit_minor=-sums["credit"],
        closing_minor=opening + sums["debit"] + sums["credit"],
        lines=list(_running(shown, carried)),
        following=Place(shown[-1].at, shown[-1].pk) if len(rows) > limit else None,
    )


def account_entries(account_id: uuid.UUID, *, since: dt.datetime, until: dt.datetime) -> Iterator[StatementLine]:
    """All lines of a statement, read in pieces, for files."""
    rows = _entries(account_id).filter(at__gte=since, at__lt=until).select_related("transaction").order_by("at", "pk")
    yield from _running(rows.iterator(2_000), _sum(_entries(account_id).filter(at__lt=since)))


def _running(entries: Iterator[LedgerEntry] | list[LedgerEntry], minor: int) -> Iterator[StatementLine]:
    for entry in entries:
        minor += entry.amount_minor
        yield StatementLine(entry, minor)


def _entries(account_id: uuid.UUID) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account=account_id)


def _before(until: dt.datetime) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(at__lt=until)


def _from(entries: QuerySet[LedgerEntry], after: Place | None) -> QuerySet[LedgerEntry]:
    """Those behind a place. The first condition is implied by the others; it lets the index begin there."""
    return entries.filter(Q(at__gt=after.at) | Q(at=after.at, pk__gt=after.entry), at__gte=after.at) if after else entries


def _total(**how: object) -> Cast:
    """A sum as the whole number it is; PostgreSQL's own sum of bigints is numeric."""
    return Cast(Sum(F("amount_minor"), **how), BigIntegerField())  # type: ignore[arg-type]


def _sum(entries: QuerySet[LedgerEntry]) -> int:
    return int(entries.aggregate(total=_total(default=0))["total"])
