"""Price lists by the API: a merchant's own, with scopes; tiers in the public catalogue, and nobody's trade prices."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import PriceList, Variant
from catalog.rules.quantities import Tier
from catalog.services.variants import update_variant
from tests.api.conftest import Partner, make_partner
from tests.factories.companies import administrator_of, give_list, make_company, make_price_list
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods() -> Variant:
    return make_goods(price=1_000, stock=50)


@pytest.fixture
def partner(goods: Variant) -> Partner:
    return make_partner(goods.merchant)


def rows(*skus: str) -> dict[str, Any]:
    return {"rows": [{"sku": sku, "least": 5, "steps": [{"quantity": 1, "price_minor": 900}]} for sku in skus]}


def test_a_list_is_made_filled_read_and_put_out_of_use(partner: Partner, goods: Variant) -> None:
    made = partner.send("POST", "/price-lists/", {"name": "Hotels", "currency": "USD", "valid_until": "2030-01-31"}, key="a")
    again = partner.send("POST", "/price-lists/", {"name": "Hotels", "currency": "USD", "valid_until": "2030-01-31"}, key="a")
    path = f"/price-lists/{made.json()['id']}/"
    filled = partner.send("PUT", f"{path}rows/", rows(goods.sku), key="b")
    off = partner.send("PATCH", path, {"is_active": False}, key="c")

    assert (made.status_code, again.status_code, filled.status_code, off.status_code) == (201, 201, 200, 200)
    assert PriceList.objects.count() == 1
    shown = partner.get(path).json()
    assert (shown["is_active"], shown["version"], shown["valid_until"]) == (False, 3, "2030-01-31")
    assert shown["rows"] == rows(goods.sku)["rows"]
    assert [row["name"] for row in partner.get("/price-lists/").json()["results"]] == ["Hotels"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rows": None},
        {"rows": [{"sku": "unknown", "steps": [{"quantity": 1, "price_minor": 1}]}]},
        {"rows": [{"sku": "x", "steps": []}]},
        {"rows": [{"sku": "x", "steps": [{"quantity": 0, "price_minor": 1}]}]},
        {"rows": [{"sku": "x", "steps": [{"quantity": 1, "price_minor": -1}]}]},
    ],
)
def test_rows_that_make_no_sense_change_nothing(partner: Partner, goods: Variant, body: Any) -> None:
    price_list = make_price_list(goods, (1, 900))

    answer = partner.send("PUT", f"/price-lists/{price_list.pk}/rows/", body, key="k")

    assert 400 <= answer.status_code < 500
    assert price_list.rows.get().steps == [[1, 900]]


def test_prices_of_a_list_are_its_merchants_secret(partner: Partner, goods: Variant) -> None:
    price_list, stranger = make_price_list(goods, (1, 900)), make_partner(make_seller())
    path = f"/price-lists/{price_list.pk}/"

    answers = [
        stranger.get(path),
        stranger.send("PATCH", path, {"name": "Mine"}, key="a"),
        stranger.send("PUT", f"{path}rows/", {"rows": []}, key="b"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert stranger.get("/price-lists/").json()["results"] == []
    theirs = make_price_list(make_goods(merchant=stranger.merchant), (1, 900))
    stolen = stranger.send("PUT", f"/price-lists/{theirs.pk}/rows/", rows(goods.sku), key="c")
    assert stolen.status_code == 422
    assert goods.price_list_rows.count() == 1
    for scopes, status in ((["orders:read"], 403), (["prices:read"], 200)):
        assert make_partner(goods.merchant, scopes).get(path).status_code == status
    reader = make_partner(goods.merchant, ["prices:read"])
    assert reader.send("PUT", f"{path}rows/", {"rows": []}, key="d").status_code == 403
    assert price_list.rows.count() == 1


def test_an_order_says_for_which_company_it_was_bought(partner: Partner, goods: Variant) -> None:
    company = make_company(name="Lotus Hotels")
    price_list = make_price_list(goods, (1, 900))
    give_list(company, price_list)
    user = administrator_of(company)
    place(
        make_cart(goods, user=user), user=user, expected_total_minor=1_400,
        buyer=make_buyer(user, company_id=company.pk, purchase_number="PO-7"),
    )  # fmt: skip
    order = goods.merchant.orders.get()

    type(order).objects.update(status="paid")

    said = partner.get(f"/orders/{order.pk}/").json()

    assert said["company"] == {"name": "Lotus Hotels", "tax_number": company.tax_number, "purchase_number": "PO-7"}
    assert (said["lines"][0]["price_list"], said["lines"][0]["ordinary_minor"]) == (str(price_list.pk), 1_000)


def test_everybody_reads_everybodys_tiers(partner: Partner, goods: Variant) -> None:
    update_variant(variant_id=goods.pk, tiers=[Tier(10, 950), Tier(20, 940)], min_quantity=2, quantity_step=2)
    give_list(make_company(), make_price_list(goods, (1, 777)))

    answer = partner.get(f"/products/{goods.product.slug}/")

    shown = answer.json()["variants"][0]
    assert [(tier["quantity"], tier["price"]["minor"]) for tier in shown["tiers"]] == [(10, 950), (20, 940)]
    assert (shown["min_quantity"], shown["quantity_step"]) == (2, 2)
    assert b"777" not in answer.content.replace(goods.sku.encode(), b"")
