"""Points as lots: earned, spent, returned, expired and taken back."""

import datetime as dt

import pytest
from django.db import transaction

from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from loyalty import services
from loyalty.errors import InsufficientPoints, InvalidPoints
from loyalty.models import PointsEntry, PointsLot
from loyalty.selectors import balance, debt, history, lots
from tests.factories.accounts import make_user
from tests.factories.loyalty import NOW, make_lot

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def events(name: str) -> list[int]:
    return [event.payload["points"] for event in OutboxEvent.objects.filter(name=name).order_by("id")]


def test_points_earned_expire_a_year_later() -> None:
    lot = make_lot(100)

    assert balance(lot.user_id, NOW) == 100
    assert list(lots(lot.user_id, NOW)) == [lot]
    assert balance(lot.user_id, NOW + 365 * DAY) == 0
    assert events("PointsEarned") == [100]
    assert violations() == {}


def test_points_for_one_thing_are_earned_once_however_often_the_task_runs() -> None:
    user, reference = make_user(), uuid7()

    earned = [make_lot(100, user=user, reference=reference) for _ in range(3)]

    assert earned[0] == earned[1] == earned[2]
    assert balance(user.pk, NOW) == 100
    assert events("PointsEarned") == [100]


def test_no_points_make_no_lot_and_negative_ones_are_refused() -> None:
    user = make_user()

    nothing = services.earn(user_id=user.pk, points=0, reference=uuid7(), rule="purchase", at=NOW)
    with pytest.raises(InvalidPoints), transaction.atomic():
        services.earn(user_id=user.pk, points=-1, reference=uuid7(), rule="purchase", at=NOW)

    assert nothing is None
    assert not PointsLot.objects.exists()


def test_the_points_that_expire_first_are_spent_first() -> None:
    user, order = make_user(), uuid7()
    late = make_lot(100, user=user)
    early = make_lot(100, user=user, at=NOW - 100 * DAY)

    services.redeem(user_id=user.pk, shares={order: 130}, at=NOW)

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.remaining, late.remaining) == (0, 70)
    assert sorted((entry.kind, entry.delta) for entry in history(user.pk, 2)) == [("redeem", -100), ("redeem", -30)]
    assert violations() == {}


def test_points_are_shared_by_the_merchant_orders_of_a_purchase() -> None:
    lot, first, second = make_lot(100), uuid7(), uuid7()

    spent = services.redeem(user_id=lot.user_id, shares={first: 30, second: 20}, at=NOW)
    returned = services.give_back(reference=first, at=NOW)

    assert (spent, returned) == (50, 30)
    assert balance(lot.user_id, NOW) == 80


def test_more_points_than_there_are_cannot_be_spent() -> None:
    lot = make_lot(100)

    with pytest.raises(InsufficientPoints) as refusal, transaction.atomic():
        services.redeem(user_id=lot.user_id, shares={uuid7(): 60, uuid7(): 60}, at=NOW)

    assert refusal.value.available == 100
    assert balance(lot.user_id, NOW) == 100
    assert PointsEntry.objects.count() == 1


def test_spending_for_the_same_orders_twice_spends_once() -> None:
    lot, order = make_lot(100), uuid7()

    spent = [services.redeem(user_id=lot.user_id, shares={order: 100}, at=NOW) for _ in range(2)]

    assert spent == [100, 0]
    assert balance(lot.user_id, NOW) == 0


def test_negative_shares_are_refused() -> None:
    lot = make_lot(100)

    with pytest.raises(InvalidPoints), transaction.atomic():
        services.redeem(user_id=lot.user_id, shares={uuid7(): 60, uuid7(): -10}, at=NOW)

    assert balance(lot.user_id, NOW) == 100


def test_expired_points_cannot_be_spent_even_before_the_sweep() -> None:
    lot = make_lot(100)

    with pytest.raises(InsufficientPoints), transaction.atomic():
        services.redeem(user_id=lot.user_id, shares={uuid7(): 1}, at=lot.expires_at)

    assert PointsEntry.objects.count() == 1


def test_points_are_spent_or_expired_never_both() -> None:
    lot = make_lot(100)
    services.redeem(user_id=lot.user_id, shares={uuid7(): 40}, at=NOW)

    swept = [services.expire_points(at=lot.expires_at) for _ in range(2)]

    lot.refresh_from_db()
    assert (swept, lot.remaining) == ([1, 0], 0)
    assert events("PointsExpired") == [60]
    assert violations() == {}


def test_returned_points_go_to_their_lots_once() -> None:
    user, order = make_user(), uuid7()
    early, late = make_lot(100, user=user, at=NOW - 100 * DAY), make_lot(100, user=user)
    services.redeem(user_id=user.pk, shares={order: 130}, at=NOW)

    returned = [services.give_back(reference=order, at=NOW) for _ in range(2)]

    before = early.expires_at, late.expires_at
    early.refresh_from_db()
    late.refresh_from_db()
    assert returned == [130, 0]
    assert (early.remaining, late.remaining) == (100, 100)
    assert (early.expires_at, late.expires_at) == before
    assert violations() == {}


def test_points_returned_to_an_expired_lot_live_thirty_days_more_and_can_expire_again() -> None:
    lot, order = make_lot(100), uuid7()
    services.redeem(user_id=lot.user_id, shares={order: 40}, at=NOW)
    services.expire_points(at=lot.expires_at)
    later = lot.expires_at + DAY

    services.give_back(reference=order, at=later)

    assert balance(lot.user_id, later) == 40
    assert lots(lot.user_id, later).get().expires_at == later + 30 * DAY
    assert services.expire_points(at=later + 30 * DAY) == 1
    assert events("PointsExpired") == [60, 40]
    assert violations() == {}


def test_nothing_is_returned_for_an_order_without_points() -> None:
    assert services.give_back(reference=uuid7(), at=NOW) == 0


def test_unspent_points_of_a_refunded_order_are_taken_back_once() -> None:
    lot = make_lot(100)

    owed = [services.claw_back(reference=lot.reference, at=NOW) for _ in range(2)]

    assert owed == [100, 0]
    assert balance(lot.user_id, NOW) == 0
    assert events("PointsClawedBack") == [100]
    assert violations() == {}


def test_points_that_were_spent_are_taken_back_from_the_other_lots() -> None:
    user = make_user()
    lot = make_lot(100, user=user, at=NOW - DAY)
    make_lot(80, user=user)
    services.redeem(user_id=user.pk, shares={uuid7(): 70}, at=NOW)

    services.claw_back(reference=lot.reference, at=NOW)

    assert (balance(user.pk, NOW), debt(user.pk)) == (10, 0)
    assert events("PointsClawedBack") == [100]
    assert violations() == {}


def test_what_cannot_be_taken_back_is_a_debt_that_the_next_points_pay_off() -> None:
    user = make_user()
    lot = make_lot(100, user=user)
    services.redeem(user_id=user.pk, shares={uuid7(): 100}, at=NOW)

    owed = [services.claw_back(reference=lot.reference, at=NOW) for _ in range(2)]
    after_refund = balance(user.pk, NOW), debt(user.pk)
    make_lot(30, user=user)
    after_first = balance(user.pk, NOW), debt(user.pk)
    make_lot(90, user=user)

    assert owed == [100, 0]
    assert after_refund == (0, 100)
    assert after_first == (0, 70)
    assert (balance(user.pk, NOW), debt(user.pk)) == (20, 0)
    assert events("PointsClawedBack") == [30, 70]
    assert violations() == {}


def test_the_value_booked_by_the_events_is_what_lies_in_the_lots() -> None:
    user, order = make_user(), uuid7()
    first = make_lot(100, user=user)
    services.redeem(user_id=user.pk, shares={order: 60}, at=NOW)
    services.claw_back(reference=first.reference, at=NOW)
    services.give_back(reference=order, at=NOW)
    second = make_lot(50, user=user)
    services.claw_back(reference=second.reference, at=NOW)
    services.expire_points(at=NOW + 366 * DAY)

    booked = sum(events("PointsEarned")) - sum(events("PointsClawedBack")) - sum(events("PointsExpired"))

    assert booked - 60 + 60 == balance(user.pk, NOW) == 0
    keys = [event.payload["key"] for event in OutboxEvent.objects.filter(name__startswith="Points")]
    assert len(keys) == len(set(keys))
    assert violations() == {}


def test_nothing_is_taken_back_for_a_reference_that_earned_nothing() -> None:
    assert services.claw_back(reference=uuid7(), at=NOW) == 0
