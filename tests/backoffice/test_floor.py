"""Bins in the back office: the page of a floor, and bins on the lists of goods."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from logistics.floor import services
from logistics.models import Bin, FloorPlan, Stock
from tests.backoffice.market import Shop
from tests.factories.logistics import NOW


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def page_of(shop: Shop) -> str:
    return reverse("merchant:floor", args=[shop.warehouse.pk])


def make_bin(shop: Shop, code: str) -> Bin:
    return services.save_bin(merchant_id=shop.merchant.pk, warehouse_id=shop.warehouse.pk, code=code, at=NOW)


def bins(shop: Shop) -> int:
    return Bin.objects.filter(warehouse=shop.warehouse).count()


def post(browser: Client, shop: Shop, **fields: Any) -> Any:
    return browser.post(page_of(shop), fields)


def test_a_block_of_racks_is_made_with_one_form_and_drawn(
    shop: Shop, owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    before = bins(shop)
    assert post(owner, shop, action="grid", aisles="C-F", racks="1-12", levels="1-3").status_code == 302

    with django_assert_max_num_queries(13):
        shown = owner.get(page_of(shop)).content.decode()
    assert bins(shop) == before + 4 * 12 * 3
    assert 'role="img"' in shown
    assert shown.count('class="floor-name"') >= 4
    assert "style=" not in shown[shown.index("<svg class") :].partition("</svg>")[0]
    assert str(bins(shop)) in owner.get(reverse("merchant:floors")).content.decode()


def test_a_pasted_list_and_a_file_say_what_lies_where(shop: Shop, owner: Client) -> None:
    make_bin(shop, "C-01-1")
    make_bin(shop, "C-02-1")

    assert post(owner, shop, action="assign", text="SKU，库位\nANTELOPE-1，c-1-1\n").status_code == 302
    assert str(Stock.objects.get(pk=shop.stock.pk).bin) == "C-01-1"
    file = SimpleUploadedFile("bins.csv", "ANTELOPE-1;C-02-1".encode("utf-8-sig"))
    assert post(owner, shop, action="assign", file=file).status_code == 302

    assert str(Stock.objects.get(pk=shop.stock.pk).bin) == "C-02-1"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"action": "assign", "text": "ANTELOPE-1,Z-99-9"}, 422),
        ({"action": "assign", "text": "BARRACUDA-1,C-01-1"}, 422),
        ({"action": "assign", "text": ""}, 422),
        ({"action": "grid", "aisles": "?", "racks": "1-3", "levels": "1"}, 400),
        ({"action": "grid", "aisles": "A-ZZ", "racks": "1-100", "levels": "1-99"}, 400),
        ({"action": "bin", "code": "<b>"}, 400),
        ({"action": "layout", "gap": "NaN", "rack": "1", "length": "30", "pack": "1"}, 400),
        ({"action": "layout", "gap": "3", "rack": "1", "length": "-30", "pack": "1"}, 400),
        ({"action": "layout", "gap": "3", "rack": "1", "length": "30", "pack": "²"}, 400),
        ({"action": "layout", "gap": "3", "rack": "1", "length": "30", "pack": "1", "crossings": "31"}, 400),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason_and_changes_nothing(
    shop: Shop, owner: Client, stranger: Shop, fields: dict[str, str], status: int
) -> None:
    before = (bins(shop), Stock.objects.get(pk=shop.stock.pk).bin_id)

    answer = post(owner, shop, **fields)

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert (bins(shop), Stock.objects.get(pk=shop.stock.pk).bin_id) == before
    assert stranger.canary.lower() not in answer.content.decode().lower().replace("barracuda-1", "")


def test_a_layout_is_said_in_metres(shop: Shop, owner: Client) -> None:
    post(owner, shop, action="layout", gap="3.5", rack="1,2", length="40", pack="2", crossings="20; 10")

    plan = FloorPlan.objects.get(warehouse=shop.warehouse)
    assert (plan.gap_cm, plan.rack_cm, plan.length_cm, plan.pack_aisle, plan.crossings_cm) == (350, 120, 4_000, 2, [1_000, 2_000])


def test_bins_show_on_stock_queue_and_pick_list(shop: Shop, owner: Client) -> None:
    made = make_bin(shop, "C-07-2")
    url = reverse("merchant:logistics_stock_place", args=[shop.stock.pk])
    assert owner.post(url, {"_form_submitted": "1", "code": "c-7-2"}).status_code == 302

    assert Stock.objects.get(pk=shop.stock.pk).bin == made
    assert "C-07-2" in owner.get(reverse("merchant:logistics_stock_changelist")).content.decode()
    assert "C-07-2" in owner.get("/merchant/to-ship/").content.decode()
    paper = owner.post("/merchant/to-ship/", {"paper": "pick-list", "order": str(shop.to_ship.pk)})
    assert "C-07-2" in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()


def test_bins_are_made_moved_and_removed_one_by_one(shop: Shop, owner: Client) -> None:
    add = reverse("merchant:logistics_bin_add")
    assert owner.post(add, {"warehouse": shop.warehouse.pk, "code": "d-1-1"}).status_code == 302
    made = Bin.objects.get(warehouse=shop.warehouse, code="D-01-1")

    change = reverse("merchant:logistics_bin_change", args=[made.pk])
    assert owner.post(change, {"aisle_number": "9", "along_cm": "250"}).status_code == 302
    made.refresh_from_db()
    assert (made.code, made.aisle_number, made.along_cm) == ("D-01-1", 9, 250)
    assert owner.post(change, {"aisle_number": "9", "along_cm": "99999"}).status_code == 200
    assert "beyond the end" in owner.post(change, {"aisle_number": "9", "along_cm": "99999"}).content.decode()
    assert "no bin" in owner.post(add, {"warehouse": shop.warehouse.pk, "code": "x"}).content.decode()
    owner.post(reverse("merchant:logistics_bin_remove", args=[made.pk]), {"_form_submitted": "1"})
    assert not Bin.objects.filter(pk=made.pk).exists()


def test_who_keeps_no_stock_changes_no_floor(shop: Shop, client: Client, stranger: Shop) -> None:
    client.force_login(shop.member("catalogue"))
    before = bins(shop)

    assert client.get(page_of(shop)).status_code == 200
    assert post(client, shop, action="bin", code="D-01-1").status_code == 403
    assert client.get(page_of(stranger)).status_code == 404
    client.force_login(shop.member("service"))
    assert client.get(page_of(shop)).status_code == 403
    assert bins(shop) == before
