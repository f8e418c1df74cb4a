"""The regular look at everything that must never exist."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from core import invariants
from core.models import InvariantCheck, OutboxEvent
from core.postgresql.patience import patience

pytestmark = pytest.mark.django_db
DEAD = {"name": "Tried", "payload": {}, "attempts": 12}


def dead_event(at: dt.datetime) -> OutboxEvent:
    return OutboxEvent.objects.create(**DEAD, created_at=at, next_try_at=at, dead_at=at, last_error="no")


def look(at: dt.datetime) -> InvariantCheck:
    check = invariants.check_if_due(at=at)
    assert check is not None
    return check


def test_a_check_keeps_what_holds_and_what_does_not() -> None:
    at = timezone.now()
    assert look(at).broken == []
    dead_event(at)

    check = look(at + dt.timedelta(minutes=6))

    assert check.broken == ["invariant_no_dead_outbox_event"]
    assert (check.total, check.holding) == (len(invariants.names()), len(invariants.names()) - 1)
    assert invariants.last_check() == check


def test_it_is_told_once_of_each_set_of_broken_invariants() -> None:
    at = timezone.now()
    dead_event(at)

    for minutes in (0, 6, 12):
        invariants.check_if_due(at=at + dt.timedelta(minutes=minutes))

    assert InvariantCheck.objects.count() == 3
    told = OutboxEvent.objects.get(name="InvariantsBroken")
    assert told.payload == {"check_id": str(InvariantCheck.objects.earliest("created_at").pk), "names": "invariant_no_dead_outbox_event"}


def test_it_is_not_looked_again_before_it_is_due() -> None:
    at = timezone.now()
    first = look(at)

    assert invariants.check_if_due(at=at + dt.timedelta(seconds=299)) is None
    InvariantCheck.objects.filter(pk=first.pk).update(seconds="60")  # a large shop's takes its time, so it is seldom
    assert invariants.check_if_due(at=at + dt.timedelta(minutes=19)) is None
    assert invariants.check_if_due(at=at + dt.timedelta(minutes=20)) is not None


def test_checks_are_kept_for_a_month() -> None:
    at = timezone.now()
    invariants.check_if_due(at=at - dt.timedelta(days=31))

    invariants.check_if_due(at=at)

    assert InvariantCheck.objects.count() == 1


def test_patience_ends_with_its_block() -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    usual = limit()

    with patience():
        assert limit() == "10min"
    assert limit() == usual
