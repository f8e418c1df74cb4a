"""Up to four products beside each other, told by the address alone."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product
from catalog.rules.comparing import fact_rows
from catalog.services import hide_product
from tests.factories.catalog import NOW, make_product
from tests.factories.orders import make_seller
from tests.snapshot import snapshot

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lamps(db: None) -> list[Product]:
    seller = make_seller()
    return [
        make_product(merchant=seller, attributes=[{"name": "Height", "value": f"{30 + number} cm"}, {"name": "Material", "value": "Paper"}])
        for number in range(5)
    ]


def put(client: Client, product: Product, **more: str) -> Any:
    return client.get("/compare/change/", {"product": product.pk, **more})


def facts(text: str) -> list[tuple[str, bool]]:
    rows = re.findall(r'<tr class="(is-different)?"[^>]*data-testid="fact"><th scope="row">(\w+)', text)
    return [(name, bool(differs)) for differs, name in rows]


def test_attributes_stand_beside_each_other_whatever_their_order_and_case() -> None:
    rows = fact_rows([[("Height", "30 cm"), ("Colour", "Red")], [("colour", "red"), ("Weight", "1 kg"), ("Colour", "Blue")]])

    assert [(row.name, row.values, row.is_different) for row in rows] == [
        ("Height", ("30 cm", ""), True),
        ("Colour", ("Red", "red, Blue"), True),
        ("Weight", ("", "1 kg"), True),
    ]


def test_the_address_names_what_is_compared_and_can_be_sent_to_somebody(client: Client, lamps: list[Product]) -> None:
    put(client, lamps[0])
    answer = put(client, lamps[1])

    shown = Client().get(answer["Location"])

    assert shown.status_code == 200
    assert facts(shown.text) == [("Brand", False), ("Condition", False), ("Height", True), ("Material", False)]
    assert all(product.title in shown.text for product in lamps[:2])
    assert client.get("/compare/")["Location"] == answer["Location"]


def test_only_what_differs_is_shown_where_asked(client: Client, lamps: list[Product]) -> None:
    ids = ",".join(str(product.pk) for product in lamps[:2])

    assert facts(client.get("/compare/", {"ids": ids, "only": "1"}).text) == [("Height", True)]


def test_a_fifth_is_refused_in_words_and_the_four_stay(client: Client, lamps: list[Product]) -> None:
    for product in lamps[:4]:
        put(client, product)
    before = client.cookies["compare"].value

    page, toast = put(client, lamps[4]), client.get("/compare/change/", {"product": lamps[4].pk}, headers=HTMX)

    assert (page.status_code, toast.status_code) == (409, 409)
    assert "You can compare 4 products at once" in page.text
    assert toast["HX-Retarget"] == "#toast"
    assert client.cookies["compare"].value == before


def test_one_is_removed_and_the_rest_stay(client: Client, lamps: list[Product]) -> None:
    for product in lamps[:3]:
        put(client, product)

    answer = put(client, lamps[1], on="0", ids=",".join(str(product.pk) for product in lamps[:3]))

    assert answer["Location"] == f"/compare/?ids={lamps[0].pk},{lamps[2].pk}"
    assert client.cookies["compare"].value == f"{lamps[0].pk.hex}.{lamps[2].pk.hex}"


def test_the_tray_follows_each_press(client: Client, lamps: list[Product]) -> None:
    on = client.get("/compare/change/", {"product": lamps[0].pk}, headers=HTMX)
    shown = client.get("/compare/tray/")
    off = client.get("/compare/change/", {"product": lamps[0].pk, "on": "0"}, headers=HTMX)

    assert 'data-testid="tray"' in on.text
    assert on["HX-Trigger"]
    assert lamps[0].title in shown.text
    assert 'data-testid="tray"' not in off.text


def test_what_is_no_longer_sold_is_left_out_and_said(client: Client, lamps: list[Product]) -> None:
    hide_product(product_id=lamps[1].pk, actor="system:test", at=NOW)

    text = client.get("/compare/", {"ids": f"{lamps[0].pk},{lamps[1].pk}"}).text

    assert "1 of the products is no longer sold." in text
    assert lamps[1].title not in text


def test_nothing_to_compare_offers_a_way_on(client: Client, db: None) -> None:
    answer = client.get("/compare/")

    assert answer.status_code == 200
    assert "Nothing to compare yet" in answer.text


@pytest.mark.parametrize("ids", ["x", "\0", "1" * 500, ",".join(str(uuid.uuid4()) for _ in range(5))])
def test_an_address_that_names_no_four_products_is_refused(client: Client, db: None, ids: str) -> None:
    assert client.get("/compare/", {"ids": ids}).status_code in {400, 409}


@pytest.mark.parametrize("product", ["", "x", str(uuid.UUID(int=0))])
def test_what_does_not_exist_cannot_be_compared(client: Client, db: None, product: str) -> None:
    answer = client.get("/compare/change/", {"product": product})

    assert answer.status_code == 404
    assert "compare" not in answer.cookies


def test_a_cookie_that_is_not_ours_is_ignored(client: Client, lamps: list[Product]) -> None:
    client.cookies["compare"] = "nonsense"

    assert client.get("/compare/").status_code == 200
    assert put(client, lamps[0]).status_code == 302


def test_comparing_writes_nothing_and_needs_few_queries(
    client: Client, lamps: list[Product], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    before = snapshot()
    for product in lamps[:4]:
        put(client, product)

    with django_assert_max_num_queries(8):
        client.get("/compare/", {"ids": ",".join(str(product.pk) for product in lamps[:4])})

    assert snapshot() == before
