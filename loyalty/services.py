"""Writes of loyalty. Every change of a lot is an entry; lots are locked in primary-key order, debts after lots."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from core import outbox
from core.ids import uuid7
from loyalty.errors import InsufficientPoints, InvalidPoints
from loyalty.events import PointsClawedBack, PointsEarned, PointsExpired
from loyalty.models import PointsDebt, PointsEntry, PointsLot
from loyalty.rules import MINIMUM_LIFE_AFTER_RETURN, Debit, Open, current_terms, spend

Kind = PointsEntry.Kind
MAX_POINTS = 1_000_000_000


@transaction.atomic
def earn(*, user_id: uuid.UUID, points: int, reference: uuid.UUID, rule: str, at: dt.datetime) -> PointsLot | None:
    """Give points for something, once per rule and reference; None when there are none to give.

    A debt is paid off from them first.

    Raises:
        InvalidPoints: negative or absurdly many.
    """
    if not 0 <= points <= MAX_POINTS:
        raise InvalidPoints
    if not points:
        return None
    fields = {
        "user_id": user_id,
        "earned": points,
        "remaining": points,
        "expires_at": at + dt.timedelta(days=current_terms().lifetime_days),
        "created_at": at,
    }
    lot, is_new = PointsLot.objects.get_or_create(rule=rule, reference=reference, defaults=fields)
    if is_new:
        _write([(lot, points)], Kind.EARN, reference, at)
        outbox.publish(PointsEarned(user_id=str(user_id), points=points, reference=str(reference), key=f"earn:{lot.pk}"))
        _pay_debt(lot, at)
    return lot


def _pay_debt(lot: PointsLot, at: dt.datetime) -> None:
    """Settle what was taken back after it had been spent; these points left the books only now."""
    owed = PointsDebt.objects.select_for_update().filter(user_id=lot.user_id, points__gt=0).first()
    if owed is None:
        return
    paid = min(owed.points, lot.remaining)
    PointsDebt.objects.filter(pk=owed.pk).update(points=F("points") - paid)
    _debit([lot], [Debit(lot.pk, paid)], Kind.ADJUST, lot.reference, at)
    _publish_taken(lot.user_id, paid, lot.reference, key=f"debt:{lot.pk}")


@transaction.atomic
def redeem(*, user_id: uuid.UUID, shares: Mapping[uuid.UUID, int], at: dt.datetime) -> int:
    """Spend points, from the lots that expire first; returns how many. All shares or none, and once per reference.

    Call it before stock is reserved: lots are locked before stock rows everywhere.

    Args:
        shares: reference (merchant order) → points.

    Raises:
        InsufficientPoints: there are not that many that have not expired.
        InvalidPoints: a share is negative.
    """
    if any(points < 0 for points in shares.values()):
        raise InvalidPoints
    wanted = sum(shares.values())
    if not wanted:
        return 0
    lots = _locked(PointsLot.objects.filter(user_id=user_id, remaining__gt=0, expires_at__gt=at))
    if PointsEntry.objects.filter(reference__in=shares, user_id=user_id, kind=Kind.REDEEM).exists():
        return 0
    available = sum(lot.remaining for lot in lots)
    if available < wanted:
        raise InsufficientPoints(available=available)
    for reference, points in sorted(shares.items()):
        _debit(lots, spend(_open(lots), points), Kind.REDEEM, reference, at)
    return wanted


@transaction.atomic
def give_back(*, reference: uuid.UUID, at: dt.datetime, points: int | None = None, key: uuid.UUID | None = None) -> int:
    """Return what was spent on a merchant order to the lots it came from; returns how many points, 0 the second time.

    Returned points live at least 30 days more. Lots that expire last get theirs first, as they were spent last.

    Args:
        points: a part of them, once per `key` (the case or refund it belongs to); None is all that has not gone back yet.

    Raises:
        InvalidPoints: negative, or more than is left of what was spent.
    """
    entries = PointsEntry.objects.filter(reference=reference, kind__in=[Kind.REDEEM, Kind.ROLLBACK])
    lots = _locked(PointsLot.objects.filter(pk__in=entries.values("lot_id")))
    if not lots or (key is not None and entries.filter(kind=Kind.ROLLBACK, cause=key).exists()):
        return 0
    left = dict(entries.values_list("lot_id").annotate(points=-Sum("delta")))
    back = _returned(lots, left, sum(left.values()) if points is None else points)
    if not back:
        return 0
    for lot, returned in back:
        lot.remaining += returned
        lot.expires_at = max(lot.expires_at, at + MINIMUM_LIFE_AFTER_RETURN)
    PointsLot.objects.bulk_update([lot for lot, _ in back], ["remaining", "expires_at"])
    _write(back, Kind.ROLLBACK, reference, at, key)
    return sum(returned for _, returned in back)


def _returned(lots: Iterable[PointsLot], left: Mapping[uuid.UUID, int], points: int) -> list[tuple[PointsLot, int]]:
    """Which lots get how many points back."""
    if not 0 <= points <= sum(left.values()):
        raise InvalidPoints
    back = []
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.pk), reverse=True):
        returned = min(points, left[lot.pk])
        points -= returned
        if returned:
            back.append((lot, returned))
    return back


@transaction.atomic
def claw_back(*, reference: uuid.UUID, at: dt.datetime, points: int | None = None, key: uuid.UUID | None = None) -> int:
    """Take back what was earned under a reference; returns how many points were owed, 0 the second time.

    They come from the lot they made, then from the person's other lots, earliest expiry first. What has been spent already
    becomes a debt that the next points earned pay off, so a balance is never below zero. Points that expired are not owed.

    Args:
        points: a part of them, once per `key` (the case or refund it belongs to); None, or more than there are, is all that is left.
    """
    user_id = PointsLot.objects.filter(reference=reference).values_list("user_id", flat=True).first()
    lots = _locked(PointsLot.objects.filter(Q(reference=reference) | Q(user_id=user_id, remaining__gt=0, expires_at__gt=at)))
    own = [lot for lot in lots if lot.reference == reference]
    if not own or PointsEntry.objects.filter(reference=reference, kind=Kind.CLAW_BACK, cause=key).exists():
        return 0
    owed = _owed(own, points)
    debits = spend(_open(own), owed)
    others = [lot for lot in lots if lot.reference != reference]
    debits += spend(_open(others), owed - sum(debit.points for debit in debits))
    # The entry is also the mark that this was done, so there is one even when every point had been spent.
    _debit(lots, debits or [Debit(own[0].pk, 0)], Kind.CLAW_BACK, reference, at, key)
    taken = sum(debit.points for debit in debits)
    _add_debt(own[0].user_id, owed - taken)
    _publish_taken(own[0].user_id, taken, reference, key=f"claw_back:{key or reference}")
    return owed


def _owed(own: Sequence[PointsLot], points: int | None) -> int:
    """How many of the asked points the person owes; notes on the lots that they were asked back."""
    expired = -_sum_of(PointsEntry.objects.filter(lot__in=own, kind=Kind.EXPIRE))
    left = sum(lot.earned - lot.clawed for lot in own)
    asked = left if points is None else min(max(points, 0), left)
    rest = asked
    for lot in own:
        part = min(lot.earned - lot.clawed, rest)
        lot.clawed += part
        rest -= part
    PointsLot.objects.bulk_update(own, ["clawed"])
    return max(min(asked, left - expired), 0)


def _add_debt(user_id: uuid.UUID, points: int) -> None:
    if points > 0:
        PointsDebt.objects.get_or_create(user_id=user_id)
        PointsDebt.objects.filter(user_id=user_id).update(points=F("points") + points)


def expire_points(*, at: dt.datetime, limit: int = 1_000) -> int:
    """Sweep: end the lots whose time has come, one per transaction; returns how many. Several sweeps may run at once."""
    due = PointsLot.objects.filter(remaining__gt=0, expires_at__lte=at).order_by("expires_at").values_list("pk", flat=True)
    return sum(_expire(lot_id, at) for lot_id in list(due[:limit]))


@transaction.atomic
def _expire(lot_id: uuid.UUID, at: dt.datetime) -> bool:
    """A lot that was spent, or given a longer life, while this waited for its lock is left alone."""
    lots = _locked(PointsLot.objects.filter(pk=lot_id, remaining__gt=0, expires_at__lte=at))
    for lot in lots:
        points = lot.remaining
        # A lot that points were returned to can expire twice, so each expiry is an occasion of its own.
        occasion = uuid7()
        _debit([lot], [Debit(lot.pk, points)], Kind.EXPIRE, occasion, at)
        outbox.publish(PointsExpired(user_id=str(lot.user_id), points=points, lot_id=str(lot.pk), key=f"expire:{occasion}"))
    return bool(lots)


def _locked(lots: QuerySet[PointsLot]) -> list[PointsLot]:
    return list(lots.order_by("pk").select_for_update(no_key=True))


def _open(lots: Iterable[PointsLot]) -> list[Open]:
    return [Open(lot.pk, lot.expires_at, lot.remaining) for lot in lots]


def _debit(
    lots: Collection[PointsLot],
    debits: Collection[Debit],
    kind: str,
    reference: uuid.UUID,
    at: dt.datetime,
    cause: uuid.UUID | None = None,
) -> None:
    """Take points from lots this transaction has locked."""
    by_id = {lot.pk: lot for lot in lots}
    for debit in debits:
        by_id[debit.lot_id].remaining -= debit.points
    PointsLot.objects.bulk_update([by_id[debit.lot_id] for debit in debits], ["remaining"])
    _write([(by_id[debit.lot_id], -debit.points) for debit in debits], kind, reference, at, cause)


def _write(
    changes: Iterable[tuple[PointsLot, int]], kind: str, reference: uuid.UUID, at: dt.datetime, cause: uuid.UUID | None = None
) -> None:
    PointsEntry.objects.bulk_create(
        PointsEntry(user_id=lot.user_id, lot=lot, kind=kind, delta=delta, reference=reference, cause=cause, created_at=at)
        for lot, delta in changes
    )


def _publish_taken(user_id: uuid.UUID, points: int, reference: uuid.UUID, *, key: str) -> None:
    if points:
        outbox.publish(PointsClawedBack(user_id=str(user_id), points=points, reference=str(reference), key=key))


def _sum_of(entries: QuerySet[PointsEntry]) -> int:
    return entries.aggregate(points=Sum("delta"))["points"] or 0
