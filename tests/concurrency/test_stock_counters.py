"""The statement that changes stock counters decides and writes by the row as it is, not as its snapshot saw it before a wait."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from logistics.models import Stock
from logistics.services.levels import Change, shift
from tests.concurrency.racing import at_once, refusals
from tests.factories.logistics import make_stock

pytestmark = pytest.mark.django_db(transaction=True)
# What the counters are computed from here is the row that is changed, whose old version PostgreSQL holds against the CHECK first.
NAIVE = """
WITH locked AS MATERIALIZED (
    SELECT s.id, s.reserved + %(reserved)s BETWEEN 0 AND s.on_hand AS fits FROM logistics_stock s WHERE s.id = %(id)s FOR NO KEY UPDATE
)
UPDATE logistics_stock s SET reserved = s.reserved + %(reserved)s WHERE s.id = %(id)s AND (SELECT fits FROM locked)
"""


def _naive(change: Change) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NAIVE, {"id": change.stock_id, "reserved": change.reserved})


def _while_somebody_adds(stock: Stock, then: Callable[[Change], Any]) -> Any:
    """One transaction reserves a piece and has not ended yet when another asks to give a piece back."""
    outcome: list[Any] = []

    def give_back() -> None:
        try:
            outcome.append(then(Change(stock.pk, reserved=-1)))
        except IntegrityError as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=give_back)
    with transaction.atomic():
        shift([Change(stock.pk, reserved=1)])
        thread.start()
        _wait_until_somebody_waits()
    thread.join()
    return outcome[0]


def _wait_until_somebody_waits() -> None:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the first look would be remembered
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody came to wait")


def test_what_fits_once_the_lock_is_there_is_done() -> None:
    stock = make_stock(6)

    shifted = _while_somebody_adds(stock, lambda change: shift([change]))

    assert shifted.done
    stock.refresh_from_db()
    assert (stock.on_hand, stock.reserved) == (6, 0)


def test_computed_from_the_row_itself_it_would_be_refused() -> None:
    """Negative control."""
    assert isinstance(_while_somebody_adds(make_stock(6), _naive), IntegrityError)


def _shift_at_random(stocks: list[Stock], seed: int) -> dict[Any, int]:
    """What of forty changes of one to four rows was done, by row."""
    dice = random.Random(seed)
    done: dict[Any, int] = {}
    for _ in range(40):
        changes = [Change(stock.pk, reserved=dice.choice((1, 1, 2, -1))) for stock in dice.sample(stocks, dice.randint(1, len(stocks)))]
        if shift(changes).done:
            for change in changes:
                done[change.stock_id] = done.get(change.stock_id, 0) + change.reserved
    return done


def test_a_rush_on_several_rows_meets_no_error_and_loses_nothing() -> None:
    stocks = [make_stock(6) for _ in range(4)]

    outcomes = at_once([partial(_shift_at_random, stocks, seed) for seed in range(12)])

    assert refusals(outcomes) == []
    for stock in stocks:
        stock.refresh_from_db()
        assert stock.reserved == sum(outcome.get(stock.pk, 0) for outcome in outcomes)
