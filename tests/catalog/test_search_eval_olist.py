"""The golden set of the imported catalogue over a few goods that its loader composes of rows made here; none of the data set is in them."""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from benchmarks.search.golden import Outcome, evaluate, mean, read, report
from benchmarks.search.goods import put_up_olist
from catalog.selectors.attributes import forget_labels
from catalog.selectors.meaning import forget_synonyms
from shop.olist import source
from shop.olist.categories import CATEGORIES
from tests.factories.catalog import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FLOOR = 0.85
WEIGHTS = (200, 300, 500, 700, 1_000, 2_000)
SIDES = ((16, 11, 10), (35, 25, 20))
PRODUCT = ("product_id", "product_category_name", "product_weight_g", "product_length_cm", "product_height_cm", "product_width_cm")
SELLER = ("seller_id", "seller_zip_code_prefix", "seller_city", "seller_state")


def key_of(*parts: object) -> str:
    return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def small_catalogue(folder: Path) -> Path:
    """One product of each category, weight and size."""
    kinds = itertools.product(CATEGORIES, WEIGHTS, SIDES)
    products = [(key_of(key, weight, sides), key, weight, *sides) for key, weight, sides in kinds]
    write(folder / source.PRODUCTS, PRODUCT, products)
    write(folder / source.SELLERS, SELLER, [(key_of(number), "01000", "sao paulo", "SP") for number in range(3)])
    return folder


@pytest.fixture(scope="module")
def outcomes(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Outcome]]:
    with django_db_blocker.unblock(), transaction.atomic():
        put_up_olist(small_catalogue(tmp_path_factory.mktemp("olist")), NOW)
        forget_synonyms()
        yield evaluate(read("olist"))
        transaction.set_rollback(True)
    forget_synonyms()
    forget_labels()


def test_the_golden_set_of_the_imported_catalogue_is_answered_well(outcomes: list[Outcome]) -> None:
    table = "\n".join(report(outcomes))

    assert len(outcomes) >= 80
    assert {outcome.query.kind for outcome in outcomes} == {"english", "chinese", "mixed", "typo", "pinyin", "attribute"}
    assert mean(outcomes, lambda outcome: outcome.ndcg) >= FLOOR, table


def test_hardly_any_of_its_queries_finds_nothing(outcomes: list[Outcome]) -> None:
    nothing = [outcome.query.text for outcome in outcomes if not outcome.found]

    assert len(nothing) <= len(outcomes) / 50, nothing
