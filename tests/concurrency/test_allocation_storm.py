"""Fifty allocations at the same moment over twenty warehouses with little in them, and people who move goods about meanwhile."""

import random
from collections import Counter

import pytest
from django.db.models import Sum

from benchmarks.stock.storm import allocate_at_once, build, keep_moving
from core.invariants import violations
from logistics.models import Reservation, Stock, StockMovement

pytestmark = pytest.mark.django_db(transaction=True)
ALLOWED = {"OutOfStock", "NotServed", "StaleState", "StockBelowReserved", "Busy"}


def promised() -> int:
    return Reservation.objects.filter(status__in=["held", "committed"]).aggregate(pieces=Sum("quantity"))["pieces"] or 0


def test_fifty_allocations_at_once_over_twenty_warehouses_promise_each_piece_once() -> None:
    world = build(warehouses=20, variants=8, pieces=2)

    rounds = [allocate_at_once(world, 50, seed=number) for number in range(3)]

    assert [tally.errors for tally in rounds] == [[], [], []]
    assert [tally.deadlocks for tally in rounds] == [0, 0, 0]
    assert {name for tally in rounds for name in tally.refused} <= ALLOWED
    assert sum(tally.done for tally in rounds) == 150
    assert Stock.objects.aggregate(pieces=Sum("reserved"))["pieces"] == promised() > 0
    assert violations() == {}


def test_goods_that_are_moved_about_by_many_people_stay_accounted_for() -> None:
    world = build(warehouses=20, variants=10)

    tally = keep_moving(world, movements=400, workers=6, seed=3, most_seconds=60)
    rush = allocate_at_once(world, 30, seed=random.Random(3).randint(1, 99))

    assert tally.errors == rush.errors == []
    assert tally.deadlocks == rush.deadlocks == 0
    assert tally.movements >= 400
    assert set(tally.refused) | set(rush.refused) <= ALLOWED
    assert Counter(StockMovement.objects.values_list("reason", flat=True)).keys() >= {"received", "shipped", "corrected"}
    assert violations() == {}
