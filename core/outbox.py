"""The transactional outbox: facts go into a table with the change that made them true; a relay hands them to handlers.

The broker is only the doorbell. Losing it, or every message in it, loses nothing: the relay is also run by beat.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.doorbell import ring
from core.models import OutboxEvent, OutboxReceipt
from core.postgresql.statements import Prepared

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
RELAY = "core.tasks.relay_outbox"
# By hand, because every purchase writes several and Django takes longer to compose an INSERT than the database to run it.
_PUBLISH = Prepared(
    """
INSERT INTO core_outboxevent (name, payload, created_at, next_try_at, attempts, last_error)
SELECT name, payload::jsonb, %(now)s, %(now)s, 0, '' FROM unnest(%(names)s::text[], %(payloads)s::text[]) AS e(name, payload)
"""
)
E = TypeVar("E", bound="Event")
Handler = Callable[[Any], None]
_handlers: dict[str, list[tuple[str, type[Event], Handler]]] = {}


class OutsideTransaction(RuntimeError):
    """An event was published outside the transaction that makes it true."""


@dataclasses.dataclass(frozen=True)
class Event:
    """Base of events: past tense, plain values only (str, int, bool, None, lists and dicts of them)."""


def publish(*events: Event) -> None:
    """Record events in the current transaction, in one statement.

    Raises:
        OutsideTransaction: there is no transaction, so the events could be recorded without their cause.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(", ".join(type(event).__name__ for event in events))
    names = [type(event).__name__ for event in events]
    payloads = [json.dumps(dataclasses.asdict(event)) for event in events]
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, {"names": names, "payloads": payloads, "now": timezone.now()})
    ring(RELAY)


def handles(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a handler in an app's handlers.py. It runs in a transaction of its own, once per event."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__}.{function.__name__}"
        _handlers.setdefault(event_type.__name__, []).append((name, event_type, function))
        return function

    return register


def handlers_of(event_name: str) -> list[str]:
    """Names of the handlers of an event, in the order they were registered."""
    return [name for name, _, _ in _handlers.get(event_name, [])]


def relay(*, now: dt.datetime, limit: int = 200) -> int:
    """Handle due events; returns how many were finished or, after an error, put off. Several relays may run at once."""
    due = OutboxEvent.objects.filter(handled_at__isnull=True, dead_at__isnull=True, next_try_at__lte=now)
    return sum(_handle(pk, name, now) for pk, name in due.order_by("id").values_list("pk", "name")[:limit])


def retry_dead(*, event_ids: Sequence[int], now: dt.datetime) -> int:
    """Let dead events try again, with twelve fresh attempts; returns how many were dead. Receipts stay, so no handler runs twice."""
    with transaction.atomic():
        revived = OutboxEvent.objects.filter(pk__in=event_ids, dead_at__isnull=False, handled_at__isnull=True).update(
            dead_at=None, attempts=0, next_try_at=now
        )
        if revived:
            ring(RELAY)
    return revived


def _handle(pk: int, name: str, now: dt.datetime) -> bool:
    """Run the handlers that have no receipt yet, each in its own transaction that holds the event's row.

    Only a relay that has itself seen every handler done or failing says what becomes of the event.
    """
    errors = []
    for handler in _handlers.get(name, []):
        try:
            errors += _run(pk, *handler)
        except _Taken:
            return False
    open_event = OutboxEvent.objects.filter(pk=pk, handled_at__isnull=True, dead_at__isnull=True)
    if not errors:
        return bool(open_event.update(handled_at=now))
    with transaction.atomic():
        event = open_event.select_for_update(of=("self",)).first()
        if event is None:
            return False
        event.attempts += 1
        event.last_error = "\n".join(errors)[:4000]
        event.next_try_at = now + dt.timedelta(seconds=min(2**event.attempts, 300))
        event.dead_at = now if event.attempts >= MAX_ATTEMPTS else None
        event.save(update_fields=["attempts", "last_error", "next_try_at", "dead_at"])
    return True


class _Taken(Exception):
    """Another relay has the event, or has finished it."""


def _run(pk: int, name: str, event_type: type[Event], function: Handler) -> list[str]:
    """Run one handler once; returns its error as text.

    Raises:
        _Taken: the event is not ours to handle.
    """
    try:
        with transaction.atomic():
            rows = OutboxEvent.objects.select_for_update(skip_locked=True, of=("self",))
            receipts = OutboxReceipt.objects.filter(event=OuterRef("pk"), handler=name)
            event = rows.filter(pk=pk, handled_at__isnull=True, dead_at__isnull=True).annotate(is_done=Exists(receipts)).first()
            if event is None:
                raise _Taken
            if not event.is_done:
                function(event_type(**event.payload))
                OutboxReceipt.objects.create(event=event, handler=name)
    except _Taken:
        raise
    except Exception as error:
        log.exception("outbox handler failed", extra={"handler": name, "event_pk": pk})
        return [f"{name}: {error!r}"]
    return []
