"""Reads about deposits of merchants and their penalties."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from merchants.models import Violation
from payments.models import Deposit, DepositMovement, LedgerAccount, LedgerBalance
from payments.states import PenaltyStatus

Kind = LedgerAccount.Kind
Status = Violation.Status


@dataclass(frozen=True, slots=True)
class DepositView:
    """What is asked of a merchant, what is there, and what its balance could pay, in minor units."""

    required_minor: int
    paid_minor: int
    payable_minor: int
    currency: str

    @property
    def missing_minor(self) -> int:
        return max(self.required_minor - self.paid_minor, 0)

    @property
    def most_minor(self) -> int:
        """The most that can be paid now."""
        return max(min(self.missing_minor, self.payable_minor), 0)


def deposit_of(merchant_id: uuid.UUID) -> DepositView:
    """Two queries."""
    row = Deposit.objects.filter(merchant_id=merchant_id).first()
    currency = row.currency if row else settings.CURRENCY
    kept = LedgerBalance.objects.filter(
        account__merchant_id=merchant_id, account__currency=currency, account__kind__in=[Kind.DEPOSIT, Kind.PAYABLE]
    )
    found = dict(kept.values_list("account__kind", "available_minor"))
    return DepositView(row.required_minor if row else 0, found.get(Kind.DEPOSIT, 0), found.get(Kind.PAYABLE, 0), currency)


def movements_of(merchant_id: uuid.UUID) -> QuerySet[DepositMovement]:
    """Newest first."""
    return DepositMovement.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-pk")


def violations_with_penalty(merchant_id: uuid.UUID) -> QuerySet[Violation]:
    """A merchant's violations that cost something, as far as it knows of them, newest first, each with what was taken."""
    rows: QuerySet[Violation] = Violation.objects.filter(merchant_id=merchant_id, penalty_minor__gt=0)
    return rows.exclude(status__in=Violation.HIDDEN).select_related("taken_penalty").order_by("-opened_at", "-pk")


def undecided_penalties(merchant_id: uuid.UUID) -> int:
    """How many penalties may still be taken or have to go back."""
    return _undecided(merchant_id).count()


def has_undecided_penalty(merchant_id: uuid.UUID) -> bool:
    return _undecided(merchant_id).exists()


def _undecided(merchant_id: uuid.UUID) -> QuerySet[Violation]:
    waits = Q(taken_penalty=None, status__in=[Status.OPEN, Status.APPEALED, Status.UPHELD])
    goes_back = Q(taken_penalty__status=PenaltyStatus.TAKEN, status=Status.LIFTED)
    rows: QuerySet[Violation] = Violation.objects.filter(waits | goes_back, merchant_id=merchant_id, penalty_minor__gt=0)
    return rows
