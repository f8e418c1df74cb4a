"""Whether a movement at the provider and a row of our books are the same: pure decisions of the reconciliation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from payments.gateways.base import ProviderMovement
from payments.models import ReconciliationDifference

Kind = ReconciliationDifference.Kind
# We settle after the provider has moved the money; what moved this much later is not what we settled. Covers the two clocks.
CLOCKS = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Ours:
    """A row of our books. `number` is its id, which the provider was told; `settled_at` is when it counted here, if it does."""

    movement: str
    number: str
    provider_id: str
    amount_minor: int
    currency: str
    status: str
    settled_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a ReconciliationDifference will say; equal ones are the same difference, also on the next run."""

    kind: str
    movement: str
    provider_id: str
    reference: str
    our_minor: int | None = None
    our_currency: str = ""
    our_status: str = ""
    their_minor: int | None = None
    their_currency: str = ""


@dataclass(slots=True)
class Sums:
    our_count: int = 0
    our_minor: int = 0
    their_count: int = 0
    their_minor: int = 0


@dataclass(slots=True)
class Findings:
    """What comparing a day has brought to light; sums are by movement and currency."""

    sums: dict[tuple[str, str], Sums] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    matched: set[tuple[str, str]] = field(default_factory=set)
    repaired: int = 0

    def see_theirs(self, theirs: ProviderMovement) -> None:
        sums = self._of(theirs.kind, theirs.currency)
        sums.their_count, sums.their_minor = sums.their_count + 1, sums.their_minor + theirs.amount_minor

    def see_ours(self, ours: Ours) -> None:
        sums = self._of(ours.movement, ours.currency)
        sums.our_count, sums.our_minor = sums.our_count + 1, sums.our_minor + ours.amount_minor

    def _of(self, movement: str, currency: str) -> Sums:
        return self.sums.setdefault((str(movement), currency), Sums())


def compare(ours: Ours | None, theirs: ProviderMovement, *, is_matched: bool) -> Difference | None:
    """How a movement at the provider differs from our row; `is_matched` when that row has found its movement before."""
    if ours is None:
        return _difference(Kind.MISSING_HERE, None, theirs)
    if is_matched or (ours.settled_at is not None and theirs.at > ours.settled_at + CLOCKS):
        return _difference(Kind.TWICE_THERE, ours, theirs)
    if ours.currency != theirs.currency:
        return _difference(Kind.CURRENCY_DIFFERS, ours, theirs)
    if ours.amount_minor != theirs.amount_minor:
        return _difference(Kind.AMOUNT_DIFFERS, ours, theirs)
    if ours.settled_at is None:
        return _difference(Kind.STATUS_DIFFERS, ours, theirs)
    return None


def missing_there(ours: Ours) -> Difference:
    """We have settled something the provider does not know."""
    return Difference(
        kind=str(Kind.MISSING_THERE),
        movement=ours.movement,
        provider_id=ours.provider_id,
        reference=ours.number,
        our_minor=ours.amount_minor,
        our_currency=ours.currency,
        our_status=ours.status,
    )


def _difference(kind: Kind, ours: Ours | None, theirs: ProviderMovement) -> Difference:
    return Difference(
        kind=str(kind),
        movement=str(theirs.kind),
        provider_id=theirs.provider_id,
        reference=ours.number if ours else theirs.reference,
        our_minor=ours.amount_minor if ours else None,
        our_currency=ours.currency if ours else "",
        our_status=ours.status if ours else "",
        their_minor=theirs.amount_minor,
        their_currency=theirs.currency,
    )
