"""Violations: proposed by the numbers, made by an operator, appealed once and in time, decided by the operator."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from core.errors import DomainError
from core.models import OutboxEvent
from core.states import IllegalTransition, history
from merchants.errors import AppealTooLate, ViolationInvalid, ViolationNotFound
from merchants.models import Measure, Violation
from merchants.selectors import latest_scorecards, points_of, violations_of
from merchants.services.violations import (
    appeal_violation,
    confirm_violation,
    drop_violation,
    lift_violation,
    make_violation,
    uphold_violation,
)
from tests.factories.merchants import make_merchant
from tests.factories.scorecards import DAY, give_numbers, make_open_violation

pytestmark = pytest.mark.django_db
OPERATOR = "operator:test"


def appeal(row: Violation, **overrides: Any) -> Violation:
    call: dict[str, Any] = {"merchant_id": row.merchant_id, "violation_id": row.pk, "text": "They were ours.", "actor": "merchant:1"}
    return appeal_violation(**{**call, "at": timezone.now(), **overrides})


def lift(row: Violation) -> Violation:
    return lift_violation(violation_id=row.pk, text="You are right.", actor=OPERATOR, at=timezone.now())


def told() -> list[str]:
    return [event.payload["to_status"] for event in OutboxEvent.objects.filter(name__endswith="ViolationMoved").order_by("id")]


def refused(row: Violation, error: type[DomainError], call: Any) -> None:
    before = Violation.objects.filter(pk=row.pk).values().get(), told()
    with pytest.raises(error):
        call()
    assert (Violation.objects.filter(pk=row.pk).values().get(), told()) == before


def test_what_is_beyond_its_limit_in_30_days_is_proposed_once_a_month() -> None:
    merchant = make_merchant()
    give_numbers(merchant, late=(1, 20), cancelled=(1, 19), tracked=(19, 20), on_time=(19, 20))
    give_numbers(merchant, day=DAY + dt.timedelta(days=1), late=(2, 20))
    give_numbers(merchant, day=DAY + dt.timedelta(days=30), late=(3, 20))

    rows = list(Violation.objects.order_by("month", "measure"))

    assert [(row.measure, row.found, row.found_of, row.month.month if row.month else 0) for row in rows] == [
        ("late", 1, 20, 6), ("tracked", 19, 20, 6), ("late", 3, 20, 7),
    ]  # fmt: skip
    assert {row.status for row in rows} == {"proposed"}
    assert [move.to_status for move in history(rows[0])] == ["proposed"]
    assert told() == []
    assert list(violations_of(merchant)) == []
    assert points_of(merchant, timezone.now()) == 0


def test_seven_days_alone_propose_nothing() -> None:
    give_numbers(make_merchant(), windows=(7,), late=(20, 20))

    assert not Violation.objects.exists()


def test_a_proposed_one_counts_once_an_operator_has_confirmed_it() -> None:
    merchant, now = make_merchant(), timezone.now()
    give_numbers(merchant, late=(1, 20))
    row = confirm_violation(violation_id=Violation.objects.get().pk, points=3, reason="Please hurry.", actor=OPERATOR, at=now)

    row.refresh_from_db()

    assert (row.status, row.points, row.reason) == ("open", 3, "Please hurry.")
    assert row.appeal_by == now + dt.timedelta(days=14)
    assert points_of(merchant, now + dt.timedelta(seconds=1)) == 3
    assert told() == ["open"]
    refused(row, IllegalTransition, lambda: confirm_violation(violation_id=row.pk, points=9, reason="", actor=OPERATOR, at=now))


def test_a_dropped_one_is_never_heard_of_and_its_month_gets_no_other() -> None:
    merchant = make_merchant()
    give_numbers(merchant, late=(1, 20))
    row = Violation.objects.get()
    drop_violation(violation_id=row.pk, reason="A storm.", actor=OPERATOR, at=timezone.now())

    give_numbers(merchant, day=DAY + dt.timedelta(days=1), late=(1, 20))

    assert [one.status for one in Violation.objects.all()] == ["dropped"]
    assert told() == []
    refused(row, ViolationNotFound, lambda: appeal(row))


def test_points_add_up_for_a_year_and_lifted_ones_do_not_count() -> None:
    merchant, now = make_merchant(), timezone.now()
    for points, at in ((6, now), (2, now - dt.timedelta(days=364)), (9, now - dt.timedelta(days=366))):
        make_open_violation(merchant, points=points, at=at)
    make_open_violation(make_merchant(), points=40)
    assert points_of(merchant, now) == 8

    lift(Violation.objects.get(merchant=merchant, points=6))

    assert points_of(merchant, now) == 2


def test_an_appeal_is_made_once_and_decided_once() -> None:
    row = make_open_violation(make_merchant())

    appealed = appeal(row)

    assert (appealed.status, appealed.appeal) == ("appealed", "They were ours.")
    refused(row, IllegalTransition, lambda: appeal(row, text="Again."))
    upheld = uphold_violation(violation_id=row.pk, text="They were not.", actor=OPERATOR, at=timezone.now())
    assert (upheld.status, upheld.decision) == ("upheld", "They were not.")
    refused(row, IllegalTransition, lambda: lift(row))
    refused(row, IllegalTransition, lambda: appeal(row, text="Again."))
    assert [(move.to_status, move.actor) for move in history(row)] == [
        ("open", OPERATOR), ("appealed", "merchant:1"), ("upheld", OPERATOR),
    ]  # fmt: skip
    assert told() == ["open", "appealed", "upheld"]


def test_an_appeal_may_come_until_its_last_moment() -> None:
    row = make_open_violation(make_merchant())
    assert row.appeal_by is not None
    late = row.appeal_by + dt.timedelta(microseconds=1)

    refused(row, AppealTooLate, lambda: appeal(row, at=late))

    assert appeal(row, at=row.appeal_by).status == "appealed"


def test_nobody_appeals_for_another_shop() -> None:
    row = make_open_violation(make_merchant())

    refused(row, ViolationNotFound, lambda: appeal(row, merchant_id=make_merchant().pk))


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001, "nul\x00byte"])
def test_an_appeal_needs_words_that_can_be_kept(text: str) -> None:
    row = make_open_violation(make_merchant())

    refused(row, ViolationInvalid, lambda: appeal(row, text=text))


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": 0}, {"points": 49}, {"reason": " "}, {"reason": "x" * 2_001}, {"rule": "", "measure": ""}, {"rule": "x" * 121},
        {"measure": "luck"}, {"reason": "nul\x00byte"},
    ],
)  # fmt: skip
def test_a_violation_says_which_rule_why_and_how_many_points(wrong: dict[str, Any]) -> None:
    call: dict[str, Any] = {"rule": "Be kind", "reason": "You were not.", "points": 1, "actor": OPERATOR, "at": timezone.now()}

    with pytest.raises(ViolationInvalid):
        make_violation(merchant_id=make_merchant().pk, **{**call, **wrong})

    assert not Violation.objects.exists()


def test_the_scorecards_of_the_last_30_days_are_one_merchants_own() -> None:
    merchant = make_merchant()
    give_numbers(make_merchant(), late=(1, 2))
    for days in (0, 29, 30):
        give_numbers(merchant, day=DAY - dt.timedelta(days=days), late=(0, 1))

    found = latest_scorecards(merchant)

    assert [(card.day, card.window) for card in found] == [
        (day, window) for day in (DAY - dt.timedelta(days=29), DAY) for window in (7, 30)
    ]
    assert found[0].of(Measure.LATE) == (0, 1)
    assert latest_scorecards(make_merchant()) == []
