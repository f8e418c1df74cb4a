"""Many parcels at once, by rows that people paste or upload."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.shipping.errors import NoRows, NotReadable, TooLong
from backoffice.shipping.numbers import MOST_BYTES, MOST_ROWS, rows_of, text_of
from logistics.models import Shipment
from orders.models import MerchantOrder
from orders.services import fulfilment
from tests.backoffice.market import Shop, paid_order

URL = "/merchant/to-ship/numbers/"


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def states(*orders: MerchantOrder) -> list[str]:
    return [MerchantOrder.objects.get(pk=order.pk).status for order in orders]


def test_rows_are_looked_at_before_anything_is_sent(shop: Shop, owner: Client) -> None:
    text = f"{shop.to_ship.number},SF Express,SF1234567"

    page = owner.post(URL, {"action": "check", "text": text})

    assert page.status_code == 200
    assert "1 order can be shipped." in page.content.decode()
    assert states(shop.to_ship) == ["paid"]


def test_good_rows_go_and_the_others_are_told_with_row_field_value_and_reason(shop: Shop, owner: Client, stranger: Shop) -> None:
    other = paid_order(shop.product.variants.get(), "ANTELOPE")
    text = "\n".join(
        [
            "Order number;Carrier;Tracking number",
            f"{shop.to_ship.number};SF Express;SF1234567",
            f"{other.number};;SF7",
            "J-NONE;SF;SF1234568",
            f"{stranger.to_ship.number};SF;SF1234569",
            f"{shop.unpaid.number};SF;SF1234560",
            f"{other.number};SF;<script>",
        ]
    )

    page = owner.post(URL, {"action": "ship", "text": text})

    found = [(each["row"].row.number, each["row"].field, each["row"].value) for each in page.context["failed"]]
    assert found == [
        (3, "carrier", ""),
        (4, "order", "J-NONE"),
        (5, "order", stranger.to_ship.number),
        (6, "order", shop.unpaid.number),
        (7, "tracking_number", "<script>"),
    ]
    assert "<script>SF" not in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()
    assert states(shop.to_ship, other, stranger.to_ship) == ["shipped", "paid", "paid"]
    parcel = Shipment.objects.get(reference=shop.to_ship.pk)
    assert (parcel.carrier, parcel.tracking_number) == ("SF Express", "SF1234567")
    assert "1 order is shipped." in page.content.decode()


def test_the_same_rows_again_are_harmless(shop: Shop, owner: Client) -> None:
    text = f"{shop.to_ship.number},SF,SF1234567\n" * 2

    for _ in range(2):
        page = owner.post(URL, {"action": "ship", "text": text})

    assert (page.context["ready_count"], page.context["done_count"], page.context["failed"]) == (0, 2, [])
    assert Shipment.objects.filter(reference=shop.to_ship.pk).count() == 1


def test_a_sent_order_under_another_number_and_two_numbers_for_one_order_are_refused(shop: Shop, owner: Client) -> None:
    text = f"{shop.shipped.number},SF,SF999\n{shop.to_ship.number},SF,SF111\n{shop.to_ship.number},SF,SF222"

    page = owner.post(URL, {"action": "ship", "text": text})

    assert [(each["row"].row.number, each["row"].field) for each in page.context["failed"]] == [(1, "order"), (3, "order")]
    assert states(shop.to_ship) == ["shipped"]
    assert Shipment.objects.filter(reference=shop.shipped.pk).count() == 1


def test_the_number_of_a_part_is_not_the_number_of_the_rest(shop: Shop, owner: Client) -> None:
    variant = shop.product.variants.get()
    order = paid_order(variant, "ANTELOPE", quantity=3)
    fulfilment.ship_order(
        order_id=order.pk, carrier="SF", tracking_number="SF100", actor="merchant:1", at=timezone.now(), pieces={variant.pk: 1}
    )

    used = owner.post(URL, {"action": "ship", "text": f"{order.number},SF,SF100"})
    owner.post(URL, {"action": "ship", "text": f"{order.number},SF,SF101"})

    assert [each["row"].field for each in used.context["failed"]] == ["tracking_number"]
    assert states(order) == ["shipped"]


def test_what_failed_is_downloaded_with_reasons_and_without_formulas(shop: Shop, owner: Client) -> None:
    answer = owner.post(URL, {"action": "failed", "text": "=cmd|' /C calc'!A0,SF,SF1234567"})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("'=cmd|")
    assert "There is no order of yours with this number." in lines[1]


def test_chosen_orders_become_rows_to_be_filled_in(shop: Shop, owner: Client, stranger: Shop) -> None:
    chosen = [str(shop.to_ship.pk), str(stranger.to_ship.pk)]

    page = owner.post(URL, {"action": "begin", "order": chosen, "carrier": "SF; Express"})

    assert page.context["text"] == f"{shop.to_ship.number};SF  Express;\n"
    assert owner.post(URL, {"action": "begin"}).status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        "订单号,快递公司,运单号\nJ1,顺丰速运,SF123\n".encode(),
        "订单号,快递公司,运单号\nJ1,顺丰速运,SF123\n".encode("gbk"),
        "订单号;快递公司;运单号\r\nJ1;顺丰速运;SF123\r\n".encode("utf-8-sig"),
        "订单号\t快递公司\t运单号\nJ1\t顺丰速运\tSF123\n".encode("utf-16"),
        'J1,顺丰速运,="SF123"\n'.encode(),
        "快递单号,订单编号,物流公司\nSF123,J1,顺丰速运\n".encode(),
        '\n\n"J1","顺丰速运","SF123"\n\n'.encode(),
    ],
)
def test_files_of_all_kinds_say_the_same(content: bytes) -> None:
    [row] = rows_of(text_of(content))

    assert (row.order, row.carrier, row.tracking_number) == ("J1", "顺丰速运", "SF123")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0", b"J1,SF,\0SF1", b"\xff\xfe\0", b"\x80"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NotReadable):
        text_of(content)


def test_texts_without_rows_with_open_quotes_or_too_many_rows_are_refused() -> None:
    for text in ("", " \n ", "order,carrier,tracking number\n"):
        with pytest.raises(NoRows):
            rows_of(text)
    with pytest.raises(NotReadable):
        rows_of('J1,"SF,SF1')
    with pytest.raises(TooLong):
        rows_of("J1,SF,SF123\n" * (MOST_ROWS + 1))
    with pytest.raises(TooLong):
        text_of(b"a" * (MOST_BYTES + 1))


@pytest.mark.parametrize("text", ["", "a", "\0", 'x"', "," * 9, "J1,SF,SF1\n" * 501, "\u202e,\u202e,\u202e", "{{7*7}},${7*7},'--"])
def test_hostile_rows_get_an_answer(owner: Client, text: str) -> None:
    for action in ("check", "ship", "failed", "nonsense"):
        assert owner.post(URL, {"action": action, "text": text}).status_code in {200, 422}
    assert owner.get(URL).status_code == 200


def test_a_file_is_taken_instead_of_the_text(shop: Shop, owner: Client) -> None:
    content = f"{shop.to_ship.number};顺丰;SF1234567".encode("gbk")

    page = owner.post(URL, {"action": "check", "text": "", "file": SimpleUploadedFile("../x.csv", content)})
    refused: Any = owner.post(URL, {"action": "check", "file": io.BytesIO(b"\x00\x01")})

    assert page.context["ready_count"] == 1
    assert page.context["text"] == f"{shop.to_ship.number};顺丰;SF1234567"
    assert refused.status_code == 422


@pytest.mark.parametrize("role", ["service", "read_only", "finance"])
def test_who_may_not_send_parcels_sends_none(shop: Shop, client: Client, role: str) -> None:
    client.force_login(shop.member(role))

    answer = client.post(URL, {"action": "ship", "text": f"{shop.to_ship.number},SF,SF1234567"})

    assert answer.status_code == 403
    assert states(shop.to_ship) == ["paid"]


def test_the_queue_leads_here(owner: Client) -> None:
    assert URL in owner.get(reverse("merchant:to-ship")).content.decode()


def test_rows_go_by_the_carrier_they_name(shop: Shop, owner: Client) -> None:
    built_in, numbered, own = (paid_order(shop.product.variants.get(), "ANTELOPE") for _ in range(3))
    text = f"{built_in.number},集市速运,\n{numbered.number},Jishi Express,SF1234567\n{own.number},antelope post,POST-7\n"

    for _ in range(2):  # again is harmless
        page = owner.post(URL, {"action": "ship", "text": text})

    assert [(each["row"].row.number, each["row"].field) for each in page.context["failed"]] == [(2, "tracking_number")]
    assert "This carrier gives the number itself" in page.text
    assert states(built_in, numbered, own) == ["shipped", "paid", "shipped"]
    parcels = {order.pk: Shipment.objects.select_related("booking").get(reference=order.pk) for order in (built_in, own)}
    assert [parcels[order.pk].booking.gateway for order in (built_in, own)] == ["simulated", "webhook"]
    assert parcels[built_in.pk].tracking_number.startswith("JX")


def test_the_page_says_which_carriers_are_followed(shop: Shop, owner: Client, stranger: Shop) -> None:
    page = owner.get(URL).text

    assert "<b>Jishi Express</b> (without a number: it is made)" in page
    assert "<b>ANTELOPE post</b>" in page
    assert "BARRACUDA" not in page
