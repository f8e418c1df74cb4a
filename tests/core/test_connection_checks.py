"""A kept connection is looked at now and then, never in the middle of a request, and always again after it was closed."""

import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.postgresql import base


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> list[bool]:
    """One entry for every time the server was asked."""
    seen: list[bool] = []
    original = base.DatabaseWrapper.is_usable

    def asked(self: Any) -> bool:
        seen.append(True)
        return bool(original(self))

    connection.close()
    connection.ensure_connection()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", asked)
    monkeypatch.setattr(connection, "health_check_enabled", True)
    return seen


def one_request() -> None:
    """What Django does with a connection around a request that reads and writes."""
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 2")


def test_many_requests_in_a_moment_look_once(looks: list[bool]) -> None:
    for _ in range(5):
        one_request()

    assert len(looks) == 1


def test_after_a_while_it_looks_again(looks: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    one_request()
    moment = time.monotonic() + base.SURE_SECONDS
    monkeypatch.setattr("core.postgresql.base.time.monotonic", lambda: moment)

    one_request()

    assert len(looks) == 2


def test_a_look_that_falls_due_in_the_middle_of_a_request_waits_for_the_next(looks: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    one_request()
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        later = time.monotonic() + 10
        monkeypatch.setattr("core.postgresql.base.time.monotonic", lambda: later)

    assert len(looks) == 1


def test_a_server_that_went_away_is_noticed_by_the_next_look(looks: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """INF01."""
    one_request()
    connection.connection.close()  # as a server's restart does
    later = time.monotonic() + 10
    monkeypatch.setattr("core.postgresql.base.time.monotonic", lambda: later)

    with CaptureQueriesContext(connection) as queries:
        one_request()

    assert [query["sql"] for query in queries if "SELECT 2" in query["sql"]]
