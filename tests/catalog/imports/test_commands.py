"""What the operator does by command."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Category, Product, ProductImport, Variant
from merchants.models import Merchant
from shop.environment import BASE_DIR
from tests.catalog.imports.bench import table
from tests.factories.catalog import make_category

pytestmark = pytest.mark.django_db


def run(path: Path, merchant: Merchant, **options: Any) -> str:
    out = StringIO()
    call_command("import_products", path, merchant=merchant.slug, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "goods.csv"
    file.write_bytes(table({"SKU": "1", "Title": "Lamp", "Category": "lamps", "Price": "5"}, {"SKU": "2", "Price": "x"}))
    return file


def test_a_file_is_imported_and_the_figures_are_told(merchant: Merchant, lamps: Category, path: Path) -> None:
    told = run(path, merchant)

    assert "2 rows = 1 new + 0 changed + 0 unchanged + 1 failed" in told
    assert "row 2: price 'x': This is not a number." in told
    assert "peak memory" in told
    assert Product.objects.get().title == "Lamp"


def test_a_dry_run_changes_nothing(merchant: Merchant, lamps: Category, path: Path) -> None:
    told = run(path, merchant, dry_run=True)

    assert "checked: 2 rows = 1 new" in told
    assert not Product.objects.exists()
    assert ProductImport.objects.get().status == "discarded"


@pytest.mark.parametrize(
    "mapping", ["no json", "[]", '{"columns": {"Nothing": "sku"}}', '{"columns": {"SKU": "owner"}}', '{"defaults": {"category": "none"}}']
)
def test_a_mapping_that_makes_no_sense_is_refused(merchant: Merchant, lamps: Category, path: Path, tmp_path: Path, mapping: str) -> None:
    said = tmp_path / "mapping.json"
    said.write_text(mapping)

    with pytest.raises(CommandError):
        run(path, merchant, mapping=said)

    assert not Product.objects.exists()


def test_an_unknown_shop_and_a_missing_file_are_refused(merchant: Merchant, path: Path) -> None:
    with pytest.raises(CommandError):
        run(path, Merchant(slug="nobody"))
    with pytest.raises(CommandError):
        run(path.with_name("missing.csv"), merchant)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_by_command_can_be_imported(merchant: Merchant, lamps: Category, path: Path, tmp_path: Path, kind: str) -> None:
    run(path, merchant)
    out = tmp_path / f"out.{kind}"

    call_command("export_products", merchant=merchant.slug, output=out, stdout=StringIO())

    assert "0 new + 0 changed + 1 unchanged + 0 failed" in run(out, merchant)


def test_real_listings_with_thousands_of_blank_rows_give_reports(merchant: Merchant) -> None:
    folders = [BASE_DIR.parent / "shared" / "data", Path(os.environ.get("JISHI_DATA") or BASE_DIR / "no-data")]
    found = next((folder / "flipkart" / "products.csv" for folder in folders if (folder / "flipkart" / "products.csv").is_file()), None)
    if found is None:
        pytest.skip("the Flipkart sample is neither in ../shared/data/flipkart nor in JISHI_DATA/flipkart")
    mapping = BASE_DIR / "demo" / "flipkart-mapping.json"
    for slug in sorted(set(json.loads(mapping.read_text())["categories"].values())):
        make_category(slug, slug=slug)

    run(found, merchant, mapping=mapping)

    row = ProductImport.objects.get()
    assert row.status == "done"
    assert row.made > 800
    assert row.failed > 3_995
    assert row.made + row.failed == row.total
    assert Variant.objects.count() == row.made
