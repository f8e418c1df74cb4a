"""Hot statements are prepared per connection, and nothing a caller sees depends on it."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from core.models import StateChange
from core.postgresql import statements
from core.postgresql.statements import Prepared, Shelf, statement
from core.states import write_changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_shelf(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    """As on a connection that was just opened, before and after."""
    monkeypatch.setattr(statements, "_known", {})
    for step in range(2):
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        connection.shelf = Shelf()  # type: ignore[attr-defined]
        if step == 0:
            yield


def ask(sql: str, parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)  # type: ignore[arg-type]
        return list(cursor.fetchall())


def prepared() -> int:
    return int(str(ask("SELECT count(*) FROM pg_prepared_statements", None)[0][0]))


def test_places_become_numbers_and_casts_stay_with_the_value() -> None:
    found = statement("s", "SELECT %s::uuid[], '50%%', %s")

    assert found.prepare == "PREPARE s AS SELECT $1::uuid[], '50%', $2"
    assert found.execute == "EXECUTE s(%s::uuid[], %s)"


def test_a_name_used_twice_is_one_value() -> None:
    found = statement("s", "SELECT %(a)s::int, %(b)s, %(a)s::int")

    assert found.prepare == "PREPARE s AS SELECT $1::int, $2, $1::int"
    assert found.execute == "EXECUTE s(%(a)s::int, %(b)s)"


def test_it_is_prepared_at_the_third_use_and_answers_the_same() -> None:
    sql = Prepared("SELECT %s::int + 1")

    answers = [ask(sql, [number])[0][0] for number in range(5)]

    assert answers == [1, 2, 3, 4, 5]
    assert prepared() == 1


def test_other_sql_is_never_prepared() -> None:
    for number in range(5):
        ask("SELECT %s::int + 1", [number])

    assert prepared() == 0


def test_what_cannot_be_prepared_runs_as_it_is_and_the_transaction_goes_on() -> None:
    sql = Prepared("SELECT now() > CASE WHEN true THEN %s END")  # a time as a value, text as a place of unknown type

    answers = [ask(sql, [dt.datetime(2020, 1, 1, tzinfo=dt.UTC)])[0][0] for _ in range(5)]

    assert answers == [True] * 5
    assert prepared() == 0


def test_lists_of_text_fill_columns_of_keys_and_times() -> None:
    fields = {"entity": "x", "from_status": "", "to_status": "new", "actor": "a", "reason": "", "at": timezone.now()}
    changes = [StateChange(entity_id=uuid.uuid4(), **fields) for _ in "ab"]

    for _ in range(5):
        write_changes(changes)

    assert StateChange.objects.filter(entity="x").count() == 10
    assert prepared() == 1


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_starts_with_an_empty_shelf() -> None:
    sql = Prepared("SELECT %s::int")
    for number in range(5):
        ask(sql, [number])
    connection.close()

    assert [ask(sql, [number])[0][0] for number in range(3)] == [0, 1, 2]
    assert prepared() == 1


@pytest.mark.django_db(transaction=True)
def test_a_pooler_that_shares_the_connection_costs_one_request_its_answer() -> None:
    sql = Prepared("SELECT %s::int")
    for number in range(5):
        ask(sql, [number])
    ask("SELECT 1", None)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")  # as if the next transaction met another connection

    with pytest.raises(DatabaseError), transaction.atomic():
        ask(sql, [7])

    assert ask(sql, [8]) == [(8,)]
    connection.close()
    assert [ask(sql, [number])[0][0] for number in range(5)] == [0, 1, 2, 3, 4]
    assert prepared() == 0


@pytest.mark.django_db(transaction=True)
def test_a_column_that_got_another_type_costs_one_request_its_answer() -> None:
    sql = Prepared("SELECT a FROM changing WHERE a = %s::int")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE changing AS SELECT 1 AS a")
        for _ in range(5):
            ask(sql, [1])
        cursor.execute("ALTER TABLE changing ALTER a TYPE bigint")

    with pytest.raises(OperationalError):
        ask(sql, [1])

    assert ask(sql, [1]) == [(1,)]


def test_a_connection_prepares_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_PER_CONNECTION", 2)

    for width in range(1, 6):
        for number in range(4):
            assert len(ask(Prepared(f"SELECT {', '.join(['%s::int'] * width)}"), [number] * width)[0]) == width

    assert prepared() == 2
