import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import outbox
from core.models import OutboxEvent, OutboxReceipt


@dataclass(frozen=True)
class LampLit(outbox.Event):
    lamp: str


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """Registers a handler that notes each lamp and one that always fails for the lamp called broken."""
    lamps: list[str] = []

    def note(event: LampLit) -> None:
        lamps.append(event.lamp)

    def fail(event: LampLit) -> None:
        if event.lamp == "broken":
            raise RuntimeError("no light")

    note.__module__ = fail.__module__ = __name__
    outbox.handles(LampLit)(note)
    outbox.handles(LampLit)(fail)
    yield lamps
    outbox._handlers.pop("LampLit")


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(outbox.OutsideTransaction):
        outbox.publish(LampLit("hall"))

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_rolled_back_transaction_never_happened(seen: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.publish(LampLit("hall"))
        raise RuntimeError("power cut")

    assert outbox.relay(now=timezone.now()) == 0
    assert seen == []


@pytest.mark.django_db
def test_each_handler_handles_an_event_once(seen: list[str]) -> None:
    outbox.publish(LampLit("hall"))

    outbox.relay(now=timezone.now())
    OutboxEvent.objects.update(handled_at=None)
    outbox.relay(now=timezone.now())

    assert seen == ["hall"]
    assert OutboxReceipt.objects.count() == 2


@pytest.mark.django_db
def test_a_failing_handler_is_tried_again_later_without_repeating_the_other(seen: list[str]) -> None:
    outbox.publish(LampLit("broken"))
    now = timezone.now()

    outbox.relay(now=now)
    outbox.relay(now=now + dt.timedelta(seconds=1))
    outbox.relay(now=now + dt.timedelta(seconds=3))

    event = OutboxEvent.objects.get()
    assert (event.attempts, event.handled_at, seen) == (2, None, ["broken"])
    assert "no light" in event.last_error


@pytest.mark.django_db
def test_an_event_is_given_up_after_twelve_tries_and_reported(seen: list[str]) -> None:
    from core import invariants

    outbox.publish(LampLit("broken"))
    now = timezone.now()

    for attempt in range(20):
        outbox.relay(now=now + dt.timedelta(hours=attempt))

    event = OutboxEvent.objects.get()
    assert (event.attempts, event.dead_at is not None) == (12, True)
    assert "invariant_no_dead_outbox_event" in invariants.violations()


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_failed_elsewhere_is_not_taken_for_done(seen: list[str]) -> None:
    """Another relay is inside the first handler when this one comes by, and dies there before this one has come to the second."""
    with transaction.atomic():
        outbox.publish(LampLit("hall"))
    now = timezone.now()
    elsewhere = connection.copy()
    elsewhere.set_autocommit(False)
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT 1 FROM core_outboxevent FOR UPDATE")

    def die_after_the_first_look(execute: Any, sql: str, *args: Any) -> Any:
        try:
            return execute(sql, *args)
        finally:
            if "SKIP LOCKED" in sql:
                elsewhere.close()

    with connection.execute_wrapper(die_after_the_first_look):
        outbox.relay(now=now)
    outbox.relay(now=now)

    assert seen == ["hall"]
    assert OutboxEvent.objects.get().handled_at is not None
