"""Rules broken by merchants: made or confirmed by an operator, appealed once by the merchant, decided by the operator."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from core import outbox
from core.ids import uuid7
from core.states import move_to, record_change, write_changes
from merchants.errors import AppealTooLate, PenaltyInvalid, ViolationInvalid, ViolationNotFound
from merchants.events import ViolationMoved
from merchants.models import Measure, Merchant, Violation
from merchants.scorecard_rules import APPEAL_DAYS

LONGEST_RULE, LONGEST_TEXT, MOST_POINTS = 120, 2_000, 48
MOST_PENALTY_MINOR = 10**11
Status = Violation.Status


@transaction.atomic
def make_violation(
    *,
    merchant_id: uuid.UUID,
    measure: str = "",
    rule: str = "",
    reason: str,
    points: int,
    penalty_minor: int = 0,
    actor: str,
    at: dt.datetime,
) -> Violation:
    """Note that a merchant has broken a rule; it counts from now on and the merchant is told.

    Args:
        measure: the measure of the scorecard it is about, if any.
        rule: the rule in the operator's words; needed without a measure.
        points: 1 to 48.
        penalty_minor: in minor units of the marketplace's currency; taken once an appeal has failed or its time is over.

    Raises:
        ViolationNotFound: no such merchant.
        ViolationInvalid: neither measure nor rule, no reason, a text too long, or points out of range.
    """
    rule, reason = rule.strip(), reason.strip()
    _refuse_invalid(rule, reason, points, penalty_minor)
    if not (measure or rule) or not reason or (measure and measure not in Measure.values):
        raise ViolationInvalid
    if not Merchant.objects.filter(pk=merchant_id).exists():
        raise ViolationNotFound
    row = Violation(merchant_id=merchant_id, measure=measure, rule=rule, reason=reason, points=points, made_by=actor, created_at=at)
    row.penalty_minor = penalty_minor
    row.status, row.opened_at, row.appeal_by = Status.OPEN, at, _appeal_by(at)
    row.save(force_insert=True)
    write_changes([record_change(row, "", row.status, actor=actor, reason=reason[:200], at=at)])
    _tell(row)
    return row


@transaction.atomic
def confirm_violation(
    *, violation_id: uuid.UUID, points: int, reason: str, penalty_minor: int = 0, actor: str, at: dt.datetime
) -> Violation:
    """Put a proposed violation in force with these points and this penalty; the merchant is told.

    Raises:
        ViolationNotFound: there is none.
        ViolationInvalid: points out of range, or a reason too long.
        IllegalTransition, StaleState: it is not proposed any more.
    """
    reason = reason.strip()
    _refuse_invalid("", reason, points, penalty_minor)
    changes: dict[str, Any] = {"points": points, "penalty_minor": penalty_minor}
    row = _moved(violation_id, Status.OPEN, actor, reason, at, opened_at=at, appeal_by=_appeal_by(at), **changes)
    # Whoever has just moved it is alone with it; `reason` is the name of what move_to writes into the history.
    Violation.objects.filter(pk=row.pk).update(reason=reason)
    row.reason = reason
    return row


@transaction.atomic
def drop_violation(*, violation_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> Violation:
    """Do not pursue a proposed violation; its merchant never hears of it, and its month gets no other.

    Raises:
        ViolationNotFound, IllegalTransition, StaleState
    """
    return _moved(violation_id, Status.DROPPED, actor, reason, at, decision=_text(reason), decided_at=at)


@transaction.atomic
def appeal_violation(*, merchant_id: uuid.UUID, violation_id: uuid.UUID, text: str, actor: str, at: dt.datetime) -> Violation:
    """Say why it is not as the marketplace thinks; once, and within 14 days.

    Raises:
        ViolationNotFound: this merchant has none of this id.
        ViolationInvalid: no text, or one over 2,000 characters.
        AppealTooLate: its time is over.
        IllegalTransition, StaleState: it was appealed before, or has been decided.
    """
    row = _known(violation_id, merchant_id)
    said = _text(text)
    if row.status == Status.OPEN and row.appeal_by is not None and at > row.appeal_by:
        raise AppealTooLate
    return _moved(violation_id, Status.APPEALED, actor, said, at, appeal=said, appealed_at=at)


@transaction.atomic
def uphold_violation(*, violation_id: uuid.UUID, text: str, actor: str, at: dt.datetime) -> Violation:
    """Reject an appeal, with the reason the merchant reads; raises like lift_violation."""
    return _moved(violation_id, Status.UPHELD, actor, text, at, decision=_text(text), decided_at=at)


@transaction.atomic
def lift_violation(*, violation_id: uuid.UUID, text: str, actor: str, at: dt.datetime) -> Violation:
    """Take a violation back, appealed or not; its points are gone and the merchant is told why.

    Raises:
        ViolationNotFound: there is none.
        ViolationInvalid: no text, or one over 2,000 characters.
        IllegalTransition, StaleState: it is not in force, or has been decided.
    """
    return _moved(violation_id, Status.LIFTED, actor, text, at, decision=_text(text), decided_at=at)


def _refuse_invalid(rule: str, reason: str, points: int, penalty_minor: int) -> None:
    if not 0 <= penalty_minor <= MOST_PENALTY_MINOR:
        raise PenaltyInvalid
    if len(rule) > LONGEST_RULE or len(reason) > LONGEST_TEXT or "\x00" in rule + reason or not 1 <= points <= MOST_POINTS:
        raise ViolationInvalid


def _text(text: str) -> str:
    said = text.strip()
    if not 1 <= len(said) <= LONGEST_TEXT or "\x00" in said:
        raise ViolationInvalid
    return said


def _appeal_by(at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(days=APPEAL_DAYS)


def _known(violation_id: uuid.UUID, merchant_id: uuid.UUID | None = None) -> Violation:
    rows = Violation.objects.filter(pk=violation_id)
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id).exclude(status__in=Violation.HIDDEN)
    row: Violation | None = rows.first()
    if row is None:
        raise ViolationNotFound
    return row


def _moved(violation_id: uuid.UUID, status: str, actor: str, why: str, at: dt.datetime, **changes: Any) -> Violation:
    row = _known(violation_id)
    # Two who act at the same moment meet in move_to's UPDATE, which one of them wins.
    move_to(row, status, actor=actor, at=at, reason=why[:200], **changes)
    if status != Status.DROPPED:
        _tell(row)
    return row


def _tell(row: Violation) -> None:
    outbox.publish(ViolationMoved(violation_id=str(row.pk), to_status=row.status, occasion=str(uuid7())))
