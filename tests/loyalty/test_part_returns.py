"""Points of an order that is returned in parts: each part once, all of them in the end, debts included."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from core import invariants
from loyalty.errors import InvalidPoints
from loyalty.models import PointsDebt, PointsLot
from loyalty.selectors import balance
from loyalty.services import claw_back, earn, expire_points, give_back, redeem
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def member(*lots: int) -> uuid.UUID:
    """Somebody with these lots, the first of which expires first."""
    user = make_user()
    for number, points in enumerate(lots):
        earn(user_id=user.pk, points=points, reference=uuid.uuid4(), rule="test", at=NOW + dt.timedelta(days=number))
    return user.pk


def test_parts_come_back_each_once_and_the_rest_in_the_end() -> None:
    user, order, first, second = member(300, 200), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    redeem(user_id=user, shares={order: 400}, at=NOW)

    returned = [give_back(reference=order, points=150, key=key, at=NOW) for key in (first, first, second)]
    rest = give_back(reference=order, at=NOW)

    assert returned == [150, 0, 150]
    assert rest == 100
    assert balance(user, NOW) == 500
    assert sorted(PointsLot.objects.values_list("remaining", flat=True)) == [200, 300]
    assert invariants.violations() == {}


def test_more_than_was_spent_never_comes_back() -> None:
    user, order = member(300), uuid.uuid4()
    redeem(user_id=user, shares={order: 200}, at=NOW)

    with pytest.raises(InvalidPoints):
        give_back(reference=order, points=201, key=uuid.uuid4(), at=NOW)

    assert balance(user, NOW) == 100


def test_earned_points_are_taken_back_in_parts_and_never_more_than_were_earned() -> None:
    user, order = make_user().pk, uuid.uuid4()
    earn(user_id=user, points=100, reference=order, rule="order", at=NOW)
    first = uuid.uuid4()

    taken = [claw_back(reference=order, points=30, key=key, at=NOW) for key in (first, first, uuid.uuid4(), uuid.uuid4())]
    more = claw_back(reference=order, points=50, key=uuid.uuid4(), at=NOW)

    assert taken == [30, 0, 30, 30]
    assert more == 10
    assert balance(user, NOW) == 0
    assert invariants.violations() == {}


def test_a_part_that_was_spent_already_is_a_debt() -> None:
    user, order = make_user().pk, uuid.uuid4()
    earn(user_id=user, points=100, reference=order, rule="order", at=NOW)
    redeem(user_id=user, shares={uuid.uuid4(): 80}, at=NOW)

    claw_back(reference=order, points=50, key=uuid.uuid4(), at=NOW)

    assert balance(user, NOW) == 0
    assert PointsDebt.objects.get(user_id=user).points == 30


def test_points_that_expired_are_not_owed_in_parts_either() -> None:
    user, order = make_user().pk, uuid.uuid4()
    lot = earn(user_id=user, points=100, reference=order, rule="order", at=NOW)
    assert lot is not None
    redeem(user_id=user, shares={uuid.uuid4(): 40}, at=NOW)
    expire_points(at=lot.expires_at)

    owed = [claw_back(reference=order, points=50, key=uuid.uuid4(), at=lot.expires_at) for _ in range(2)]

    assert owed == [40, 0]
    assert PointsDebt.objects.get(user_id=user).points == 40
