"""Lists must stay fast when the catalogue grows: PostgreSQL, left to choose, reads cards by an index."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from catalog.models import Category, Product, ProductCard
from catalog.selectors import CardQuery, cards_of_kind, category_tree, deal_cards, find_cards, newest_cards, popular_cards
from catalog.selectors.facets import facets_for
from catalog.selectors.suggest import suggestions_for
from catalog.services.vocabulary import learn_words
from shop.synthetic.catalogue import make_catalogue
from tests.rights import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_catalogue")]
PRODUCTS = 5_000
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


COPIES = 9


@pytest.fixture(scope="module")
def _catalogue(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One large catalogue for the module, made in a transaction that never becomes true."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_catalogue(PRODUCTS // (COPIES + 1), seed=1, at=NOW)
        with as_owner(), connection.cursor() as cursor:
            for statement in (copies_of(Product, "id"), copies_of(ProductCard, "product_id"), "ANALYZE catalog_productcard"):
                cursor.execute(statement)
        yield
        transaction.set_rollback(True)


def copies_of(model: type[Model], key: str) -> str:
    """SQL that adds nine copies of each row, with keys, slugs and prices of their own."""
    columns = [field.column for field in model._meta.concrete_fields if not field.generated]
    table, names = model._meta.db_table, ", ".join(columns)
    own = f"'{key}', md5(old.{key}::text || n)::uuid, 'slug', old.slug || '-' || n"
    own += ", 'price_minor', old.price_minor + n * 37, 'compare_at_minor', NULL" if "price_minor" in columns else ""
    copied = f"jsonb_populate_record(NULL::{table}, to_jsonb(old) || jsonb_build_object({own}))"
    taken = ", ".join(f"copy.{column}" for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {taken} FROM {table} old, generate_series(1, {COPIES}) n, LATERAL {copied} copy"


def plans_of(read: Any) -> list[dict[str, Any]]:
    """The plans of every SELECT that `read` makes."""
    seen: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        read()
    return [plan_of(sql, params) for sql, params in seen]


def plan_of(sql: str, params: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        rows = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(rows) if isinstance(rows, str) else rows)[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def scans_of_cards(plan: dict[str, Any]) -> list[str]:
    return [node["Node Type"] for node in nodes(plan) if node.get("Relation Name") == "catalog_productcard"]


def leaf() -> Category:
    category: Category = Category.objects.get(slug="bookshelves")
    return category


@pytest.mark.parametrize(
    "asked",
    [
        lambda: {"category": leaf()},
        lambda: {"category": leaf(), "sort": "price"},
        lambda: {"category": Category.objects.get(slug="furniture")},
        lambda: {"text": "oak bookshelf"},
        lambda: {"text": "橡木书架"},
        lambda: {"text": "waterin"},
        lambda: {"max_minor": 800, "sort": "price"},
    ],
    ids=["leaf", "leaf by price", "root", "english", "chinese", "prefix", "price range"],
)
def test_narrowed_lists_are_counted_and_read_by_an_index(asked: Any) -> None:
    query = CardQuery(**asked())

    plans = plans_of(lambda: find_cards(query, "en"))

    of_cards = [scans_of_cards(plan) for plan in plans if scans_of_cards(plan)]
    assert len(of_cards) >= 2
    assert all("Seq Scan" not in scans for scans in of_cards)


@pytest.mark.parametrize(
    "asked",
    [
        lambda: {"category": leaf()},
        lambda: {"category": leaf(), "facets": {"material": ("oak",), "b": ("nordvik", "haiyun"), "s": ("1",)}},
        lambda: {"text": "oak bookshelf", "facets": {"colour": ("jade",), "r": ("4",), "b": ("nordvik",)}},
        lambda: {"text": "橡木书架", "facets": {"b": ("nordvik",)}},
    ],
    ids=["leaf", "leaf with three facets", "search with three facets", "chinese"],
)
def test_facets_are_counted_by_an_index(asked: Any) -> None:
    query = CardQuery(**asked())
    category_tree("en")  # counted once after a change, for all pages
    plans = plans_of(lambda: facets_for(query, find_cards(query, "en").sample, "en"))

    of_cards = [scans_of_cards(plan) for plan in plans if scans_of_cards(plan)]
    assert of_cards
    assert all("Seq Scan" not in scans for scans in of_cards)


@pytest.mark.parametrize("typed", ["oak", "bookshe", "书架", "shujia", "bokshelf", "nordvik oak"])
def test_suggestions_are_found_by_an_index(typed: str) -> None:
    learn_words()
    category_tree("en")

    plans = plans_of(lambda: suggestions_for(typed, "en"))

    of_cards = [scans_of_cards(plan) for plan in plans if scans_of_cards(plan)]
    assert of_cards
    assert all("Seq Scan" not in scans for scans in of_cards)


@pytest.mark.parametrize("sort", ["sales", "newest", "price", "-price", "rating"])
def test_the_first_page_of_everything_is_read_in_the_order_of_an_index(sort: str) -> None:
    find_cards(CardQuery(sort=sort), "en")  # facets it has not seen are learnt once
    _count, page = plans_of(lambda: find_cards(CardQuery(sort=sort), "en"))

    assert scans_of_cards(page) == ["Index Scan"]
    assert "Sort" not in {node["Node Type"] for node in nodes(page)}


@pytest.mark.parametrize("rail", [popular_cards, newest_cards, deal_cards, lambda n, language: cards_of_kind("individual", n, language)])
def test_rails_are_read_by_an_index(rail: Any) -> None:
    (plan,) = plans_of(lambda: rail(12, "en"))

    assert "Seq Scan" not in scans_of_cards(plan)


def test_a_count_stops_at_the_cap_and_says_so() -> None:
    page = find_cards(CardQuery(page=10**6), "en")
    exact = find_cards(CardQuery(category=leaf()), "en")

    assert (page.total, page.total_text, page.is_capped, page.page, page.has_next) == (1_000, "1,000+", True, 42, False)
    assert (exact.total, exact.is_capped) == (PRODUCTS // 100, False)
