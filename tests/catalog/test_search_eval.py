"""The golden set over the demo's goods, as `make search-eval` asks it; the floors are a little below what is reached."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from benchmarks.search.golden import Outcome, evaluate, mean, ndcg, read, report
from benchmarks.search.goods import put_up_demo
from catalog.selectors.attributes import forget_labels
from catalog.selectors.meaning import forget_synonyms
from tests.factories.catalog import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FLOOR = 0.95
FLOOR_OF_A_KIND = 0.85


@pytest.fixture(scope="module")
def outcomes(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Outcome]]:
    """Every query asked once, of goods that are put up in a transaction that never becomes true."""
    with django_db_blocker.unblock(), transaction.atomic():
        put_up_demo(NOW)
        forget_synonyms()
        yield evaluate(read("demo"))
        transaction.set_rollback(True)
    forget_synonyms()
    forget_labels()


def test_the_golden_set_is_answered_well(outcomes: list[Outcome]) -> None:
    table = "\n".join(report(outcomes))

    assert len(outcomes) >= 200
    assert mean(outcomes, lambda outcome: outcome.ndcg) >= FLOOR, table
    for kind in {outcome.query.kind for outcome in outcomes}:
        of_kind = [outcome for outcome in outcomes if outcome.query.kind == kind]
        assert mean(of_kind, lambda outcome: outcome.ndcg) >= FLOOR_OF_A_KIND, table


def test_no_query_of_the_golden_set_finds_nothing(outcomes: list[Outcome]) -> None:
    assert [outcome.query.text for outcome in outcomes if not outcome.found] == []


@pytest.mark.parametrize("text", ["手机", "充电器", "蓝牙耳机", "shouji", "手鸡", "冲电器", "chager", "lipstik"])
def test_the_right_products_come_first(outcomes: list[Outcome], text: str) -> None:
    outcome = next(outcome for outcome in outcomes if outcome.query.text == text)

    assert outcome.is_first_right, outcome.found


def test_a_worse_order_is_worth_less() -> None:
    present = [3, 3, 1]

    assert ndcg([3, 3, 1], present) == 1
    assert ndcg([0, 3, 3, 1], present) < ndcg([3, 0, 3, 1], present) < ndcg([3, 1, 3], present) < 1
    assert ndcg([], present) == ndcg([0] * 10, present) == 0
