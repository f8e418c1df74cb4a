"""Scorecards as computed, and what is proposed because of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from core.states import record_change, write_changes
from merchants.models import Measure, Scorecard, Standing, Violation
from merchants.scorecard_rules import LEAST_ORDERS, PROPOSED_POINTS, standing, worst

ACTOR = "system:scorecards"
PROPOSED_FROM = 30
_VALUES = ["standing", *(name for measure in Measure.values for name in (measure, f"{measure}_of"))]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was counted of one merchant in one window: (how many, of how many) by measure."""

    merchant_id: uuid.UUID
    window: int
    found: dict[Measure, tuple[int, int]]

    def standings(self) -> dict[Measure, Standing]:
        return {measure: standing(measure, *pair) for measure, pair in self.found.items()}


@transaction.atomic
def replace_scorecards(*, day: dt.date, numbers: Sequence[Numbers], at: dt.datetime) -> None:
    """Write the scorecards of a day in place of earlier ones, and propose a violation for each measure beyond its limit in 30 days.

    Once per merchant, measure and month, and for no fewer than 20 orders, cases or reviews; an operator decides about it.
    """
    cards = [_card(one, day, at) for one in numbers]
    Scorecard.objects.bulk_create(
        cards, update_conflicts=True, unique_fields=["merchant", "day", "window"], update_fields=[*_VALUES, "created_at"], batch_size=2_000
    )
    _propose(list(_bad(numbers, day, at)), at)


def _card(one: Numbers, day: dt.date, at: dt.datetime) -> Scorecard:
    values = {str(measure): pair[0] for measure, pair in one.found.items()}
    values |= {f"{measure}_of": pair[1] for measure, pair in one.found.items()}
    state = worst(one.standings().values())
    return Scorecard(merchant_id=one.merchant_id, day=day, window=one.window, standing=state, created_at=at, **values)


def _bad(numbers: Iterable[Numbers], day: dt.date, at: dt.datetime) -> Iterable[Violation]:
    for one in numbers:
        for measure, state in one.standings().items() if one.window == PROPOSED_FROM else ():
            found, of = one.found[measure]
            if state == Standing.BAD and of >= LEAST_ORDERS:
                yield Violation(
                    merchant_id=one.merchant_id,
                    status=Violation.Status.PROPOSED,
                    measure=measure,
                    month=day.replace(day=1),
                    found=found,
                    found_of=of,
                    points=PROPOSED_POINTS,
                    made_by=ACTOR,
                    created_at=at,
                )


def _propose(rows: list[Violation], at: dt.datetime) -> None:
    if not rows:
        return
    Violation.objects.bulk_create(rows, ignore_conflicts=True)
    # Those of this month that were there already were passed over.
    new = Violation.objects.filter(pk__in=[row.pk for row in rows])
    write_changes(record_change(row, "", row.status, actor=ACTOR, reason="", at=at) for row in new)
