"""Returns and cancellations from several sides, at any statement: goods come back once, money goes back once.

These scenes are long, so the suite plays one point in STRIDE, others every time; `make races` plays all.
"""

from __future__ import annotations

import pytest

from tests.drain import drain
from tests.proofs import case_scenes as scenes
from tests.proofs.interleaving import at_every_point

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STRIDE = 8


def test_a_parcel_counted_by_two_people_is_on_the_shelf_once_at_any_statement() -> None:
    """STK07."""
    seen = at_every_point(scenes.parcel_counted_twice(), stride=STRIDE)
    drain()

    assert seen.waits > 2


@pytest.mark.parametrize("refund_first", [False, True])
def test_a_return_and_a_refund_of_the_whole_order_give_it_back_once_at_any_statement(refund_first: bool) -> None:
    """STK07, MON15."""
    at_every_point(scenes.return_and_refund(refund_first=refund_first), stride=STRIDE)
    drain()


@pytest.mark.parametrize("case_first", [False, True])
def test_an_order_cancelled_from_two_sides_comes_back_once_at_any_statement(case_first: bool) -> None:
    """STK07."""
    seen = at_every_point(scenes.cancelled_from_two_sides(case_first=case_first), stride=STRIDE)
    drain()

    assert set(seen.outcomes) == {"cancelled"}


def test_a_complaint_is_granted_or_taken_back_but_not_both_at_any_statement() -> None:
    seen = at_every_point(scenes.return_and_withdrawal_of_it(), stride=STRIDE)

    assert set(seen.outcomes) <= {"refunded", "withdrawn"}
