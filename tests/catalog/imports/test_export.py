"""What is exported comes back as it was, whatever stands in the cells."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from catalog.imports.cells import guarded, unguarded
from catalog.imports.export import csv_lines, table, write_workbook
from catalog.models import BundleItem, Category, Product, ProductCard, Variant
from catalog.services.products import archive_product, update_product
from merchants.models import Merchant
from tests.catalog.imports.bench import imported, sums
from tests.factories.bundles import make_bundle
from tests.factories.catalog import NOW, make_brand, make_product, new_variant
from tests.factories.logistics import make_stock

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "'tis", "'", "''x", "'=1", "\tx", "\rx", "plain", "-", "灯笼"]


def goods(merchant: Merchant, lamps: Category) -> None:
    """Products with everything that could get lost on the way."""
    for number, text in enumerate(FORMULAS):
        make_product(
            merchant=merchant,
            category=lamps,
            title=text.strip() + "!",
            description=f'<p>{number} "quoted", with; delimiters\r\nand lines</p>',
            i18n={"zh-hans": {"title": f"={number}灯", "description": "<p>描述</p>"}},
            attributes=[
                {"name": "Material", "value": f"={number}", "i18n": {"zh-hans": {"name": "材质", "value": "纸"}}},
                {"name": "A very own name", "value": "x", "i18n": {}},
            ],
            brand=make_brand(),
            variants=[new_variant(sku=f"{text.strip()}{number}", compare_at_minor=2_500)],
        )
    colours = [new_variant(options={"Size": "M", "Colour": colour}, currency="KWD", price_minor=1_250) for colour in ("=Red", "Blue")]
    shirt = make_product(merchant=merchant, category=lamps, variants=colours, published=False, condition="fair", tax_class="reduced")
    make_stock(4, variant=shirt.variants.first(), warehouse=merchant.warehouses.get())
    parcel = {"length_mm": 300, "width_mm": 200, "height_mm": 50, "hs_code": "0610910001", "origin": "VN"}
    shirt.variants.filter(options__Colour="Blue").update(**parcel)


def test_a_set_comes_back_as_it_was_with_its_parts(merchant: Merchant, lamps: Category) -> None:
    cup = make_product(merchant=merchant, category=lamps, price=500).variants.get()
    make_stock(9, variant=cup, warehouse=merchant.warehouses.get())
    make_bundle({cup: 2}, price=900, category=lamps)
    before = [list(model.objects.order_by("pk").values()) for model in (Product, Variant, ProductCard, BundleItem)]

    row = imported(merchant, b"".join(csv_lines(merchant)))

    assert sums(row) == (0, 0, 2, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Product, Variant, ProductCard, BundleItem)] == before


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_begins_like_a_formula_is_guarded_and_comes_back(text: str) -> None:
    """IMP01: guarded on the way out, text again on the way in."""
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_importing_an_export_changes_nothing(merchant: Merchant, lamps: Category, kind: str) -> None:
    goods(merchant, lamps)
    out = io.BytesIO()
    if kind == "csv":
        out.write(b"".join(csv_lines(merchant)))
    else:
        write_workbook(merchant, out)
    before = [list(model.objects.order_by("pk").values()) for model in (Product, Variant, ProductCard)]

    row = imported(merchant, out.getvalue())

    assert sums(row) == (0, 0, len(FORMULAS) + 2, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Product, Variant, ProductCard)] == before


def test_an_export_makes_the_same_goods_in_another_shop(merchant: Merchant, lamps: Category) -> None:
    from tests.factories.logistics import make_warehouse
    from tests.factories.merchants import make_merchant

    goods(merchant, lamps)
    other = make_merchant()
    make_warehouse(other)

    row = imported(other, b"".join(csv_lines(merchant)))

    assert sums(row) == (len(FORMULAS) + 2, 0, 0, 0)
    columns = ("title", "description", "condition", "tax_class", "status", "category", "brand")
    own, theirs = (sorted(Product.objects.for_merchant(shop).values_list(*columns)) for shop in (merchant, other))
    assert own == theirs


def test_no_cell_of_an_export_is_a_formula(merchant: Merchant, lamps: Category) -> None:
    goods(merchant, lamps)
    out = io.BytesIO()
    write_workbook(merchant, out)

    cells = [cell for row in load_workbook(out).active.iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in table(merchant) for cell in row)


def test_others_goods_and_archived_ones_are_not_exported(merchant: Merchant, lamps: Category) -> None:
    gone = make_product(merchant=merchant, category=lamps, title="Gone")
    archive_product(product_id=gone.pk, actor="x", at=NOW)
    make_product(category=lamps, title="Somebody else's")
    update_product(product_id=make_product(merchant=merchant, category=lamps).pk, title="Mine")

    rows = list(table(merchant))

    assert [row[2] for row in rows[1:]] == ["Mine"]


def test_a_shop_without_goods_exports_the_columns(merchant: Merchant) -> None:
    assert len(list(table(merchant))) == 1
