"""The public data set becomes shops, categories and products; the excerpt here is written by hand in its form."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Category, Product, ProductCard, Variant
from core.invariants import violations
from merchants.models import Merchant
from shop.environment import BASE_DIR
from shop.olist import source
from shop.olist.categories import CATEGORIES

pytestmark = pytest.mark.django_db(transaction=True)  # it writes from threads of its own
SELLERS = """seller_id,seller_zip_code_prefix,seller_city,seller_state
aa00000000000000000000000000000001,13023,campinas,SP
bb00000000000000000000000000000002,20031,rio de janeiro,RJ
cc00000000000000000000000000000003,13024,campinas,SP
"""
MEASURES = "name_lenght,description_lenght,photos_qty,weight_g,length_cm,height_cm,width_cm"
PRODUCTS = (
    f"product_id,product_category_name,{','.join(f'product_{name}' for name in MEASURES.split(','))}\n"
    """\
11111111111111110000000000000001,perfumaria,40,287,1,225,16,10,14
22222222222222220000000000000002,perfumaria,40,287,1,225,16,10,14
33333333333333330000000000000003,pc_gamer,40,287,1,1500,30,20,
44444444444444440000000000000004,,,,,,,,
"""
)
ITEMS = """order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value
o1,1,11111111111111110000000000000001,cc00000000000000000000000000000003,2017-09-19 09:45:35,58.95,13.29
"""


def excerpt(folder: Path) -> Path:
    (folder / "orders-sample").mkdir()
    (folder / source.SELLERS).write_text(SELLERS)
    (folder / source.PRODUCTS).write_text("\ufeff" + PRODUCTS)
    (folder / source.ITEMS).write_text(ITEMS)
    return folder


def rows() -> list[list[dict[str, Any]]]:
    return [list(model._base_manager.order_by("pk").values()) for model in (Merchant, Category, Product, Variant, ProductCard)]


def load(folder: Path) -> str:
    out = StringIO()
    call_command("load_olist", folder, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_shops_categories_and_products_are_made_in_both_languages(tmp_path: Path) -> None:
    told = load(excerpt(tmp_path))

    assert "4 made" in told
    assert "products" in told and "peak memory" in told
    assert sorted(Merchant.objects.values_list("name", flat=True)) == ["Campinas 1", "Campinas 2", "Rio De Janeiro 1"]
    first = Product.objects.get(variants__sku="OL-11111111111111")
    assert (first.title, first.i18n["zh-hans"]["title"]) == ("Perfumery 225 g, 16 × 14 × 10 cm", "香水 225 g，16 × 14 × 10 cm")
    assert (first.merchant.name, first.variants.get().price_minor) == ("Campinas 2", 5_890)
    assert Product.objects.values("title").distinct().count() == 4
    assert ProductCard.objects.filter(is_visible=True).count() == 4
    assert violations() == {}


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    load(excerpt(tmp_path))
    before = rows()

    told = load(tmp_path)

    assert "4 unchanged" in told
    assert rows() == before


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        load(tmp_path)

    assert not Merchant.objects.exists()


def test_every_category_has_a_name_of_its_own_in_both_languages() -> None:
    for names in zip(*[(name, name_zh) for _, name, name_zh in CATEGORIES.values()], strict=True):
        assert len(set(names)) == len(CATEGORIES)


def test_the_first_thousand_products_of_the_whole_data_set_can_be_imported(tmp_path: Path) -> None:
    folders = [BASE_DIR.parent / "shared" / "data", Path(os.environ.get("JISHI_DATA") or BASE_DIR / "no-data")]
    found = next((folder / "olist" for folder in folders if (folder / "olist" / source.PRODUCTS).is_file()), None)
    if found is None:
        pytest.skip("the Olist data set is neither in ../shared/data/olist nor in JISHI_DATA/olist")
    for name, most in ((source.SELLERS, 31), (source.PRODUCTS, 1_001)):
        (tmp_path / name).write_text("".join((found / name).read_text(encoding="utf-8-sig").splitlines(keepends=True)[:most]))

    told = load(tmp_path)

    assert "1,000 made" in told
    assert Product.objects.values("title").distinct().count() == 1_000
    assert {line["product_category_name"] for line in source.table(found / source.PRODUCTS)} <= set(CATEGORIES)
