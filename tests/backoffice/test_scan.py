"""The packing bench, as a hand scanner uses it: one field, one code after the other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from logistics.models import Shipment
from orders.models import MerchantOrder
from tests.backoffice.market import Shop, paid_order

URL = "/merchant/to-ship/scan/"
INPUT = re.compile(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"')


class Scanner:
    """Types a code into the page's form and presses Enter; what the page carries goes along."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.fields: dict[str, str] = {}
        self.context: Any = {}
        self.status = 0

    def scan(self, code: str, **more: str) -> str:
        answer = self.client.post(URL, {**self.fields, "code": code, **more})
        self.status, self.context = answer.status_code, answer.context
        form = answer.content.decode().split('id="scan"')[1]
        self.fields = {name: value for name, value in INPUT.findall(form) if name not in {"code", "csrfmiddlewaretoken"}}
        return str(answer.context["said"])


@pytest.fixture
def scanner(shop: Shop, client: Client) -> Scanner:
    client.force_login(shop.owner)
    return Scanner(client)


def test_an_order_is_packed_and_sent_with_four_scans(shop: Shop, scanner: Scanner) -> None:
    order = paid_order(shop.product.variants.get(), "ANTELOPE", quantity=2)

    assert scanner.scan(order.number, carrier="SF Express") == f"Order {order.number} is open. Scan its items."
    assert scanner.scan("ANTELOPE-1") == "1 piece to go."
    assert scanner.scan("antelope-1") == "Everything is in the parcel. Scan the tracking number."
    assert scanner.scan("SF1234567") == f"Order {order.number} is shipped. Scan the next order."

    parcel = Shipment.objects.get(reference=order.pk)
    assert (parcel.carrier, parcel.tracking_number) == ("SF Express", "SF1234567")
    assert MerchantOrder.objects.get(pk=order.pk).status == "shipped"
    assert (scanner.context["bench"], scanner.fields["carrier"]) == (None, "SF Express")


def test_wrong_items_and_too_many_are_said_aloud_and_do_not_count(shop: Shop, scanner: Scanner) -> None:
    scanner.scan(shop.to_ship.number, carrier="SF")

    assert "Wrong item: ANTELOPE-2" in scanner.scan("ANTELOPE-2")
    assert (scanner.status, scanner.context["is_wrong"]) == (422, True)
    scanner.scan("ANTELOPE-1")
    assert "is no tracking number" in scanner.scan("ANTELOPE-1")
    assert "is no tracking number" in scanner.scan(shop.to_ship.number)
    assert "is no tracking number" in scanner.scan("<b>")

    assert MerchantOrder.objects.get(pk=shop.to_ship.pk).status == "paid"
    assert not Shipment.objects.filter(reference=shop.to_ship.pk).exists()


def test_too_many_of_one_while_another_is_missing(shop: Shop, scanner: Scanner) -> None:
    order = paid_order(shop.product.variants.get(), "ANTELOPE", quantity=2)
    scanner.scan(order.number, carrier="SF")
    scanner.fields = {name: ("1" if name.startswith("count-") else value) for name, value in scanner.fields.items()}

    assert "Everything" in scanner.scan("ANTELOPE-1")


def test_a_part_goes_when_asked_for(shop: Shop, scanner: Scanner) -> None:
    order = paid_order(shop.product.variants.get(), "ANTELOPE", quantity=3)
    scanner.scan(order.number, carrier="SF")
    assert "Scan what goes into the parcel first." in scanner.scan("", action="part")
    scanner.scan("ANTELOPE-1")
    scanner.scan("", action="part")

    assert scanner.scan("SF100") == f"A part of order {order.number} is shipped. Scan the next order."

    order.refresh_from_db()
    assert (order.status, Shipment.objects.get(reference=order.pk).lines.get().quantity) == ("preparing", 1)
    scanner.scan(order.number)
    assert scanner.context["bench"].articles[0].due == 2


def test_counts_can_be_typed_but_not_beyond_what_is_due(shop: Shop, scanner: Scanner) -> None:
    order = paid_order(shop.product.variants.get(), "ANTELOPE", quantity=3)
    scanner.scan(order.number, carrier="SF")
    count = next(name for name in scanner.fields if name.startswith("count-"))

    for typed, counted in (("2", 2), ("99", 3), ("-1", 0), ("x", 0), ("9" * 99, 0), ("²", 0)):
        scanner.fields["step"] = "items"
        scanner.scan("", **{count: typed})
        assert scanner.context["bench"].articles[0].counted == counted, typed


def test_codes_that_open_nothing_say_so(shop: Shop, scanner: Scanner, stranger: Shop) -> None:
    for code in ("nothing", stranger.to_ship.number, shop.unpaid.number, "", "%00", "'; --", "a" * 500):
        said = scanner.scan(code)
        assert said.startswith("There is no order"), code
        assert scanner.status == 422
    assert "is not to be sent" in scanner.scan(shop.shipped.number)


def test_without_a_carrier_nothing_is_sent(shop: Shop, scanner: Scanner) -> None:
    scanner.scan(shop.to_ship.number)
    scanner.scan("ANTELOPE-1")

    assert "carrier" in scanner.scan("SF1234567")

    assert not Shipment.objects.filter(reference=shop.to_ship.pk).exists()


def test_an_order_sent_by_somebody_else_meanwhile_is_not_sent_again(shop: Shop, scanner: Scanner, client: Client) -> None:
    scanner.scan(shop.to_ship.number, carrier="SF")
    scanner.scan("ANTELOPE-1")
    client.post("/merchant/to-ship/numbers/", {"action": "ship", "text": f"{shop.to_ship.number},ZTO,ZTO12345"})

    assert "is not to be sent" in scanner.scan("SF1234567")

    assert Shipment.objects.get(reference=shop.to_ship.pk).tracking_number == "ZTO12345"


def test_the_page_works_by_keyboard_and_speaks(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    page = client.get(URL).content.decode()
    opened = client.get(f"{URL}?order={shop.to_ship.number}").content.decode()

    assert 'aria-live="assertive"' in page
    assert "autofocus" in page
    assert 'hx-post="/merchant/to-ship/scan/"' in page
    assert "ANTELOPE-1" in opened
    assert client.get(f"{URL}?order=nothing").status_code == 422


def test_a_page_that_swaps_its_parts_gets_refusals_as_200(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    answer = client.post(URL, {"code": "nothing"}, headers={"hx-request": "true"})

    assert (answer.status_code, answer.context["is_wrong"]) == (200, True)


@pytest.mark.parametrize("role", ["service", "read_only"])
def test_who_may_not_send_may_not_scan(shop: Shop, client: Client, role: str) -> None:
    client.force_login(shop.member(role))

    assert client.get(URL).status_code == 200
    assert client.post(URL, {"code": shop.to_ship.number}).status_code == 403


def test_the_built_in_carrier_makes_the_number_of_what_is_packed(shop: Shop, scanner: Scanner) -> None:
    scanner.scan(shop.to_ship.number, carrier="jishi express")
    assert scanner.scan("ANTELOPE-1") == "Everything is in the parcel. Press Enter: Jishi Express gives the number."
    assert "press Enter without one" in scanner.scan("SF1234567")
    assert not Shipment.objects.filter(reference=shop.to_ship.pk).exists()

    said = scanner.scan("")

    parcel = Shipment.objects.select_related("booking").get(reference=shop.to_ship.pk)
    assert said == f"Tracking number: {parcel.tracking_number}. Order {shop.to_ship.number} is shipped. Scan the next order."
    assert (parcel.booking.gateway, parcel.booking.tracking_number) == ("simulated", parcel.tracking_number)


def test_a_carrier_of_the_shop_is_listened_to_about_what_is_packed(shop: Shop, scanner: Scanner, stranger: Shop) -> None:
    """The stranger's carrier is a name like any other here."""
    other = paid_order(shop.product.variants.get(), "ANTELOPE")
    for order, carrier in ((shop.to_ship, "ANTELOPE post"), (other, "BARRACUDA post")):
        scanner.scan(order.number, carrier=carrier)
        scanner.scan("ANTELOPE-1")
        scanner.scan("POST-1")

    parcel = Shipment.objects.get(reference=shop.to_ship.pk)
    assert parcel.booking.account is not None
    assert (parcel.booking.gateway, parcel.booking.account.merchant) == ("webhook", shop.merchant)
    assert not hasattr(Shipment.objects.get(reference=other.pk), "booking")
