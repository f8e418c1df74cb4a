"""What an undo takes back, and what it leaves."""

from __future__ import annotations

import pytest
from django.utils import timezone

from catalog.imports import work
from catalog.imports.services import undo
from catalog.models import Category, Product, ProductCard, Variant
from catalog.services.products import update_product
from core.invariants import violations
from logistics.models import Stock
from merchants.models import Merchant
from tests.catalog.imports.bench import imported, problems, sums, table
from tests.factories.catalog import make_category

pytestmark = pytest.mark.django_db
LAMP = {"SKU": "L-1", "Title": "Paper lamp", "Category": "lamps", "Price": "19.90", "Stock": "7", "Status": "published"}


def test_an_undo_archives_what_was_made_and_frees_its_skus(merchant: Merchant, lamps: Category) -> None:
    row = imported(merchant, table(LAMP))

    undo(import_id=row.pk, merchant=merchant, at=timezone.now())
    done = work.work_through(row.pk, clock=timezone.now)

    assert (done.status, done.undone, done.kept) == ("undone", 1, 0)
    assert Product.objects.get().status == "archived"
    assert sums(imported(merchant, table(LAMP))) == (1, 0, 0, 0)
    assert violations() == {}


def test_an_undo_gives_back_what_was_changed(merchant: Merchant, lamps: Category) -> None:
    make_category("Other", slug="other")
    imported(merchant, table({**LAMP, "Compare-at price": "25"}))
    before = Product.objects.values("title", "status", "category_id").get(), Variant.objects.values("price_minor", "compare_at_minor").get()
    row = imported(merchant, table({**LAMP, "Title": "Wrong", "Price": "1", "Stock": "99", "Category": "other", "Status": "hidden"}))

    undo(import_id=row.pk, merchant=merchant, at=timezone.now())
    done = work.work_through(row.pk, clock=timezone.now)

    assert (done.undone, done.kept) == (1, 0)
    assert (
        Product.objects.values("title", "status", "category_id").get(),
        Variant.objects.values("price_minor", "compare_at_minor").get(),
    ) == before
    assert Stock.objects.get().on_hand == 7
    assert ProductCard.objects.get().title == "Paper lamp"


def test_an_undo_leaves_what_was_changed_since_and_says_so(merchant: Merchant, lamps: Category) -> None:
    row = imported(merchant, table(LAMP))
    update_product(product_id=Product.objects.get().pk, title="Better title")

    undo(import_id=row.pk, merchant=merchant, at=timezone.now())
    done = work.work_through(row.pk, clock=timezone.now)

    assert (done.undone, done.kept) == (0, 1)
    assert Product.objects.get().status == "published"
    assert problems(done) == [(1, "", "undo_changed")]
