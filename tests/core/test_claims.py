"""Taking due rows: each to one worker, in order, and due again where its worker dies."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from core.claims import claimed, each_claimed
from core.models import OutboxEvent

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE = dt.timedelta(seconds=30)


def make_due(*names: str) -> dt.datetime:
    now = timezone.now()
    for number, name in enumerate(names):
        OutboxEvent.objects.create(name=name, payload={}, next_try_at=now - dt.timedelta(seconds=len(names) - number))
    return now


def due(at: dt.datetime) -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(next_try_at__lte=at).order_by("next_try_at")


def later(at: dt.datetime) -> Callable[[OutboxEvent], dict[str, Any]]:
    return lambda event: {"next_try_at": at + PAUSE, "attempts": event.attempts + 1}


def test_each_due_row_is_handed_out_once_and_in_order() -> None:
    now = make_due("first", "second", "third")
    seen: list[str] = []

    counts = [each_claimed(due(now), 2, later(now), lambda event: seen.append(event.name)) for _ in range(3)]

    assert (counts, seen) == ([2, 1, 0], ["first", "second", "third"])


def test_what_another_worker_is_taking_is_passed_over() -> None:
    now = make_due("first", "second")
    elsewhere = connection.copy()
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM core_outboxevent WHERE name = 'first' FOR UPDATE")
            assert [event.name for event in claimed(due(now), 5, later(now))] == ["second"]
    finally:
        elsewhere.close()


def test_a_row_whose_worker_dies_is_due_again_and_nobody_waits_for_its_lock() -> None:
    now = make_due("first")

    for event in claimed(due(now), 5, later(now)):
        assert OutboxEvent.objects.select_for_update(nowait=True).filter(attempts=event.attempts).count() == 1
        break

    assert not due(now).exists()
    assert due(now + PAUSE).get().attempts == 1
