"""The same points spent, expired and taken back in many places at once."""

import threading
from functools import partial

import pytest
from django.db import transaction

from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from loyalty import services
from loyalty.errors import InsufficientPoints
from loyalty.models import PointsEntry, PointsLot
from loyalty.selectors import balance, debt
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.accounts import make_user
from tests.factories.loyalty import NOW, make_lot

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_points_spent_in_twenty_orders_at_once_are_spent_in_one() -> None:
    user = make_user()
    for _ in range(4):
        make_lot(25, user=user)
    before = deadlocks()

    outcomes = at_once([partial(services.redeem, user_id=user.pk, shares={uuid7(): 60, uuid7(): 40}, at=NOW) for _ in range(20)])

    assert successes(outcomes) == [100]
    assert {type(error) for error in refusals(outcomes)} == {InsufficientPoints}
    assert balance(user.pk, NOW) == 0
    assert deadlocks() == before
    assert violations() == {}


def test_looking_at_the_balance_first_lets_everybody_spend_it() -> None:
    """Negative control: the same orders without the row locks."""
    lot = make_lot(100)
    everybody_has_looked = threading.Barrier(10)

    def spend_carelessly() -> int:
        seen = PointsLot.objects.get(pk=lot.pk)
        everybody_has_looked.wait(20)
        if seen.remaining < 100:
            raise InsufficientPoints(available=seen.remaining)
        with transaction.atomic():
            PointsLot.objects.filter(pk=lot.pk).update(remaining=seen.remaining - 100)
            PointsEntry.objects.create(user_id=lot.user_id, lot=lot, kind="redeem", delta=-100, reference=uuid7())
        return 100

    outcomes = at_once([spend_carelessly] * 10)

    assert successes(outcomes) == [100] * 10
    assert {"invariant_points_balance_not_negative", "invariant_points_lot_is_sum_of_entries"} <= set(violations())


def test_points_that_expire_while_they_are_spent_do_one_of_both() -> None:
    lots = [make_lot(50) for _ in range(8)]
    expiry = lots[0].expires_at
    spend = [partial(services.redeem, user_id=lot.user_id, shares={uuid7(): 50}, at=NOW) for lot in lots]

    outcomes = at_once([*spend, *[partial(services.expire_points, at=expiry)] * 3])

    spent = len(successes(outcomes[:8]))
    expired = PointsEntry.objects.filter(kind="expire").count()
    assert spent + expired == 8
    assert sum(outcomes[8:]) == expired == OutboxEvent.objects.filter(name="PointsExpired").count()
    assert violations() == {}


def test_an_earning_delivered_many_times_at_once_makes_one_lot() -> None:
    user, reference = make_user(), uuid7()

    outcomes = at_once([partial(services.earn, user_id=user.pk, points=70, reference=reference, rule="purchase", at=NOW)] * 8)

    assert refusals(outcomes) == []
    assert balance(user.pk, NOW) == 70
    assert OutboxEvent.objects.filter(name="PointsEarned").count() == 1
    assert violations() == {}


def test_points_given_back_by_many_at_once_come_back_once() -> None:
    lot, order = make_lot(100), uuid7()
    services.redeem(user_id=lot.user_id, shares={order: 80}, at=NOW)

    outcomes = at_once([partial(services.give_back, reference=order, at=NOW)] * 6)

    assert sorted(outcomes) == [0, 0, 0, 0, 0, 80]
    assert balance(lot.user_id, NOW) == 100
    assert violations() == {}


def test_points_taken_back_while_they_are_spent_leave_no_negative_balance() -> None:
    users = [make_user() for _ in range(6)]
    lots = [make_lot(100, user=user) for user in users]
    claw_back = [partial(services.claw_back, reference=lot.reference, at=NOW) for lot in lots]
    spend = [partial(services.redeem, user_id=user.pk, shares={uuid7(): 100}, at=NOW) for user in users]

    outcomes = at_once([*claw_back, *claw_back, *spend])

    for user, first, second, spent in zip(users, outcomes[:6], outcomes[6:12], outcomes[12:], strict=True):
        assert sorted([first, second]) == [0, 100]
        assert (balance(user.pk, NOW), debt(user.pk)) == (0, 100 if spent == 100 else 0)
    assert violations() == {}
