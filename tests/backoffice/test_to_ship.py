"""The queue of orders to send, and the papers that are printed from it."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from backoffice.shipping.labels import HEIGHT, WIDTH
from core.ids import uuid7
from logistics.models import Warehouse
from logistics.services import create_warehouse, receive_stock
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.services import cash, fulfilment
from tests.backoffice.market import Shop, paid_order
from tests.factories.orders import make_cart, place

URL = "/merchant/to-ship/"
PAPERS = ("pick-list", "packing-slips", "labels", "labels-a4")


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def printed(browser: Client, paper: str, *orders: MerchantOrder, **more: Any) -> list[str]:
    """The text of each page."""
    answer = browser.post(URL, {"paper": paper, "order": [str(order.pk) for order in orders], **more})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "private, no-store" in answer["Cache-Control"]
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def numbers(browser: Client, query: str = "") -> list[str]:
    return [row["order"].number for row in browser.get(URL + query).context["rows"]]


def test_the_most_urgent_order_stands_first_and_overdue_ones_are_marked(shop: Shop, owner: Client) -> None:
    late = paid_order(shop.product.variants.get(), "ANTELOPE")
    MerchantOrder.objects.filter(pk=late.pk).update(ship_by=timezone.now() - dt.timedelta(days=1))

    page = owner.get(URL)

    assert [row["order"].number for row in page.context["rows"]] == [late.number, shop.to_ship.number]
    assert "overdue since" in page.content.decode()
    assert numbers(owner, "?overdue=1") == [late.number]
    assert shop.shipped.number not in page.content.decode()
    assert shop.unpaid.number not in page.content.decode()


def test_orders_are_found_by_number_buyer_and_sku(shop: Shop, owner: Client) -> None:
    other = paid_order(shop.product.variants.get(), "ANTELOPE")
    Checkout.objects.filter(pk=other.checkout_id).update(name="李娜")
    OrderLine.objects.filter(order=other).update(sku="MUG-7")

    assert numbers(owner, "?q=李娜") == [other.number]
    assert numbers(owner, "?q=mug-7") == [other.number]
    assert numbers(owner, f"?q={shop.to_ship.number}") == [shop.to_ship.number]
    assert numbers(owner, "?q=nothing") == []


def test_the_queue_of_one_warehouse_has_what_waits_there(shop: Shop, owner: Client, stranger: Shop) -> None:
    annex = create_warehouse(merchant=shop.merchant, code="ANNEX", name="Annex", kind=Warehouse.Kind.FRONT, city="Suzhou", priority=1)
    variant = shop.product.variants.get()
    receive_stock(variant=variant, warehouse=annex, quantity=5, actor="system:test", at=timezone.now())
    order = paid_order(variant, "ANTELOPE")

    assert numbers(owner, f"?warehouse={annex.pk}") == [order.number]
    assert numbers(owner, f"?warehouse={shop.warehouse.pk}") == [shop.to_ship.number]
    # A stranger's warehouse is none, so everything is shown.
    assert len(numbers(owner, f"?warehouse={stranger.warehouse.pk}")) == 2


@pytest.mark.parametrize(
    "query", ["?q=%00", "?q=%27%3B--", "?warehouse=x", "?warehouse=%00", "?overdue=7", "?page=-1", "?page=x", "?q=" + "a" * 999]
)
def test_hostile_questions_are_answered(owner: Client, query: str) -> None:
    assert owner.get(URL + query).status_code == 200


def test_two_hundred_orders_take_few_statements(shop: Shop, owner: Client) -> None:
    variant = shop.product.variants.get()
    receive_stock(variant=variant, warehouse=shop.warehouse, quantity=300, actor="system:test", at=timezone.now())
    owner.get(URL)
    with CaptureQueriesContext(connection) as few:
        owner.get(URL)
    for _ in range(200):
        paid_order(variant, "ANTELOPE")

    with CaptureQueriesContext(connection) as many:
        page = owner.get(URL)

    assert len(page.context["rows"]) == 50
    assert page.context["page"].paginator.count == 201
    assert len(few) == len(many) <= 15


def test_a_pick_list_sums_skus_by_warehouse_in_their_order(shop: Shop, owner: Client) -> None:
    variant = shop.product.variants.get()
    other = paid_order(variant, "ANTELOPE", quantity=2)
    OrderLine.objects.filter(order=other).update(title="Lantern 灯笼", options={"Colour": "红色"})
    OrderLine.objects.filter(order=shop.to_ship).update(title="Lantern 灯笼", options={"Colour": "红色"})

    [page] = printed(owner, "pick-list", shop.to_ship, other)

    assert "ANTELOPE hall (ANTELOPE-W)" in page
    assert page.count("ANTELOPE-1") == 1
    assert "Lantern 灯笼" in page
    assert "红色" in page
    assert "2 orders" in page
    assert page.split("ANTELOPE-1")[1].count("3") >= 1


def test_each_order_has_its_packing_slip_with_address_note_and_codes_and_without_prices(shop: Shop, owner: Client) -> None:
    other = paid_order(shop.product.variants.get(), "ANTELOPE", quantity=2)
    Checkout.objects.filter(pk=other.checkout_id).update(name="李娜", address="中山路 18 号", city="上海")
    pages = printed(owner, "packing-slips", shop.to_ship, other, note="谢谢惠顾")

    assert len(pages) == 2
    for page, order in zip(pages, (shop.to_ship, other), strict=True):
        assert order.number in page
        assert "谢谢惠顾" in page
        assert "ANTELOPE lantern" in page
        assert "$" not in page
        assert order.checkout.email not in page
    assert "李娜" in pages[1]
    assert "中山路" in pages[1]


def test_a_label_says_from_to_which_parcel_and_nothing_more_about_the_buyer(shop: Shop, owner: Client) -> None:
    Checkout.objects.filter(pk=shop.to_ship.checkout_id).update(name="欧阳娜娜", address="中山路 18 号", city="上海")
    order = MerchantOrder.objects.select_related("checkout").get(pk=shop.to_ship.pk)

    for paper, size in (("labels", (WIDTH, HEIGHT)), ("labels-a4", (595.28, 841.89))):
        answer = owner.post(URL, {"paper": paper, "order": str(order.pk), "carrier": "顺丰速运"})
        [page] = PdfReader(io.BytesIO(answer.content)).pages
        text = page.extract_text()
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(size, abs=0.1)
        for words in ("ANTELOPE shop", "欧阳娜娜", "中山路 18 号", "上海", order.checkout.phone, order.number, "Parcel 1 of 1", "顺丰速运"):
            assert words in text, (paper, words)
        assert order.checkout.email not in text
        assert "ANTELOPE lantern" not in text
        assert "ANTELOPE-1" not in text


def test_labels_count_parcels_over_warehouses_and_those_that_have_left(shop: Shop, owner: Client) -> None:
    variant = shop.product.variants.get()
    annex = create_warehouse(merchant=shop.merchant, code="ANNEX", name="Annex", kind=Warehouse.Kind.FRONT, city="Suzhou", priority=90)
    receive_stock(variant=variant, warehouse=annex, quantity=5, actor="system:test", at=timezone.now())
    order = paid_order(variant, "ANTELOPE", quantity=20)
    fulfilment.ship_order(
        order_id=order.pk, carrier="SF", tracking_number="SF1", actor="merchant:1", at=timezone.now(), pieces={variant.pk: 1}
    )

    pages = printed(owner, "labels", order)

    assert len(pages) == 2
    assert ["Parcel 2 of 3" in pages[0], "Parcel 3 of 3" in pages[1]] == [True, True]


def test_four_labels_share_a_sheet(shop: Shop, owner: Client) -> None:
    orders = [paid_order(shop.product.variants.get(), "ANTELOPE") for _ in range(4)]

    pages = printed(owner, "labels-a4", shop.to_ship, *orders)

    assert [page.count("Parcel 1 of 1") for page in pages] == [4, 1]


def test_the_label_of_a_cash_order_says_what_to_collect(shop: Shop, owner: Client) -> None:
    Merchant.objects.filter(pk=shop.merchant.pk).update(cash_on_delivery=True)
    checkout = place(make_cart(shop.product.variants.get()))
    cash.confirm_cash(checkout_id=checkout.pk, actor="shopper:guest", at=timezone.now())

    [page] = printed(owner, "labels", checkout.orders.get())

    assert "Cash on delivery: $25.00" in page


def test_long_and_odd_texts_fit_on_a_label(shop: Shop, owner: Client) -> None:
    Checkout.objects.filter(pk=shop.to_ship.checkout_id).update(name="测" * 100, address="长\u202e地址" * 40, city="\x07城" * 30)

    for paper in PAPERS:
        [page] = printed(owner, paper, shop.to_ship, carrier="运" * 60, note="\u202e话" * 90)
        assert page


def test_equal_labels_are_equal_bytes(shop: Shop, owner: Client) -> None:
    files = {owner.post(URL, {"paper": "labels", "order": str(shop.to_ship.pk)}).content for _ in range(3)}

    assert len(files) == 1


def test_a_paper_about_nothing_is_refused(shop: Shop, owner: Client, stranger: Shop) -> None:
    for order in ([], ["x"], [str(uuid7())], [str(stranger.to_ship.pk)], [str(shop.shipped.pk)], [str(shop.unpaid.pk)]):
        answer = owner.post(URL, {"paper": "labels", "order": order})
        assert answer.status_code == 422
        assert "Choose at least one order" in answer.content.decode()
        assert stranger.canary not in answer.content.decode()
    assert owner.post(URL, {"paper": "../../etc", "order": str(shop.to_ship.pk)}).status_code == 422


@pytest.mark.parametrize(
    ("role", "may_see"), [("fulfilment", True), ("service", True), ("read_only", True), ("finance", False), ("catalogue", False)]
)
def test_who_sends_parcels_sees_the_queue(shop: Shop, client: Client, role: str, may_see: bool) -> None:
    client.force_login(shop.member(role))

    for name in ("to-ship", "scan", "ship-numbers"):
        assert client.get(reverse(f"merchant:{name}")).status_code == (200 if may_see else 403), name
    assert (URL in client.get("/merchant/").content.decode()) is may_see
