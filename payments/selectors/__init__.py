"""Reads. Every balance shown anywhere is a sum over ledger entries."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.compiled import compiled
from payments.gateways import available_gateways
from payments.gateways.bank_transfer import BankTransferGateway
from payments.models import LedgerAccount, LedgerEntry, PaymentAttempt, Refund
from payments.postings import PostingKind
from payments.states import LIVE

__all__ = [
    "Balances",
    "StatementRow",
    "attempts_of",
    "available_gateways",
    "awaiting_transfer",
    "balances",
    "entries_of",
    "latest_attempt",
    "provider_clearing",
    "refunds_of",
    "statement",
]

Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class Balances:
    """What is a merchant's, in minor units: still in escrow, and owed to them (negative where refunds exceed it)."""

    held_minor: int
    payable_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One movement of a merchant's money; amounts are positive where it becomes more. `reference` is the merchant order."""

    at: dt.datetime
    kind: str
    label: str
    reference: uuid.UUID
    held_minor: int
    payable_minor: int
    currency: str


def balances(merchant_id: uuid.UUID, currency: str) -> Balances:
    """A merchant's balances from the ledger, in one query."""
    entries = LedgerEntry.objects.filter(account__merchant_id=merchant_id, account__currency=currency)
    sums = entries.aggregate(
        held=Sum("amount_minor", filter=Q(account__kind=Kind.HELD), default=0),
        payable=Sum("amount_minor", filter=Q(account__kind=Kind.PAYABLE), default=0),
    )
    return Balances(-sums["held"], -sums["payable"], currency)


def currencies_of(merchant_id: uuid.UUID) -> list[str]:
    """The currencies a merchant has been paid in, by code, in one query."""
    accounts = LedgerAccount.objects.filter(merchant_id=merchant_id, kind__in=[Kind.HELD, Kind.PAYABLE])
    return sorted(set(accounts.values_list("currency", flat=True)))


def statement(merchant_id: uuid.UUID, currency: str, limit: int = 100) -> list[StatementRow]:
    """The last movements of a merchant's money, newest first, in one query."""
    entries = LedgerEntry.objects.filter(account__merchant_id=merchant_id, account__currency=currency)
    rows = (
        entries.values("transaction_id", "transaction__created_at", "transaction__kind", "transaction__reference", "part")
        .annotate(
            held=Sum("amount_minor", filter=Q(account__kind=Kind.HELD), default=0),
            payable=Sum("amount_minor", filter=Q(account__kind=Kind.PAYABLE), default=0),
        )
        .order_by("-transaction__created_at", "-transaction_id", "part")[:limit]
    )
    return [_statement_row(row, currency) for row in rows]


def _statement_row(row: Mapping[str, Any], currency: str) -> StatementRow:
    kind = str(row["transaction__kind"])
    values: dict[str, object] = dict(PostingKind.choices)
    return StatementRow(
        at=row["transaction__created_at"],
        kind=kind,
        label=str(values.get(kind, kind)),
        reference=row["part"] or row["transaction__reference"],
        held_minor=-row["held"],
        payable_minor=-row["payable"],
        currency=currency,
    )


def entries_of(reference: uuid.UUID) -> QuerySet[LedgerEntry]:
    """Entries of a purchase, or of one merchant order, oldest first."""
    rows = LedgerEntry.objects.select_related("transaction", "account")
    return rows.filter(Q(transaction__reference=reference) | Q(part=reference)).order_by("pk")


def provider_clearing(reference: uuid.UUID) -> int:
    """Provider clearing of a purchase in minor units, debit positive; zero when no money is on its way."""
    rows = LedgerEntry.objects.filter(transaction__reference=reference, account__kind=Kind.PROVIDER_CLEARING)
    return int(rows.aggregate(total=Sum("amount_minor", default=0))["total"])


def attempts_of(reference: uuid.UUID) -> QuerySet[PaymentAttempt]:
    """A purchase's payment attempts, newest first."""
    return PaymentAttempt.objects.filter(reference=reference).order_by("-created_at", "-pk")


def latest_attempt(reference: uuid.UUID) -> PaymentAttempt | None:
    """The attempt that has the money or may still get it, else the newest."""
    rows = _newest_first(reference)
    return next((row for row in rows if row.status != "failed"), rows[0] if rows else None)


@compiled
def _newest_first(reference: uuid.UUID) -> QuerySet[PaymentAttempt]:
    return attempts_of(reference)


def awaiting_transfer(references: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these purchases for which a bank transfer is awaited, in one statement."""
    open_ones = PaymentAttempt.objects.filter(reference__in=references, gateway=BankTransferGateway.code, status__in=LIVE)
    return set(open_ones.values_list("reference", flat=True))


def refunds_of(reference: uuid.UUID) -> QuerySet[Refund]:
    """Refunds of a merchant order, or of a whole purchase, newest first."""
    return Refund.objects.filter(Q(reference=reference) | Q(attempt__reference=reference)).select_related("attempt").order_by("-created_at")
