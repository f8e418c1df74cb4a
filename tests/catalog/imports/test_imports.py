"""From a file to products: what is made, changed, left alone and refused, row by row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.imports import reasons, work
from catalog.imports.errors import (
    FileGone,
    FileTooLarge,
    ImportNotFound,
    ImportRunning,
    MappingUnclear,
    NoWarehouse,
    SkuUnmapped,
    UnknownField,
)
from catalog.imports.services import LEASE, discard, forget_files, map_columns, start, undo, upload
from catalog.imports.storage import folder, source_path
from catalog.models import Brand, Category, ImportMapping, Product, ProductCard, ProductImport, Variant
from catalog.rules.tokens import document_tokens
from catalog.services.products import publish_product
from core.invariants import violations
from core.models import Job
from core.states import history
from logistics.models import Stock, StockMovement
from merchants.models import Merchant
from tests.catalog.imports.bench import ACTOR, HEADER, brought, checked, imported, mapped, problems, sums, table
from tests.factories.catalog import make_category, make_product, new_variant
from tests.factories.logistics import make_reservations, make_stock
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
LAMP = {"SKU": "L-1", "Title": "Paper lamp", "Category": "lamps", "Price": "19.90", "Stock": "7", "Status": "published"}


def test_a_row_becomes_a_product_with_card_stock_and_history(merchant: Merchant, lamps: Category) -> None:
    header = [*LAMP, "Title (Chinese)", "Brand", "attribute:Material", "Weight (kg)", "Compare-at price"]
    row = imported(merchant, table([*LAMP.values(), "纸灯", "Akari", "Paper", "1.2", "25"], header=header))

    product = Product.objects.get()
    variant = product.variants.get()
    assert sums(row) == (1, 0, 0, 0)
    assert (product.title, product.i18n["zh-hans"]["title"], product.category, product.status) == ("Paper lamp", "纸灯", lamps, "published")
    assert product.attributes == [{"name": "Material", "value": "Paper", "i18n": {}}]
    assert (variant.sku, variant.price_minor, variant.compare_at_minor, variant.weight_g) == ("L-1", 1_990, 2_500, 1_200)
    assert Brand.objects.get().name == "Akari"
    assert [change.to_status for change in history(product)] == ["published"]
    card = ProductCard.objects.get()
    assert (card.is_visible, card.in_stock, card.brand_name, card.price_minor) == (True, True, "Akari", 1_990)
    assert all(f"'{token}'" in str(card.search) for token, _ in document_tokens("paper lamp 纸灯"))
    assert list(StockMovement.objects.values_list("delta", "reason", "actor")) == [(7, "received", ACTOR)]
    assert violations() == {}
    assert Job.objects.filter(kind="product_import", status="done").count() == 2


def test_size_customs_number_and_origin_come_by_english_or_chinese_columns(merchant: Merchant, lamps: Category) -> None:
    english = {**LAMP, "Length (mm)": "300", "Width (mm)": "20.5 cm", "Height (mm)": "2 in", "HS code": "9405.50.00", "Made in": "Vietnam"}
    chinese = ["L-2", "纸灯", "lamps", "19.90", "300", "20厘米", "50", "94055000", "中国"]
    header = ["编码", "标题", "类目", "价格", "长", "宽", "高", "海关编码", "原产国"]

    imported(merchant, table(english, header=list(english)))
    imported(merchant, table(chinese, header=header))

    names = ("length_mm", "width_mm", "height_mm", "hs_code", "origin")
    found = {row[0]: row[1:] for row in Variant.objects.values_list("sku", *names)}
    assert found == {"L-1": (300, 205, 51, "94055000", "VN"), "L-2": (300, 200, 50, "94055000", "CN")}


def test_goods_that_the_operator_looks_at_first_change_by_file_in_price_and_stock_only(merchant: Merchant, lamps: Category) -> None:
    imported(merchant, table([*LAMP.values()], header=[*LAMP]))
    Merchant.objects.filter(pk=merchant.pk).update(needs_approval=True)
    merchant.refresh_from_db()

    new = imported(merchant, table(["L-2", *list(LAMP.values())[1:]], header=[*LAMP]))
    draft = imported(merchant, table(["L-3", *list(LAMP.values())[1:-1], "draft"], header=[*LAMP]))
    said = imported(merchant, table(["L-1", "Another lamp"], header=["SKU", "Title"]))
    priced = imported(merchant, table(["L-1", "18.00", "9"], header=["SKU", "Price", "Stock"]))

    assert problems(new) == [(1, "status", "approval_needed")]
    assert sums(draft) == (1, 0, 0, 0)
    assert problems(said) == [(1, "", "approval_needed")]
    assert sums(priced) == (0, 1, 0, 0)
    assert set(Product.objects.values_list("title", "status")) == {("Paper lamp", "published"), ("Paper lamp", "draft")}
    assert Variant.objects.get(sku="L-1").price_minor == 1_800


def test_rows_of_one_key_become_the_variants_of_one_product(merchant: Merchant, lamps: Category) -> None:
    header = ["SKU", "Product key", "Title", "Category", "Price", "Option 1 name", "Option 1 value", "Option 2 name", "Option 2 value"]
    shirt = ["shirt", "Shirt", "lamps", "30"]

    row = imported(
        merchant,
        table(
            ["S-R", *shirt, "Colour", "Red", "Size", "M"],
            ["S-B", "shirt", "", "", "31", "Colour", "Blue", "Size", "M"],
            ["S-X", "shirt", "", "", "31", "Colour", "Blue", "Size", "M"],
            ["S-Y", "shirt", "", "", "31", "Colour", "Green", "", ""],
            header=header,
        ),
    )

    product = Product.objects.get()
    assert sums(row) == (2, 0, 0, 2)
    assert problems(row) == [(3, "option1_value", "options_taken"), (4, "option1_name", "options_unclear")]
    assert [variant.options for variant in product.variants.order_by("position")] == [
        {"Colour": "Red", "Size": "M"},
        {"Colour": "Blue", "Size": "M"},
    ]
    assert [value["value"] for value in product.options[0]["values"]] == ["Red", "Blue"]
    assert product.handle == "shirt"


def test_another_file_adds_a_variant_to_the_product_of_that_key(merchant: Merchant, lamps: Category) -> None:
    header = ["SKU", "Product key", "Title", "Category", "Price", "Option 1 name", "Option 1 value"]
    imported(merchant, table(["S-R", "shirt", "Shirt", "lamps", "30", "Colour", "Red"], header=header))

    row = imported(merchant, table(["S-B", "shirt", "", "", "31", "Colour", "Blue"], header=header))

    assert sums(row) == (1, 0, 0, 0)
    assert Product.objects.get().variants.count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"SKU": ""}, "sku", "sku_missing"),
        ({"SKU": "x" * 65}, "sku", "too_long"),
        ({"Title": ""}, "title", "title_missing"),
        ({"Title": "x" * 201}, "title", "too_long"),
        ({"Price": "-5"}, "price", "price_not_positive"),
        ({"Price": "0.001"}, "price", "price_decimals"),
        ({"Price": "cheap"}, "price", "number"),
        ({"Price": ""}, "price", "price_missing"),
        ({"Price": "99999999999999"}, "price", "number_too_large"),
        ({"Compare-at price": "19.89"}, "compare_at", "compare_at_low"),
        ({"Currency": "XXX"}, "currency", "currency_unknown"),
        ({"Category": "no such"}, "category", "category_unknown"),
        ({"Category": ""}, "category", "category_missing"),
        ({"Category": "home"}, "category", "category_not_leaf"),
        ({"Stock": "-1"}, "stock", "whole_number"),
        ({"Stock": "1.5"}, "stock", "whole_number"),
        ({"Length (mm)": "0"}, "length", "side"),
        ({"Height (mm)": "40000"}, "height", "side"),
        ({"HS code": "6109"}, "hs_code", "hs_code"),
        ({"HS code": "61O910"}, "hs_code", "hs_code"),
        ({"Country of origin": "XX"}, "origin", "origin"),
        ({"Status": "perhaps"}, "status", "status_unknown"),
        ({"Status": "pending"}, "status", "status_forbidden"),
    ],
)
def test_a_wrong_row_is_reported_and_the_right_ones_are_imported(
    merchant: Merchant, lamps: Category, changes: dict[str, str], field: str, code: str
) -> None:
    """IMP06: by row, with field and reason."""
    header = tuple(dict.fromkeys((*HEADER, *changes)))
    row = imported(merchant, table({**LAMP, **changes}, {**LAMP, "SKU": "L-2"}, header=header))

    assert (field, code) in [(field, code) for number, field, code in problems(row) if number == 1]
    assert sums(row) == (1, 0, 0, 1)
    assert list(Variant.objects.values_list("sku", flat=True)) == ["L-2"]


def test_every_reason_has_words() -> None:
    params = {"most": 1, "currency": "USD", "places": 2, "status": "draft", "options": "Colour", "reserved": 1, "now": 1}

    for code, words in reasons.WORDS.items():
        assert "%(" not in reasons.worded(code, params if "%(" in str(words) else {})


def test_a_sku_counts_once_in_a_file(merchant: Merchant, lamps: Category) -> None:
    row = imported(merchant, table(LAMP, {**LAMP, "Title": "Another"}))

    assert problems(row) == [(2, "sku", "sku_twice")]
    assert Product.objects.get().title == "Paper lamp"


def test_another_shop_may_have_the_same_sku_and_stays_as_it_is(merchant: Merchant, lamps: Category) -> None:
    """IMP06: a SKU names something within its own shop only."""
    other = make_product(category=lamps, variants=[new_variant(sku="L-1", price_minor=500)])
    before = Product.objects.filter(pk=other.pk).values().get()

    row = imported(merchant, table(LAMP))

    assert sums(row) == (1, 0, 0, 0)
    assert Product.objects.filter(pk=other.pk).values().get() == before
    assert Variant.objects.filter(sku="L-1").count() == 2


@pytest.mark.parametrize("category", ["lamps", "Lamps", "灯具", "Home > Lamps", "home/lamps", "家居 > 灯具", '["Home >> Lamps"]'])
def test_a_category_is_found_by_slug_name_or_path_in_both_languages(merchant: Merchant, lamps: Category, category: str) -> None:
    imported(merchant, table({**LAMP, "Category": category}))

    assert Product.objects.get().category == lamps


def test_a_name_of_several_categories_needs_its_path(merchant: Merchant, lamps: Category) -> None:
    make_category("Lamps", parent=make_category("Garden"), slug="garden-lamps")

    row = imported(
        merchant,
        table({**LAMP, "Category": "灯具"}, {**LAMP, "SKU": "2", "Category": "LAMPS "}, {**LAMP, "SKU": "3", "Category": "Garden > Lamps"}),
    )

    # "lamps" is the slug of one of them, which is unique.
    assert sums(row) == (3, 0, 0, 0)
    assert Product.objects.get(variants__sku="3").category.slug == "garden-lamps"


def test_the_merchants_own_category_names_can_be_translated(merchant: Merchant, lamps: Category) -> None:
    imported(merchant, table({**LAMP, "Category": "Decor >> Lights >> Paper"}), categories={"Decor >> Lights": "lamps"})

    assert Product.objects.get().category == lamps


def test_defaults_hold_for_new_products_only(merchant: Merchant, lamps: Category) -> None:
    product = make_product(merchant=merchant, variants=[new_variant(sku="OLD")])
    said = {"category": "lamps", "status": "published", "condition": "good"}

    imported(merchant, table({"SKU": "OLD"}, {"SKU": "NEW", "Title": "New", "Price": "1"}), defaults=said)

    new = Product.objects.get(variants__sku="NEW")
    assert (new.category, new.status, new.condition) == (lamps, "published", "good")
    product.refresh_from_db()
    assert (product.category == lamps, product.condition, product.version) == (False, "new", 2)


def test_the_same_file_again_changes_nothing(merchant: Merchant, lamps: Category) -> None:
    imported(merchant, table(LAMP))
    before = [list(model.objects.order_by("pk").values()) for model in (Product, Variant, ProductCard, Stock, StockMovement)]

    row = imported(merchant, table(LAMP))

    assert sums(row) == (0, 0, 1, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Product, Variant, ProductCard, Stock, StockMovement)] == before


def test_what_differs_is_changed_and_the_rest_stays(merchant: Merchant, lamps: Category) -> None:
    imported(merchant, table({**LAMP, "Compare-at price": "25"}))
    card = ProductCard.objects.get()

    row = imported(merchant, table({"SKU": "L-1", "Price": "18", "Stock": "3", "Status": "hidden"}))

    variant = Variant.objects.get()
    assert sums(row) == (0, 1, 0, 0)
    assert (variant.price_minor, variant.compare_at_minor, variant.product.title) == (1_800, None, "Paper lamp")
    assert (variant.product.status, variant.product.version) == ("hidden", 2)
    assert Stock.objects.get().on_hand == 3
    after = ProductCard.objects.get()
    assert (after.price_minor, after.is_visible, after.version > card.version) == (1_800, False, True)


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"Currency": "JPY", "Price": "100"}, "currency", "currency_differs"),
        ({"Price": "30"}, "", ""),
        ({"Status": "draft"}, "status", "status_forbidden"),
        ({"Stock": "1"}, "stock", "stock_reserved"),
    ],
)
def test_changes_that_are_not_possible_are_refused(merchant: Merchant, lamps: Category, row: dict[str, str], field: str, code: str) -> None:
    imported(merchant, table(LAMP))
    make_reservations({Stock.objects.get(): 2}, at=timezone.now(), expires_at=timezone.now() + dt.timedelta(minutes=5))

    done = imported(merchant, table({"SKU": "L-1", **row}))

    assert problems(done) == ([(1, field, code)] if code else [])
    assert Stock.objects.get().on_hand == 7


def test_stock_that_moved_since_the_export_is_not_overwritten(merchant: Merchant, lamps: Category) -> None:
    imported(merchant, table(LAMP))
    header = ["SKU", "Stock", "Stock when exported"]

    same = imported(merchant, table(["L-1", "9", "9"], header=header))
    changed = imported(merchant, table(["L-1", "8", "9"], header=header))

    assert sums(same) == (0, 0, 1, 0)
    assert problems(changed) == [(1, "stock", "stock_changed")]
    assert Stock.objects.get().on_hand == 7


def test_an_archived_products_sku_is_refused(merchant: Merchant, lamps: Category) -> None:
    imported(merchant, table({**LAMP, "Status": "archived"}))

    row = imported(merchant, table({**LAMP, "Price": "1"}))

    assert problems(row) == [(1, "sku", "sku_archived")]


def test_rows_of_a_key_that_stand_apart_are_refused(merchant: Merchant, lamps: Category) -> None:
    row = imported(
        merchant, table({**LAMP, "Product key": "a"}, {**LAMP, "SKU": "2", "Product key": "b"}, {**LAMP, "SKU": "3", "Product key": "a"})
    )

    assert problems(row) == [(3, "handle", "handle_scattered")]
    assert sums(row) == (2, 0, 0, 1)


def test_a_dry_run_says_the_same_and_changes_nothing(merchant: Merchant, lamps: Category) -> None:
    row = checked(merchant, table(LAMP, {**LAMP, "SKU": "2", "Price": "0"}))

    assert (row.status, sums(row)) == ("checked", (1, 0, 0, 1))
    assert not Product.objects.exists()


def test_all_or_none_imports_none_where_a_row_fails(merchant: Merchant, lamps: Category) -> None:
    row = imported(merchant, table(LAMP, {**LAMP, "SKU": "2", "Price": "0"}), is_atomic=True)

    assert (row.status, row.error) == ("failed", "rows_refused")
    assert not Product.objects.exists()


def test_all_or_none_imports_all_where_none_fails(merchant: Merchant, lamps: Category) -> None:
    row = imported(merchant, table(LAMP, {**LAMP, "SKU": "2"}), is_atomic=True)

    assert (row.status, Product.objects.count()) == ("done", 2)


def test_a_batch_takes_as_many_statements_whatever_its_size(merchant: Merchant, lamps: Category) -> None:
    def cost(count: int, letter: str) -> int:
        rows = [{**LAMP, "SKU": f"{letter}-{number}", "Title": f"Lamp {letter} {number}"} for number in range(count)]
        row = checked(merchant, table(*rows))
        start(import_id=row.pk, merchant=merchant, at=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as seen:
            work.step_of(row.pk, clock=timezone.now)
        return len(seen)

    assert cost(40, "a") == cost(200, "b") <= 60


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(merchant: Merchant, lamps: Category, monkeypatch: Any) -> None:
    """IMP04: the checkpoint moves with the rows."""
    monkeypatch.setattr(work, "BATCH", 2)
    row = checked(merchant, table(*({**LAMP, "SKU": f"L-{number}"} for number in range(5))))
    start(import_id=row.pk, merchant=merchant, at=timezone.now())
    work.step_of(row.pk, clock=timezone.now)

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(work, "note_changes", dies)
        work.step_of(row.pk, clock=timezone.now)
    assert Product.objects.count() == 2

    done = work.work_through(row.pk, clock=timezone.now)

    assert (done.status, sums(done)) == ("done", (5, 0, 0, 0))
    assert Product.objects.count() == 5
    assert StockMovement.objects.count() == 5


def test_a_file_that_is_being_read_is_read_by_one_worker_until_it_is_silent(merchant: Merchant, lamps: Category) -> None:
    row = mapped(brought(merchant, table(LAMP)))
    now = timezone.now()
    ProductImport.objects.filter(pk=row.pk).update(claimed_until=now + LEASE)

    assert work.step(clock=lambda: now) == 0
    assert work.step(clock=lambda: now + 2 * LEASE) == 1


def test_what_a_command_works_on_is_left_alone_by_workers_until_it_is_silent(merchant: Merchant, lamps: Category) -> None:
    row = brought(merchant, table(LAMP))
    mapped(row, by_caller=True)
    now = timezone.now()

    assert work.step(clock=lambda: now) == 0
    assert work.step_of(row.pk, clock=lambda: now, is_mine=True) == 1
    assert work.step(clock=lambda: now) == 0
    assert work.step(clock=lambda: now + 2 * LEASE) == 1


def test_one_import_of_a_shop_at_a_time(merchant: Merchant, lamps: Category) -> None:
    first, second = checked(merchant, table(LAMP)), checked(merchant, table(LAMP))
    start(import_id=first.pk, merchant=merchant, at=timezone.now())

    with pytest.raises(ImportRunning):
        start(import_id=second.pk, merchant=merchant, at=timezone.now())

    second.refresh_from_db()
    assert second.status == "checked"


def test_a_strangers_import_does_not_exist(merchant: Merchant, lamps: Category) -> None:
    row, stranger = checked(merchant, table(LAMP)), make_merchant()

    for service in (start, undo, discard):
        with pytest.raises(ImportNotFound):
            service(import_id=row.pk, merchant=stranger, at=timezone.now())

    row.refresh_from_db()
    assert row.status == "checked"


@pytest.mark.parametrize(
    ("mapping", "refusal"),
    [
        (["title", "price"], SkuUnmapped),
        (["sku", "sku"], MappingUnclear),
        (["sku", "owner"], UnknownField),
        (["sku", "stock"], NoWarehouse),
    ],
)
def test_columns_that_make_no_sense_are_refused(db: None, mapping: list[str], refusal: type[Exception]) -> None:
    merchant = make_merchant()
    row = brought(merchant, table(["a", "b"], header=["One", "Two"]))

    with pytest.raises(refusal):
        mapped(row, mapping=mapping)

    row.refresh_from_db()
    assert row.status == "uploaded"


def test_what_columns_mean_is_proposed_again(merchant: Merchant, lamps: Category) -> None:
    header = ["Artikel", "Bezeichnung"]
    mapped(brought(merchant, table(["a", "b"], header=header)), mapping=["sku", "title"])

    assert brought(merchant, table(["c", "d"], header=["bezeichnung", "ARTIKEL"])).mapping == ["title", "sku"]
    assert brought(make_merchant(), table(["c", "d"], header=header)).mapping == ["", ""]
    assert ImportMapping.objects.get().merchant == merchant


def test_a_file_over_the_limit_leaves_nothing_behind(merchant: Merchant, settings: Any) -> None:
    settings.IMPORT_MAX_MB = 1

    with pytest.raises(FileTooLarge):
        upload(merchant=merchant, name="x", pieces=[b"a" * 600_000, b"a" * 600_000], actor=ACTOR, at=timezone.now())

    assert not ProductImport.objects.exists()
    assert not any(folder(merchant.pk).parent.iterdir())


def test_old_files_are_removed_and_results_stay(merchant: Merchant, lamps: Category) -> None:
    done, waiting = imported(merchant, table(LAMP)), checked(merchant, table(LAMP))
    later = timezone.now() + dt.timedelta(days=31)

    assert forget_files(at=timezone.now()) == 0
    assert forget_files(at=later) == 2

    assert not source_path(done).exists()
    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.status, waiting.status) == ("done", "discarded")
    with pytest.raises(FileGone):
        map_columns(import_id=waiting.pk, merchant=merchant, mapping=waiting.mapping, defaults={}, categories={}, is_atomic=False, at=later)


def test_a_discarded_file_is_forgotten(merchant: Merchant, lamps: Category, django_capture_on_commit_callbacks: Any) -> None:
    row = checked(merchant, table(LAMP))

    with django_capture_on_commit_callbacks(execute=True):
        discard(import_id=row.pk, merchant=merchant, at=timezone.now())

    assert not folder(row.pk).exists()


def test_a_product_that_is_published_by_hand_meanwhile_is_seen_as_it_is_now(merchant: Merchant, lamps: Category) -> None:
    product = make_product(merchant=merchant, category=lamps, variants=[new_variant(sku="L-1")], published=False)
    row = checked(merchant, table({"SKU": "L-1", "Status": "published"}))
    publish_product(product_id=product.pk, actor="x", at=timezone.now())

    start(import_id=row.pk, merchant=merchant, at=timezone.now())

    assert sums(work.work_through(row.pk, clock=timezone.now)) == (0, 0, 1, 0)


def test_what_lies_there_is_made_up_of_movements(merchant: Merchant, lamps: Category) -> None:
    product = make_product(merchant=merchant, category=lamps, variants=[new_variant(sku="L-1")])
    make_stock(5, variant=product.variants.get(), warehouse=merchant.warehouses.get())

    imported(merchant, table({"SKU": "L-1", "Stock": "0"}))

    assert list(StockMovement.objects.order_by("pk").values_list("delta", "reason")) == [(5, "received"), (-5, "corrected")]
    assert ProductCard.objects.get().in_stock is False
    assert violations() == {}
