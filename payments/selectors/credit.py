from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core.compiled import compiled, first
from payments.models import LedgerAccount, LedgerBalance, LedgerEntry, StoreCreditGrant
from payments.postings import Leg, PostingKind
from payments.services import ledger

Kind = LedgerAccount.Kind


def available(*, kind: LedgerAccount.Kind, owner: uuid.UUID, currency: str) -> int:
    """What is on a store credit or gift card account now, in minor units, for pages; whoever spends asks the floor."""
    found: int | None = first(_available(ledger.account_id(Leg(kind, 0, str(owner)), currency)))
    return found or 0


@compiled
def _available(account_id: uuid.UUID) -> QuerySet[Any]:
    return LedgerBalance.objects.filter(account=account_id).values_list("available_minor", flat=True)


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One movement of a member's store credit, positive where it becomes more, and the balance after it. `reason` is the operator's."""

    at: dt.datetime
    kind: str
    label: str
    reference: uuid.UUID
    amount_minor: int
    balance_minor: int
    reason: str


def credit_balance(user_id: uuid.UUID, currency: str) -> int:
    """A member's store credit in minor units."""
    return available(kind=Kind.STORE_CREDIT, owner=user_id, currency=currency)


def credit_currencies(user_id: uuid.UUID) -> list[str]:
    """Currencies in which a member has, or had, store credit."""
    prefix = f"{Kind.STORE_CREDIT.value}:{user_id}:"
    return list(LedgerAccount.objects.filter(code__startswith=prefix).order_by("currency").values_list("currency", flat=True))


def credit_history(user_id: uuid.UUID, currency: str, limit: int = 100) -> list[CreditRow]:
    """The last movements of a member's store credit, newest first, from the ledger's entries; three statements."""
    entries = LedgerEntry.objects.filter(account__code=f"{Kind.STORE_CREDIT.value}:{user_id}:{currency}")
    rows = list(entries.select_related("transaction").order_by("-pk")[:limit])
    reasons = dict(StoreCreditGrant.objects.filter(pk__in=[row.transaction.reference for row in rows]).values_list("pk", "reason"))
    balance = credit_balance(user_id, currency) if rows else 0
    labels: dict[str, object] = dict(PostingKind.choices)
    history = []
    for row in rows:
        kind, reference = row.transaction.kind, row.transaction.reference
        label = str(labels.get(kind, kind))
        history.append(
            CreditRow(row.transaction.created_at, kind, label, reference, -row.amount_minor, balance, reasons.get(reference, ""))
        )
        balance += row.amount_minor
    return history
