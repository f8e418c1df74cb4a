"""A shop's holiday begins and ends by itself, with or without selling; one at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.states import IllegalTransition
from merchants.errors import HolidayInvalid, HolidayKnown, HolidayNotFound, ShopNotSelling
from merchants.models import Holiday, Merchant
from merchants.services import activate_merchant, close_merchant, suspend_merchant
from merchants.services.holidays import end_holiday, move_holidays, plan_holiday
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
TODAY = timezone.localdate(NOW)


def rest(merchant: Merchant, first: int = 1, last: int = 3, at: dt.datetime = NOW, **more: Any) -> Holiday:
    values = {"first_day": TODAY + first * DAY, "last_day": TODAY + last * DAY, "keeps_selling": False, "actor": "merchant:1", "at": at}
    return plan_holiday(merchant_id=merchant.pk, **{**values, **more})


def state(merchant: Merchant) -> tuple[str, dt.datetime | None]:
    merchant.refresh_from_db()
    return merchant.status, merchant.back_at


def test_a_holiday_begins_and_ends_by_itself() -> None:
    merchant = make_merchant()
    row = rest(merchant)
    assert (state(merchant), move_holidays(at=NOW)) == (("active", None), 0)

    assert move_holidays(at=row.starts_at) == 1
    assert state(merchant) == ("holiday", row.ends_at)
    assert move_holidays(at=row.ends_at - dt.timedelta(seconds=1)) == 0

    assert move_holidays(at=row.ends_at) == 1
    assert state(merchant) == ("active", None)
    assert Holiday.objects.get().status == "over"


def test_its_days_are_whole_days_of_the_marketplaces_calendar() -> None:
    row = rest(make_merchant(), 1, 1)

    assert timezone.localtime(row.starts_at).time() == dt.time()
    assert row.ends_at - row.starts_at == DAY


def test_one_that_begins_today_begins_at_once() -> None:
    merchant = make_merchant()

    row = rest(merchant, 0, 0)

    assert (row.starts_at, row.status) == (NOW, "running")
    assert state(merchant) == ("holiday", row.ends_at)


def test_a_shop_that_keeps_selling_stays_active_and_says_when_it_is_back() -> None:
    merchant = make_merchant()

    row = rest(merchant, 0, 2, keeps_selling=True)

    assert state(merchant) == ("active", row.ends_at)
    assert merchant.works_from(NOW) == row.ends_at
    assert merchant.works_from(row.ends_at + DAY) == row.ends_at + DAY


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 2), (0, 60), (366, 367)])
def test_impossible_days_are_refused(first: int, last: int) -> None:
    merchant = make_merchant()

    with pytest.raises(HolidayInvalid), transaction.atomic():
        rest(merchant, first, last)

    assert not Holiday.objects.exists()


def test_a_second_holiday_ahead_is_refused_and_after_the_first_has_ended_it_is_not() -> None:
    merchant = make_merchant()
    first = rest(merchant)
    with pytest.raises(HolidayKnown), transaction.atomic():
        rest(merchant, 10, 12)
    assert Holiday.objects.count() == 1

    for _ in range(2):
        end_holiday(merchant_id=merchant.pk, holiday_id=first.pk, actor="merchant:1", at=NOW)

    assert rest(merchant, 10, 12).status == "planned"
    assert Holiday.objects.get(pk=first.pk).status == "cancelled"


def test_a_running_one_is_ended_early() -> None:
    merchant = make_merchant()
    row = rest(merchant, 0, 3)

    end_holiday(merchant_id=merchant.pk, holiday_id=row.pk, actor="operator:1", reason="Too long", at=NOW + DAY)

    assert state(merchant) == ("active", None)
    assert move_holidays(at=row.ends_at) == 0


def test_a_strangers_holiday_does_not_exist() -> None:
    row = rest(make_merchant(), 0, 3)

    with pytest.raises(HolidayNotFound), transaction.atomic():
        end_holiday(merchant_id=make_merchant().pk, holiday_id=row.pk, actor="merchant:2", at=NOW)

    row.refresh_from_db()
    assert row.status == "running"


def test_a_holiday_that_nobody_swept_in_time_is_not_begun_any_more() -> None:
    merchant = make_merchant()
    row = rest(merchant)

    assert move_holidays(at=row.ends_at + DAY) == 1

    assert state(merchant) == ("active", None)
    assert Holiday.objects.get().status == "cancelled"


def test_a_suspension_outlives_the_holiday_and_one_that_is_lifted_meanwhile_rests_on() -> None:
    merchant = make_merchant()
    row = rest(merchant, 0, 3)
    who: Any = {"merchant_id": merchant.pk, "actor": "operator:1", "reason": "Papers", "at": NOW}
    suspend_merchant(**who)
    assert state(merchant) == ("suspended", row.ends_at)
    activate_merchant(**who)
    assert state(merchant) == ("holiday", row.ends_at)
    suspend_merchant(**who)

    move_holidays(at=row.ends_at)

    assert state(merchant) == ("suspended", None)


def test_a_closed_shop_has_no_holiday_ahead_cannot_be_suspended_and_can_be_opened_again() -> None:
    merchant = make_merchant()
    rest(merchant)
    who: Any = {"merchant_id": merchant.pk, "actor": "operator:1", "reason": "Ended", "at": NOW}
    for _ in range(2):
        close_merchant(**who)
    assert state(merchant) == ("closed", None)
    assert (merchant.closed_at, Holiday.objects.get().status) == (NOW, "cancelled")
    with pytest.raises(ShopNotSelling), transaction.atomic():
        rest(merchant)
    with pytest.raises(IllegalTransition), transaction.atomic():
        suspend_merchant(**who)
    assert state(merchant) == ("closed", None)

    activate_merchant(**who)

    assert (state(merchant), merchant.closed_at) == (("active", None), None)
