"""Imports of one shop at once, and several workers on one import: every row is applied once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog.imports import services, work
from catalog.imports.errors import ImportRunning
from catalog.models import Product, ProductImport, Variant
from core.invariants import violations
from logistics.models import StockMovement
from merchants.models import Merchant
from tests.catalog.imports.bench import checked, table
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.catalog import make_category
from tests.factories.logistics import make_warehouse
from tests.factories.merchants import make_merchant
from tests.rights import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


@pytest.fixture
def merchant(settings: Any, tmp_path: Path) -> Merchant:
    settings.PRIVATE_ROOT = tmp_path
    make_category("Lamps", slug="lamps")
    made = make_merchant()
    make_warehouse(made)
    return made


def lamps(count: int) -> bytes:
    rows = [{"SKU": f"L-{number}", "Title": f"Lamp {number}", "Category": "lamps", "Price": "5", "Stock": "2"} for number in range(count)]
    return table(*rows)


def test_of_imports_started_at_once_one_runs(merchant: Merchant) -> None:
    """IMP05: the others are refused, and their files wait as they were."""
    rows = [checked(merchant, lamps(3)) for _ in range(WORKERS)]

    outcomes = at_once([functools.partial(services.start, import_id=row.pk, merchant=merchant, at=timezone.now()) for row in rows])

    assert len(successes(outcomes)) == 1
    assert {type(error) for error in refusals(outcomes)} == {ImportRunning}
    assert sorted(ProductImport.objects.values_list("status", flat=True)) == ["checked"] * (WORKERS - 1) + ["running"]


def test_without_the_index_several_imports_would_run(merchant: Merchant) -> None:
    """Negative control: the unique index is what refuses the second."""
    rows = [checked(merchant, lamps(3)) for _ in range(2)]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP INDEX import_one_at_a_time")
    try:
        ProductImport.objects.filter(pk__in=[row.pk for row in rows]).update(status="running")
        assert ProductImport.objects.filter(status="running").count() == 2
    finally:
        ProductImport.objects.all().update(status="done")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX import_one_at_a_time ON catalog_productimport (merchant_id) WHERE status IN ('running', 'undoing')"
            )


def test_workers_on_one_import_apply_each_row_once(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """IMP04: whoever comes second finds the checkpoint moved."""
    monkeypatch.setattr(work, "BATCH", 10)
    row = checked(merchant, lamps(200))
    services.start(import_id=row.pk, merchant=merchant, at=timezone.now())
    before = deadlocks()

    def through() -> None:
        work.work_through(row.pk, clock=timezone.now)

    outcomes = at_once([through] * WORKERS)

    assert refusals(outcomes) == []
    row.refresh_from_db()
    assert (row.status, row.made, row.failed) == ("done", 200, 0)
    assert Product.objects.count() == Variant.objects.count() == StockMovement.objects.count() == 200
    assert deadlocks() == before
    assert violations() == {}
