"""Tax on the shopper's pages, and the papers of a purchase for those it belongs to."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from catalog.models import Variant
from orders.models import Invoice
from orders.states import OrderStatus
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.orders import make_goods
from tests.factories.taxes import make_tax_rate
from tests.storefront.test_orders import guest_of
from tests.walkthrough import Walk, order_up_to


@pytest.fixture
def walk(db: None) -> Walk:
    """A purchase of two merchants with its invoices."""
    make_tax_rate("CN", 1_300)
    walk = order_up_to(OrderStatus.PAID)
    drain()
    return walk


def paper_url(walk: Walk, paper: Invoice) -> str:
    return f"/orders/{walk.checkout.number}/papers/{paper.pk}/"


def test_the_order_page_offers_each_orders_invoice(walk: Walk) -> None:
    answer = guest_of(walk).get(f"/orders/{walk.checkout.number}/")

    for paper in Invoice.objects.all():
        assert paper_url(walk, paper) in answer.text
    assert answer.text.count('data-testid="paper"') == 2


def test_a_guest_with_the_link_and_the_member_can_read_an_invoice(walk: Walk) -> None:
    paper = Invoice.objects.get(order=walk.order)

    answer = guest_of(walk).get(paper_url(walk, paper))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert paper.number in answer["Content-Disposition"]
    assert paper.number in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert guest_of(walk).get(paper_url(walk, paper)).content == answer.content


def test_strangers_do_not_find_an_invoice(walk: Walk) -> None:
    """TEN13. A visitor, another member, and the owner of another purchase, who puts the number into an own address."""
    paper = Invoice.objects.get(order=walk.order)
    other = order_up_to(OrderStatus.PAID, variants=[make_goods()])
    another = Client()
    another.force_login(make_user())

    answers = [
        Client().get(paper_url(walk, paper)),
        another.get(paper_url(walk, paper)),
        guest_of(other).get(paper_url(walk, paper)),
        guest_of(other).get(paper_url(other, paper)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert not any(paper.number in answer.text for answer in answers)


def test_a_member_reads_their_own_and_nobody_elses(db: None) -> None:
    member = make_user()
    walk = order_up_to(OrderStatus.PAID, variants=[make_goods()], user=member)
    drain()
    client = Client()
    client.force_login(member)

    assert client.get(paper_url(walk, Invoice.objects.get())).status_code == 200
    assert Client().get(paper_url(walk, Invoice.objects.get())).status_code == 404


def test_the_purchase_says_how_much_tax_its_total_includes(walk: Walk) -> None:
    answer = guest_of(walk).get(f"/orders/{walk.checkout.number}/")

    tax = sum(order.tax_minor for order in walk.orders)
    assert "incl. VAT 13%" in answer.text
    assert f"${tax / 100:.2f}" in answer.text


def test_cart_and_checkout_say_the_tax_of_the_country_it_goes_to(shopper: Client, order_form: dict[str, Any], goods: Variant) -> None:
    make_tax_rate("CN", 1_300)
    make_tax_rate("DE", 1_900)

    cart, checkout = shopper.get("/cart/"), shopper.get("/checkout/")
    refused = shopper.post("/checkout/", {**order_form, "country": "DE", "name": ""})

    for answer in (cart, checkout):
        assert "incl. VAT 13% (sent to China)" in answer.text
        assert "$2.88" in answer.text  # 13/113 of 25.00
    assert "incl. VAT 19% (sent to Germany)" in refused.text


def test_nothing_is_said_of_tax_where_there_is_none(shopper: Client) -> None:
    assert 'data-testid="tax"' not in shopper.get("/cart/").text
