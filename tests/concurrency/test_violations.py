"""An appeal is made once, and a decision once, however many press at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from core import states
from core.models import StateChange
from core.states import IllegalTransition, StaleState
from merchants.models import Violation
from merchants.services.violations import appeal_violation, lift_violation, uphold_violation
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.merchants import make_merchant
from tests.factories.scorecards import make_open_violation

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def appealing(row: Violation, text: str) -> Callable[[], Any]:
    return partial(appeal_violation, merchant_id=row.merchant_id, violation_id=row.pk, text=text, actor="merchant:1", at=timezone.now())


def moves(row: Violation, status: str) -> int:
    return StateChange.objects.filter(entity_id=row.pk, to_status=status).count()


def test_of_two_appeals_at_once_one_is_made() -> None:
    for _ in range(ROUNDS):
        row = make_open_violation(make_merchant())

        outcomes = at_once([appealing(row, "One."), appealing(row, "Two.")])

        assert len(successes(outcomes)) == 1
        assert all(isinstance(error, StaleState | IllegalTransition) for error in refusals(outcomes))
        row.refresh_from_db()
        assert row.appeal == successes(outcomes)[0].appeal
        assert moves(row, "appealed") == 1


def test_of_two_decisions_at_once_one_is_given() -> None:
    for _ in range(ROUNDS):
        row = make_open_violation(make_merchant())
        appealing(row, "Look again.")()
        call = {"violation_id": row.pk, "actor": "operator:1", "at": timezone.now()}

        outcomes = at_once([partial(uphold_violation, text="No.", **call), partial(lift_violation, text="Yes.", **call)])

        assert len(successes(outcomes)) == 1
        assert moves(row, "upheld") + moves(row, "lifted") == 1


def test_without_the_conditional_update_both_appeals_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the row's status in the UPDATE is what keeps the second one out."""

    def unguarded(model: Any, where: dict[str, Any], values: dict[str, Any]) -> int:
        return int(model.objects.filter(pk=where["id"]).update(**values))

    monkeypatch.setattr(states, "change", unguarded)
    for _ in range(20):
        row = make_open_violation(make_merchant())
        if len(successes(at_once([appealing(row, "One."), appealing(row, "Two.")]))) == 2:
            assert moves(row, "appealed") == 2
            return
    pytest.fail("the race was never lost")
