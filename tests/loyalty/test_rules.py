"""Pure rules: earning, worth, share, which lots pay."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from core.invariants import violations
from loyalty.models import PointsEntry, PointsLot
from loyalty.rules import Debit, Open, Terms, max_points, points_for, spend, value_minor
from tests.factories.loyalty import NOW, make_lot

FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("goods", "currency", "points"), [(1_999, "USD", 19), (99, "USD", 0), (1_999, "JPY", 1_999), (1_999, "KWD", 1), (-5, "USD", 0)]
)
def test_whole_major_units_earn_points(goods: int, currency: str, points: int) -> None:
    assert points_for(goods, currency) == points


def test_points_pay_for_half_of_the_goods_at_most() -> None:
    assert max_points(1_999, 5_000) == 999
    assert max_points(1_999, 10) == 10
    assert max_points(1, 10) == 0
    assert max_points(1_999, -3) == 0


def test_the_operators_terms_are_used() -> None:
    terms = Terms(points_per_major_unit=2, value_minor=5, max_share_percent=30)

    assert points_for(1_999, "USD", terms) == 39
    assert value_minor(7, terms) == 35
    assert max_points(1_000, 500, terms) == 60


def test_lots_pay_in_the_order_in_which_they_expire() -> None:
    lots = [Open(FIRST, NOW + dt.timedelta(days=9), 50), Open(SECOND, NOW, 30)]

    assert spend(lots, 40) == [Debit(SECOND, 30), Debit(FIRST, 10)]
    assert spend(lots, 99) == [Debit(SECOND, 30), Debit(FIRST, 50)]
    assert spend(lots, 0) == []


@pytest.mark.django_db
@pytest.mark.parametrize("write", ["UPDATE loyalty_pointsentry SET delta = 99", "DELETE FROM loyalty_pointsentry"])
def test_entries_cannot_be_changed_or_deleted(write: str) -> None:
    make_lot(100)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)

    assert PointsEntry.objects.get().delta == 100


@pytest.mark.django_db
def test_points_from_nowhere_are_seen_by_an_invariant_and_negative_ones_refused() -> None:
    lot = make_lot(100)

    with pytest.raises(IntegrityError), transaction.atomic():
        PointsLot.objects.filter(pk=lot.pk).update(remaining=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PointsLot.objects.filter(pk=lot.pk).update(remaining=101)
    PointsLot.objects.filter(pk=lot.pk).update(remaining=99)

    assert list(violations()) == ["invariant_points_lot_is_sum_of_entries"]
