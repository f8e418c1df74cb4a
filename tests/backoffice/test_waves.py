"""Waves in the back office: out of the queue, along the walk on a phone, through the check, and out of the house."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from core.ids import uuid7
from logistics.floor import services
from logistics.models import Shipment, Stock, StockCount, Wave, WavePick, WaveTote
from merchants.models import Merchant
from orders.models import MerchantOrder
from orders.services.cancellation import cancel_order
from tests.backoffice.market import Shop, paid_order
from tests.factories.floor import a_scan
from tests.factories.logistics import NOW


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


@pytest.fixture
def orders(shop: Shop) -> list[MerchantOrder]:
    """Two orders, of two pieces and of one, of an article in bin C-03-1."""
    variant = shop.product.variants.get()
    made = services.save_bin(merchant_id=shop.merchant.pk, warehouse_id=shop.warehouse.pk, code="C-03-1", at=NOW)
    Stock.objects.filter(pk=shop.stock.pk).update(bin=made)
    return [paid_order(variant, "ANTELOPE", quantity=2), paid_order(variant, "ANTELOPE")]


@pytest.fixture
def wave(shop: Shop, orders: list[MerchantOrder]) -> Wave:
    return services.make_wave(
        merchant_id=shop.merchant.pk, warehouse_id=shop.warehouse.pk, orders={order.pk: order.number for order in orders},
        actor="merchant:1", at=NOW,
    )  # fmt: skip


def url(wave: Wave, name: str = "wave") -> str:
    return reverse(f"merchant:{name}", args=[wave.pk])


def tote(wave: Wave, position: int = 1) -> WaveTote:
    found: WaveTote = WaveTote.objects.get(wave=wave, position=position)
    return found


def pick_all(wave: Wave) -> None:
    for stock_id in set(WavePick.objects.filter(tote__wave=wave).values_list("stock", flat=True)):
        services.pick_pieces(scan=a_scan(wave), stock_id=stock_id)


def pack(browser: Client, wave: Wave, **fields: Any) -> Any:
    return browser.post(url(wave, "wave-pack"), {"token": uuid7(), **fields})


def check(browser: Client, wave: Wave, row: WaveTote, pieces: int) -> Any:
    for _ in range(pieces):
        answer = pack(browser, wave, tote=row.pk, code="antelope-1")
    return answer


def test_chosen_orders_become_a_wave_in_their_warehouse(shop: Shop, owner: Client, orders: list[MerchantOrder]) -> None:
    answer = owner.post(reverse("merchant:waves"), {"order": [str(order.pk) for order in orders], "house": ""})

    made = Wave.objects.get(totes__reference=orders[0].pk)
    assert answer["Location"] == url(made)
    assert set(made.totes.values_list("label", flat=True)) == {order.number for order in orders}
    assert made.number in owner.get(reverse("merchant:waves")).content.decode()
    assert "in a wave" in owner.get("/merchant/to-ship/").content.decode()
    again = owner.post(reverse("merchant:waves"), {"order": str(orders[0].pk)})
    assert again.status_code == 409
    assert f"is in wave {made.number} already" in again.content.decode()


@pytest.mark.parametrize("house", ["x", "%00"])
def test_orders_of_others_and_warehouses_that_are_none_make_no_wave(
    shop: Shop, owner: Client, stranger: Shop, orders: list[MerchantOrder], house: str
) -> None:
    before = Wave.objects.count()

    for fields, status in (
        ({"order": str(stranger.to_ship.pk)}, 422),
        ({"order": ""}, 422),
        ({"order": str(orders[0].pk), "house": str(stranger.warehouse.pk)}, 404),
        ({"order": str(orders[0].pk), "house": house}, 404),
    ):
        answer = owner.post(reverse("merchant:waves"), fields)
        assert answer.status_code == status
        assert 'role="alert"' in answer.content.decode()

    assert Wave.objects.count() == before


def test_the_page_of_a_wave_shows_metres_map_bins_and_totes(owner: Client, wave: Wave) -> None:
    shown = owner.get(url(wave)).content.decode()

    assert f"{wave.distance_cm / 100:g} m" in shown
    assert 'class="floor-walk"' in shown
    assert "C-03-1" in shown
    assert "1: 2" in shown
    assert "style=" not in shown[shown.index("<svg class") :].partition("</svg>")[0]
    paper = owner.post(url(wave), {"action": "pick-list"})
    text = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "C-03-1" in text
    assert "1: 2, 2: 1" in text


def test_more_orders_need_no_more_statements(shop: Shop, owner: Client, wave: Wave) -> None:
    names = ("wave", "wave-pick", "wave-pack")
    few = {name: _count(owner, url(wave, name)) for name in names}
    more = {order.pk: order.number for order in [paid_order(shop.product.variants.get(), "ANTELOPE") for _ in range(8)]}
    larger = services.make_wave(merchant_id=shop.merchant.pk, warehouse_id=shop.warehouse.pk, orders=more, actor="merchant:1", at=NOW)

    many = {name: _count(owner, url(larger, name)) for name in names}

    assert few == many
    assert max(many.values()) <= 15
    assert _count(owner, f"{url(wave, 'wave-pack')}?tote={tote(wave).pk}") <= 15


def _count(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as statements:
        assert browser.get(address).status_code == 200
    return len(statements)


def test_a_clerk_picks_by_tap_and_by_scan_and_is_told_the_tote(shop: Shop, client: Client, wave: Wave) -> None:
    client.force_login(shop.member("fulfilment"))
    page = url(wave, "wave-pick")
    token = uuid7()

    said = client.post(page, {"action": "scan", "code": "antelope-1", "token": token}).context["said"]
    repeated = client.post(page, {"action": "scan", "code": "antelope-1", "token": token}).context
    rest = client.post(page, {"action": "pick", "stock": shop.stock.pk, "token": uuid7()}).context["said"]

    assert said == "1 × ANTELOPE-1 into tote 1"
    assert repeated["said"] == "This is counted already."
    assert repeated["to_do"][0]["totes"] == [(1, 1), (2, 1)]
    assert rest == "1 × ANTELOPE-1 into tote 1, 1 × ANTELOPE-1 into tote 2"
    assert Wave.objects.get(pk=wave.pk).status == "picked"
    assert "Everything is picked" in client.get(page).content.decode()


def test_what_is_wrong_on_the_walk_is_said_and_changes_nothing(shop: Shop, owner: Client, wave: Wave, stranger: Shop) -> None:
    page = url(wave, "wave-pick")
    for fields, status in (
        ({"action": "scan", "code": "ANTELOPE-2"}, 422),
        ({"action": "scan", "code": "%00"}, 422),
        ({"action": "pick", "stock": str(stranger.stock.pk)}, 404),
        ({"action": "pick", "stock": "x"}, 404),
        ({"action": "short", "stock": str(shop.stock.pk), "missing": "99", "reason": "empty"}, 409),
        ({"action": "short", "stock": str(shop.stock.pk), "missing": "²", "reason": "empty"}, 400),
        ({"action": "short", "stock": str(shop.stock.pk), "missing": "1", "reason": "?"}, 422),
    ):
        answer = owner.post(page, {"token": uuid7(), **fields})
        assert (answer.status_code, answer.context["is_wrong"]) == (status, True), fields
    swapped = owner.post(page, {"action": "scan", "code": "nothing"}, headers={"hx-request": "true"})

    assert (swapped.status_code, swapped.context["is_wrong"]) == (200, True)
    assert not WavePick.objects.filter(tote__wave=wave, picked__gt=0).exists()


def test_missing_pieces_open_a_count_and_the_rest_is_sent(shop: Shop, owner: Client, wave: Wave, orders: list[MerchantOrder]) -> None:
    counts = StockCount.objects.filter(merchant=shop.merchant)
    counts.all().delete()
    on_hand = Stock.objects.get(pk=shop.stock.pk).on_hand
    owner.post(url(wave, "wave-pick"), {"action": "short", "stock": shop.stock.pk, "missing": "2", "reason": "fewer", "token": uuid7()})
    owner.post(url(wave, "wave-pick"), {"action": "pick", "stock": shop.stock.pk, "token": uuid7()})

    assert counts.get().note == f"{wave.number}: Fewer pieces than expected"
    assert Stock.objects.get(pk=shop.stock.pk).on_hand == on_hand
    assert check(owner, wave, tote(wave), 1).context["is_complete"]
    sent = pack(owner, wave, tote=tote(wave).pk, action="send", way="manual", carrier="SF", tracking_number="SF100200300")
    assert sent.context["said"].startswith("A part of order")
    orders[0].refresh_from_db()
    assert (orders[0].status, tote(wave).status) == ("preparing", "packed")


def test_an_order_is_checked_labelled_and_sent(shop: Shop, owner: Client, wave: Wave, orders: list[MerchantOrder]) -> None:
    pick_all(wave)
    first = tote(wave)
    opened = pack(owner, wave, code=orders[0].number.lower())
    assert opened.context["tote"] == first

    assert "1 piece to go" in check(owner, wave, first, 1).context["said"]
    wrong = pack(owner, wave, tote=first.pk, code="ANTELOPE-2")
    assert (wrong.status_code, "Wrong item" in wrong.context["said"]) == (422, True)
    assert pack(owner, wave, tote=first.pk, action="label").status_code == 409
    check(owner, wave, first, 1)
    surplus = pack(owner, wave, tote=first.pk, code="ANTELOPE-1")
    assert (surplus.status_code, "One too many" in surplus.context["said"]) == (422, True)
    label = pack(owner, wave, tote=first.pk, action="label", carrier="SF")
    assert orders[0].number in PdfReader(io.BytesIO(label.content)).pages[0].extract_text()
    for _ in range(2):
        sent = pack(owner, wave, tote=first.pk, action="send", way="manual", carrier="SF", tracking_number="SF100200300")

    assert sent.context["said"] == f"Order {orders[0].number} is shipped. Scan the next order."
    parcel = Shipment.objects.get(reference=orders[0].pk)
    assert (parcel.tracking_number, tote(wave).shipment) == ("SF100200300", parcel)
    assert MerchantOrder.objects.get(pk=orders[0].pk).status == "shipped"
    check(owner, wave, tote(wave, 2), 1)
    pack(owner, wave, tote=tote(wave, 2).pk, action="send", way="simulated")
    assert Wave.objects.get(pk=wave.pk).status == "packed"
    assert owner.post(url(wave), {"action": "close"}).status_code == 302
    assert Wave.objects.get(pk=wave.pk).status == "closed"


def test_nothing_is_sent_before_the_check(owner: Client, wave: Wave) -> None:
    assert "still being picked" in pack(owner, wave, tote=tote(wave).pk, code="ANTELOPE-1").context["said"]
    pick_all(wave)

    for fields in ({"action": "send", "way": "manual", "carrier": "SF", "tracking_number": "SF1"}, {"action": "label"}):
        assert pack(owner, wave, tote=tote(wave).pk, **fields).status_code == 409
    check(owner, wave, tote(wave), 2)
    for fields in ({"way": "manual"}, {"way": "x"}, {"way": ""}):
        assert pack(owner, wave, tote=tote(wave).pk, action="send", **fields).status_code == 400

    assert not Shipment.objects.filter(reference=tote(wave).reference).exists()
    assert tote(wave).status == "open"


def test_a_cancelled_order_is_seen_to_have_fallen_out(owner: Client, wave: Wave, orders: list[MerchantOrder]) -> None:
    pick_all(wave)
    cancel_order(order_id=orders[0].pk, actor="merchant:1", reason="sold twice", at=NOW)

    shown = owner.get(url(wave)).content.decode()
    assert "the order is not to be sent from here any more: sold twice" in shown
    assert "Put back, it belongs into no parcel any more:" in shown
    assert pack(owner, wave, tote=tote(wave).pk, code="ANTELOPE-1").status_code == 409
    owner.post(url(wave), {"action": "drop-tote", "tote": tote(wave, 2).pk, "reason": "sent by taxi"})
    assert Wave.objects.get(pk=wave.pk).status == "cancelled"


def test_a_wave_is_dropped_with_a_reason(owner: Client, wave: Wave) -> None:
    owner.post(url(wave), {"action": "drop", "reason": "power cut"})

    assert Wave.objects.get(pk=wave.pk).status == "cancelled"
    assert "power cut" in owner.get(url(wave)).content.decode()


@pytest.mark.parametrize(("role", "seen", "acts"), [("service", 200, 403), ("read_only", 200, 403), ("finance", 403, 403)])
def test_who_sends_no_parcels_works_on_no_wave(shop: Shop, client: Client, wave: Wave, role: str, seen: int, acts: int) -> None:
    client.force_login(shop.member(role))

    for name in ("wave", "wave-pick", "wave-pack"):
        assert client.get(url(wave, name)).status_code == seen
        assert client.post(url(wave, name), {"action": "drop", "tote": tote(wave).pk}).status_code == acts
    assert client.post(reverse("merchant:waves"), {"order": "x"}).status_code == acts
    assert Wave.objects.get(pk=wave.pk).status == "planned"


def test_a_strangers_wave_is_not_there(stranger: Shop, client: Client, wave: Wave) -> None:
    client.force_login(stranger.owner)

    for name in ("wave", "wave-pick", "wave-pack"):
        assert client.get(url(wave, name)).status_code == 404
        assert client.post(url(wave, name), {"action": "start"}).status_code == 404
    assert wave.number not in client.get(reverse("merchant:waves")).content.decode()
    assert Merchant.objects.get(pk=wave.merchant_id) != stranger.merchant
