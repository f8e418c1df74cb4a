"""Digital goods as a shopper meets them: no address, a tick, the order's page with its downloads, and the file itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.ids import uuid7
from orders.models import Checkout, Download
from orders.services.refunds import refund_order
from tests.factories.orders import ADDRESS, make_digital, make_goods, make_seller
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db


def filled(client: Client, **more: Any) -> dict[str, Any]:
    """The checkout form as a browser would send it."""
    page = client.get(reverse("checkout"))
    summary = page.context["summary"]
    seen = {"seen_total": summary.whole_minor, "seen_due": summary.due_minor, "seen_currency": page.context["cart"].currency}
    return {"key": str(uuid7()), "email": "li@example.com", "gateway": "sandbox", **seen, **more}


def put_in(client: Client, *variants: Any) -> None:
    for variant in variants:
        client.post(reverse("cart-add"), {"variant": str(variant.pk), "quantity": "1"})


def bought(client: Client, **terms: Any) -> Checkout:
    put_in(client, make_digital(**terms))
    client.post(reverse("checkout"), filled(client, name="Li Na", country="DE", digital_now="on"))
    checkout = Checkout.objects.latest("placed_at")
    pay(checkout)
    checkout.refresh_from_db()
    return checkout


def address_of(checkout: Checkout) -> str:
    return reverse("download", args=[checkout.number, Download.objects.get(line__order__checkout=checkout).token])


def test_the_product_page_says_what_is_downloaded_and_how_often(client: Client) -> None:
    variant = make_digital(limit=3, days=30)

    page = client.get(reverse("product", args=[variant.product.slug])).content.decode()

    assert "Download, at once after paying" in page
    assert "each file up to 3 times, for 30 days" in page
    assert "Book 1 1 · TXT" in page
    assert "Arrives" not in page


def test_a_cart_of_downloads_asks_for_no_address_and_for_the_consent(client: Client) -> None:
    put_in(client, make_digital())

    page = client.get(reverse("checkout")).content.decode()

    assert 'name="address"' not in page
    assert 'name="digital_now"' in page
    assert 'name="country"' in page


def test_without_the_tick_nothing_is_placed(client: Client) -> None:
    put_in(client, make_digital())

    answer = client.post(reverse("checkout"), filled(client, name="Li Na", country="DE"))

    assert answer.status_code == 422
    assert "Please tick this" in answer.content.decode()
    assert not Checkout.objects.exists()


def test_a_mixed_cart_asks_for_both(client: Client) -> None:
    seller = make_seller()
    put_in(client, make_digital(merchant=seller), make_goods(merchant=seller))

    assert client.post(reverse("checkout"), filled(client, name="Li Na", country="DE", digital_now="on")).status_code == 422
    assert not Checkout.objects.exists()

    assert client.post(reverse("checkout"), filled(client, **ADDRESS, digital_now="on")).status_code == 303
    assert Checkout.objects.get().address == ADDRESS["address"]


def test_cash_at_the_door_is_not_offered_for_downloads(client: Client) -> None:
    put_in(client, make_digital(merchant=make_seller(cash_on_delivery=True)))

    assert "cash_on_delivery" not in client.get(reverse("checkout")).content.decode()


def test_a_guest_sees_the_downloads_on_the_order_page_and_gets_the_file_as_an_attachment(client: Client) -> None:
    checkout = bought(client, limit=2)
    page = client.get(reverse("order", args=[checkout.number])).content.decode()
    assert "2 downloads left" in page

    answer = client.post(address_of(checkout))

    assert b"".join(answer.streaming_content) == b"A short book."  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="book-1.txt"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert "1 download left" in client.get(reverse("order", args=[checkout.number])).content.decode()


def test_a_look_at_the_address_counts_nothing(client: Client) -> None:
    checkout = bought(client)

    assert client.get(address_of(checkout)).status_code == 405

    assert Download.objects.get().used == 0


def test_a_range_is_not_served_apart(client: Client) -> None:
    answer = client.post(address_of(bought(client)), headers={"range": "bytes=0-1"})

    assert answer.status_code == 200
    assert Download.objects.get().used == 1


def test_a_stranger_finds_no_download(client: Client) -> None:
    checkout = bought(client)

    assert Client().post(address_of(checkout)).status_code == 404

    assert Download.objects.get().used == 0


def test_the_token_of_another_purchase_opens_nothing(client: Client) -> None:
    mine, other = Client(), Client()
    own, strange = bought(mine), bought(other)
    token = Download.objects.get(line__order__checkout=strange).token

    assert mine.post(reverse("download", args=[own.number, token])).status_code == 404

    assert set(Download.objects.values_list("used", flat=True)) == {0}


def test_the_download_one_too_many_gets_a_clear_page(client: Client) -> None:
    checkout = bought(client, limit=1)
    assert client.post(address_of(checkout)).status_code == 200

    answer = client.post(address_of(checkout))

    assert answer.status_code == 403
    assert "You have used all 1 downloads of this file" in answer.content.decode()
    assert "All downloads used." in client.get(reverse("order", args=[checkout.number])).content.decode()


def test_a_refunded_order_shows_that_its_downloads_have_ended(client: Client) -> None:
    checkout = bought(client)
    refund_order(order_id=checkout.orders.get().pk, actor="operator:test", reason="broken", at=checkout.placed_at)

    assert client.post(address_of(checkout)).status_code == 403
    assert "Ended: cancelled, refunded or given back." in client.get(reverse("order", args=[checkout.number])).content.decode()


def test_the_confirmation_leads_to_the_downloads(client: Client) -> None:
    checkout = bought(client)

    page = client.get(reverse("confirmation", args=[checkout.number])).content.decode()

    assert "It is ready to download" in page
    assert "Your downloads" in page


def test_the_order_offers_to_give_unused_downloads_back(client: Client) -> None:
    order = bought(client).orders.get()

    page = client.get(reverse("complain", args=[order.number])).content.decode()

    assert "Give unused downloads back" in page
    assert "Send it back for the money" not in page
    assert "Exchange it" not in page
