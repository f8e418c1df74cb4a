"""The doorbell rings a broker that may be away; what was committed stays committed and the caller is not told."""

import datetime as dt
import logging
import time

import pytest
from celery import Celery, current_app
from django.db import connection, transaction
from django.utils import timezone

from core import doorbell
from shop.servers.valkey import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's own settings, with a broker at a port where nobody listens."""
    settings = {**current_app.conf, "broker_url": f"redis://127.0.0.1:{free_port()}/0"}
    monkeypatch.setattr(doorbell, "current_app", Celery(set_as_current=False, changes=settings))
    for task in ("a.task", "another.task"):
        doorbell.heard(task)


def test_a_broker_that_is_away_harms_neither_a_transaction_nor_a_statement_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    """INF02."""
    started = time.monotonic()
    with caplog.at_level(logging.ERROR, "django.db.backends.base"):
        with transaction.atomic():
            doorbell.ring("a.task")
        doorbell.ring("another.task")
    assert len(caplog.records) == 2
    assert time.monotonic() - started < 2  # and does not wait for the broker to come back


def test_it_rings_once_for_a_task_in_a_transaction() -> None:
    with transaction.atomic():
        doorbell.ring("a.task")
        doorbell.ring("another.task")
        doorbell.ring("a.task")
        assert len(connection.run_on_commit) == 2


def test_a_request_that_nobody_hears_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Celery(set_as_current=False, changes={**current_app.conf, "broker_url": "memory://"})
    monkeypatch.setattr(doorbell, "current_app", app)

    doorbell.ring("a.task")

    with app.connection_for_read() as broker, broker.SimpleQueue(app.conf.task_default_queue) as queue:
        headers = queue.get(timeout=2).headers
    assert headers["task"] == "a.task"
    left = dt.datetime.fromisoformat(headers["expires"]) - timezone.now()
    assert dt.timedelta() < left <= dt.timedelta(seconds=doorbell.HEARD_WITHIN_SECONDS)
