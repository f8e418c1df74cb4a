"""What load balancers and the supervisor ask."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from core.models import OutboxEvent
from shop import health

pytestmark = pytest.mark.django_db


def test_a_healthy_shop_is_ready(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "cache": "ok", "queue": "ok", "queue_lag_seconds": 0}


def test_alive_needs_no_database(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/livez")

    assert answer.content == b"ok"


def test_a_lost_cache_degrades_but_does_not_take_the_shop_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """INF02."""
    monkeypatch.setattr(health, "_cache_works", lambda: False)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["cache"]) == ("degraded", "down")


def test_without_a_database_the_shop_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> dt.timedelta:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "queue_lag", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "down"


def test_events_that_wait_too_long_show_as_a_late_queue(client: Client) -> None:
    """INF07."""
    OutboxEvent.objects.create(name="Tried", payload={}, created_at=timezone.now() - dt.timedelta(minutes=5))

    answer = client.get("/readyz")

    assert answer.json()["queue"] == "late"
    assert answer.json()["queue_lag_seconds"] >= 300


def test_handled_and_dead_events_are_no_lag() -> None:
    old = timezone.now() - dt.timedelta(hours=1)
    OutboxEvent.objects.create(name="Done", payload={}, created_at=old, handled_at=old)
    OutboxEvent.objects.create(name="Dead", payload={}, created_at=old, dead_at=old)

    assert health.queue_lag(now=timezone.now()) == dt.timedelta()
