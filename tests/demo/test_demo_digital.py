"""The demo sells a cookbook and a planner as files, and its shopper has bought the cookbook."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import DigitalFile, Product
from catalog.services.digital import file_path
from core.invariants import violations
from orders.models import Checkout, Download
from shop.demo.digital import GOODS, buy, open_shelf
from shop.demo.gallery import compose
from shop.demo.history import SHOPPER
from shop.demo.market import person
from shop.demo.used import engrave
from support.models import Mail
from tests.drain import drain
from tests.factories.catalog import make_category, make_product
from tests.factories.orders import make_seller


@pytest.mark.django_db
def test_files_are_honest_and_bought_once(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    shops = {row["merchant"]: make_seller(slug=row["merchant"]) for row in GOODS}
    categories = {row["category"]: make_category(slug=row["category"]) for row in GOODS}
    person(SHOPPER, "Lin Xiaoyu")

    for _ in range(2):
        work = open_shelf(shops, categories, at=now - dt.timedelta(days=40))
        buy(now)
    drain()

    assert Product.objects.filter(is_digital=True, status="published").count() == 2
    assert {file_path(row).read_bytes()[:5] for row in DigitalFile.objects.all()} == {b"%PDF-"}
    assert DigitalFile.objects.count() == 3
    assert Checkout.objects.get().status == "paid"
    assert Download.objects.filter(used=0).count() == 2
    assert Mail.objects.filter(kind="downloads_ready").count() == 1
    compose(*work[0], views=1)
    assert Product.objects.get(pk=work[0][0]).pictures.count() == 1
    assert violations() == {}


@pytest.mark.django_db
def test_two_watches_are_engraved_once() -> None:
    category = make_category(slug="mens-watches")
    for _ in range(3):
        make_product(category=category)

    for _ in range(2):
        engrave()

    asking = Product.objects.exclude(personalisation=[])
    assert [[field.label_in("zh-hans") for field in row.asked] for row in asking] == [["背面刻字", "日期"]] * 2
