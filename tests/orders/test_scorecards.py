"""A scorecard's numbers against orders made by hand; the list behind a number has as many rows as the number says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import StateChange
from logistics.rules import delivery_promise
from merchants.models import Measure, Merchant, Scorecard
from merchants.scorecard_rules import failing
from merchants.services import suspend_merchant
from orders.models import AfterSalesCase, MerchantOrder
from orders.selectors.scorecards import SHARES, orders_of_measure, span_of
from orders.services.cancellation import cancel_order
from orders.services.scorecards import compute_scorecards
from orders.tasks import compute_due_scorecards
from tests.factories.cases import approve, case_up_to, decide, open_case
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_seller
from tests.factories.reviews import make_review
from tests.factories.scorecards import DAY, MIDNIGHT, ago, make_order, make_variant
from tests.rights import as_owner

pytestmark = pytest.mark.django_db


def card(merchant: Merchant, window: int = 7, *, day: dt.date = DAY) -> Scorecard:
    compute_scorecards(day=day, at=MIDNIGHT)
    found = Scorecard.objects.get(merchant=merchant, day=day, window=window)
    for measure in SHARES:
        rows: Any = orders_of_measure(measure, span_of(day, window)).filter(merchant=merchant)
        behind = rows.filter(went_wrong=True).count()
        assert (behind, rows.count()) == (failing(measure, *found.of(measure)), found.of(measure)[1])
    return found


def cancel(order: MerchantOrder, actor: str, at: dt.datetime) -> None:
    cancel_order(order_id=order.pk, actor=actor, reason="sold out", at=at)


def test_late_is_what_left_after_its_time_or_not_at_all() -> None:
    variant = make_variant()
    due = ago(2)
    make_order(variant, "shipped", ship_by=due, shipped_at=due - dt.timedelta(hours=1))
    make_order(variant, "shipped", ship_by=due, shipped_at=due)
    make_order(variant, "shipped", ship_by=due, shipped_at=due + dt.timedelta(microseconds=1))
    make_order(variant, "paid", ship_by=due)
    make_order(variant, "paid", ship_by=MIDNIGHT)
    make_order(variant, "paid", ship_by=ago(8))

    assert card(variant.merchant).of(Measure.LATE) == (2, 4)
    assert card(variant.merchant, 30).of(Measure.LATE) == (3, 5)


def test_the_window_begins_and_ends_at_midnight() -> None:
    variant = make_variant()
    make_order(variant, "paid", ship_by=ago(7))
    make_order(variant, "paid", ship_by=ago(7) - dt.timedelta(microseconds=1))
    make_order(variant, "paid", ship_by=MIDNIGHT - dt.timedelta(microseconds=1))

    assert card(variant.merchant).of(Measure.LATE) == (2, 2)


def test_only_what_the_shop_itself_cancels_before_sending_counts() -> None:
    variant = make_variant()
    at = ago(3)
    by_shop, by_key, by_shopper, by_operator, agreed, kept = (make_order(variant, "preparing", ship_by=ago(2)) for _ in range(6))
    cancel(by_shop, "merchant:1", at)
    cancel(by_key, "api:1", at)
    cancel(by_shopper, "shopper:1", at)
    cancel(by_operator, "operator:1", at)
    approve(open_case(agreed, kind="cancellation", reason="changed_mind"), at=at)
    assert agreed.cases.get().status != "requested"

    found = card(variant.merchant)

    assert found.of(Measure.CANCELLED) == (2, 6)
    # What was cancelled in time cannot be late; the one that is left is.
    assert found.of(Measure.LATE) == (1, 1)
    assert kept.status == "preparing"


def test_a_cancellation_of_today_does_not_change_yesterdays_number() -> None:
    variant = make_variant()
    order = make_order(variant, "paid", ship_by=ago(2))
    cancel(order, "merchant:1", MIDNIGHT)

    found = card(variant.merchant)

    assert (found.of(Measure.CANCELLED), found.of(Measure.LATE)) == ((0, 1), (1, 1))


@pytest.mark.parametrize(
    ("reason", "counts"),
    [("faulty", 1), ("damaged", 1), ("wrong_item", 1), ("not_as_described", 1), ("incomplete", 1), ("withdrawal", 0), ("other", 0)],
)
def test_a_return_counts_where_the_shop_is_at_fault(reason: str, counts: int) -> None:
    variant = make_variant()
    order = make_order(variant, "completed", shipped_at=ago(5))
    case = open_case(order, reason=reason)
    AfterSalesCase.objects.filter(pk=case.pk).update(opened_at=ago(1))

    assert card(variant.merchant).of(Measure.RETURNED) == (counts, 1)


def test_withdrawn_returns_and_disputes_won_by_the_shop_do_not_count() -> None:
    variant = make_variant()
    cases = [case_up_to("escalated", make_order(variant, "completed", shipped_at=ago(5))) for _ in range(3)]
    AfterSalesCase.objects.update(opened_at=ago(3), escalated_at=ago(2))
    decide(cases[0], "merchant")
    cases[0].refresh_from_db()
    type(cases[0].verdict).objects.update(created_at=ago(1))
    AfterSalesCase.objects.filter(pk=cases[1].pk).update(status="withdrawn", closed_at=ago(1))

    found = card(variant.merchant)

    assert found.of(Measure.DISPUTED) == (1, 3)
    assert found.of(Measure.RETURNED) == (1, 3)


def test_tracking_is_valid_where_a_carrier_could_have_given_it_out_and_no_other_order_has_it() -> None:
    variant = make_variant()
    for number in ("SF1234567", "abc", "ABCDEFGH", "NO 12345", "TWICE123", "TWICE123"):
        make_order(variant, "shipped", tracking=number, shipped_at=ago(1))
    make_order(make_variant(), "shipped", tracking="SF1234567", shipped_at=ago(1))

    assert card(variant.merchant).of(Measure.TRACKED) == (1, 6)


def test_on_time_is_until_the_end_of_the_last_promised_day() -> None:
    variant = make_variant()
    # Handed over on Thursday the 11th, four working days without the Sunday: until the end of Tuesday the 16th.
    due = dt.datetime(2026, 6, 11, 15, tzinfo=dt.UTC)
    assert delivery_promise(0, due)[1] == dt.date(2026, 6, 16)
    end = dt.datetime(2026, 6, 17, tzinfo=dt.UTC)
    for delivered in (end - dt.timedelta(microseconds=1), end, None):
        make_order(variant, "shipped", ship_by=due, shipped_at=due, delivered_at=delivered)
    # Promised until the end of the 18th, which is not over.
    make_order(variant, "shipped", ship_by=dt.datetime(2026, 6, 13, 1, tzinfo=dt.UTC), delivered_at=ago(1))

    assert card(variant.merchant).of(Measure.ON_TIME) == (1, 3)


def test_time_to_answer_is_the_median_in_minutes_of_answered_cases() -> None:
    variant = make_variant()
    for minutes in (10, 90, 200, None):
        case = open_case(make_order(variant, "completed"))
        if minutes is not None:
            approve(case)
            moved = StateChange.objects.filter(entity_id=case.pk).exclude(from_status="")
            with as_owner():
                moved.update(at=ago(3) + dt.timedelta(minutes=minutes))
    AfterSalesCase.objects.update(opened_at=ago(3))

    assert card(variant.merchant).of(Measure.RESPONSE) == (90, 3)


def test_rating_adds_up_the_stars_of_visible_reviews() -> None:
    product = make_variant().product
    for stars in (5, 4, 1):
        make_review(product, stars=stars, at=ago(1))
    make_review(product, stars=2, at=ago(9))

    assert card(product.merchant).of(Measure.RATING) == (10, 3)
    assert card(product.merchant, 30).of(Measure.RATING) == (12, 4)


def test_a_shop_without_orders_has_no_ratios() -> None:
    found = card(make_merchant())

    assert {found.of(measure) for measure in Measure} == {(0, 0)}
    assert found.standing == "none"


def test_a_day_computed_again_is_replaced_and_suspended_shops_get_none() -> None:
    variant, closed = make_variant(), make_merchant()
    suspend_merchant(merchant_id=closed.pk, actor="operator:1", reason="test", at=MIDNIGHT)
    assert card(variant.merchant).of(Measure.LATE) == (0, 0)

    make_order(variant, "paid", ship_by=ago(1))

    assert card(variant.merchant).of(Measure.LATE) == (1, 1)
    assert Scorecard.objects.filter(merchant=variant.merchant).count() == 2
    assert not Scorecard.objects.filter(merchant=closed).exists()


def test_more_merchants_and_orders_need_no_more_statements() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            compute_scorecards(day=DAY, at=MIDNIGHT)
        return len(captured)

    make_order(make_variant(), "shipped", ship_by=ago(1), shipped_at=ago(2))
    before = statements()
    for _ in range(3):
        make_order(make_variant(), "shipped", ship_by=ago(1), shipped_at=ago(2))

    assert statements() == before
    assert before <= 22


def test_the_task_computes_yesterday_once_and_the_command_any_day_that_is_over() -> None:
    merchant = make_seller()
    yesterday = timezone.localdate() - dt.timedelta(days=1)

    assert compute_due_scorecards() == Merchant.objects.count()
    assert compute_due_scorecards() == 0
    call_command("compute_scorecards", "--day", "2026-06-17")

    assert set(Scorecard.objects.filter(merchant=merchant).values_list("day", "window")) == {
        (day, window) for day in (yesterday, DAY) for window in (7, 30)
    }
    with pytest.raises(CommandError):
        call_command("compute_scorecards", "--day", timezone.localdate().isoformat())
