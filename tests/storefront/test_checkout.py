from typing import Any

import pytest
from django.test import Client

from catalog.models import Variant
from logistics.models import Stock
from loyalty.selectors import balance
from orders.models import Checkout
from tests.factories.accounts import make_address, make_user
from tests.factories.loyalty import NOW, make_lot
from tests.factories.orders import make_cart, make_goods
from tests.storefront.conftest import ADDRESS


def test_placing_leads_to_the_payment_provider(shopper: Client, order_form: dict[str, Any]) -> None:
    answer = shopper.post("/checkout/", order_form)

    assert answer.status_code == 303
    assert answer["Location"].startswith("/sandbox/")
    assert Checkout.objects.get().total_minor == order_form["seen_total"]


def test_a_double_submit_is_one_order(shopper: Client, order_form: dict[str, Any]) -> None:
    first = shopper.post("/checkout/", order_form)
    second = shopper.post("/checkout/", order_form)

    assert Checkout.objects.count() == 1
    assert second["Location"] == first["Location"]


def test_a_price_or_a_status_in_the_form_changes_nothing(shopper: Client, order_form: dict[str, Any]) -> None:
    """MON24: every field of the purchase and of its orders is sent with a value of the attacker's; the server's own are written."""
    numbers = ("price", "total", "total_minor", "goods_minor", "shipping_minor", "points_minor", "credit_minor", "discount", "tax", "fee")
    words = {"currency": "JPY", "status": "paid", "paid_at": "2026-01-01", "user": "1", "expires_at": "2099-01-01", "number": "MINE"}
    probe = {**dict.fromkeys(numbers, "1"), **words, "commission_minor": "0"}

    answer = shopper.post("/checkout/", {**order_form, **probe})

    assert answer.status_code == 303
    checkout = Checkout.objects.get()
    assert (checkout.total_minor, checkout.currency, checkout.status) == (order_form["seen_total"], "USD", "awaiting_payment")
    assert checkout.number != "MINE"
    assert checkout.orders.get().commission_minor > 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", ""),
        ("name", ""),
        ("name", "x" * 101),
        ("name", "a\x00b"),
        ("phone", "call me"),
        ("address", " "),
        ("city", ""),
        ("postcode", "1" * 21),
        ("country", "XX"),
        ("key", "1"),
        ("seen_total", "-5"),
        ("seen_total", "1e99"),
        ("points", "-1"),
    ],
)
def test_a_wrong_field_gives_the_form_back(shopper: Client, order_form: dict[str, Any], field: str, value: str) -> None:
    answer = shopper.post("/checkout/", {**order_form, field: value})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert 'id="error-summary"' in answer.text
    assert field == "address" or 'value="1 Market Street"' in answer.text, "the other fields are kept"
    assert not Checkout.objects.exists()


def test_a_price_that_changed_meanwhile_is_shown_and_asked_again(shopper: Client, goods: Variant, order_form: dict[str, Any]) -> None:
    Variant.objects.filter(pk=goods.pk).update(price_minor=2_500)

    refused = shopper.post("/checkout/", order_form)
    again = {**order_form, "seen_total": refused.context["form"]["seen_total"].value()}
    placed = shopper.post("/checkout/", again)

    assert refused.status_code == 409
    assert "Prices have changed. The new total is $30.00" in refused.text
    assert placed.status_code == 303
    assert Checkout.objects.get().total_minor == 3_000


def test_goods_sold_out_meanwhile_are_refused_and_the_form_is_kept(shopper: Client, goods: Variant, order_form: dict[str, Any]) -> None:
    Stock.objects.filter(variant=goods).update(reserved=10)

    answer = shopper.post("/checkout/", order_form)

    assert answer.status_code == 409
    assert "sold out" in answer.text
    assert 'value="1 Market Street"' in answer.text
    assert not Checkout.objects.exists()


def test_an_empty_cart_has_no_checkout(client: Client, db: None) -> None:
    assert client.get("/checkout/")["Location"] == "/cart/"
    assert client.post("/checkout/", ADDRESS).status_code == 409


@pytest.fixture
def member(client: Client, db: None) -> Client:
    """A member with 100 points, an address and goods of 20.00 in the cart."""
    user = make_user(email="member@example.com")
    make_lot(100, user=user)
    make_address(user)
    make_cart(make_goods(price=2_000), user=user)
    client.force_login(user)
    return client


def test_a_member_pays_less_with_points(member: Client) -> None:
    page = member.get("/checkout/")
    form = page.context["form"]

    sent = {**ADDRESS, "key": form["key"].value(), "seen_total": form["seen_total"].value(), "points": page.context["offer"].points}
    member.post("/checkout/", sent)

    placed = Checkout.objects.get()
    assert form["city"].value() == "Shanghai"
    assert (placed.points, placed.total_minor) == (100, 2_400)
    assert balance(placed.user_id, NOW) == 0


def test_more_points_than_offered_are_refused(member: Client) -> None:
    form = member.get("/checkout/").context["form"]

    sent = {**ADDRESS, "key": form["key"].value(), "seen_total": form["seen_total"].value(), "points": "900"}
    answer = member.post("/checkout/", sent)

    assert answer.status_code == 409
    assert not Checkout.objects.exists()
