"""The pages of price requests."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Variant
from orders.models import Quote
from tests.factories.accounts import make_user
from tests.factories.merchants import make_membership
from tests.factories.orders import make_goods
from tests.orders.test_quotes import asked, offered


@pytest.fixture
def shopper(client: Client, db: None) -> User:
    user = make_user()
    client.force_login(user)
    return user


def test_who_is_not_signed_in_is_asked_to(client: Client, goods: Variant) -> None:
    answer = client.get(f"/quotes/new/?v={goods.pk}")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_from_the_product_to_the_cart(client: Client, shopper: User, goods: Variant) -> None:
    page = client.get(f"/p/{goods.product.slug}/").text
    assert f"/quotes/new/?v={goods.pk}" in page

    sent = client.post(f"/quotes/new/?v={goods.pk}", {"quantity": "5", "message": "Soon, please"}, follow=True)

    assert "The shop has been asked." in sent.text
    quote = Quote.objects.get()
    assert (quote.user, quote.quantity, quote.message) == (shopper, 5, "Soon, please")
    client.force_login(make_membership(goods.merchant, make_user(), "owner").user)
    offer = {"_form_submitted": "1", "unit_minor": "15.00", "days": "7", "note": "Gladly"}
    client.post(reverse("merchant:orders_quote_offer", args=[quote.pk]), offer)
    client.force_login(shopper)
    assert "Gladly" in client.get(f"/quotes/{quote.pk}/").text
    cart = client.post(f"/quotes/{quote.pk}/accept/", follow=True).text
    assert "Agreed price for 5 pieces" in cart
    assert "$75.00" in cart


@pytest.mark.parametrize("quantity", ["0", "-1", "many", "1e3", "9" * 10, ""])
def test_a_number_that_is_none_is_said(client: Client, shopper: User, goods: Variant, quantity: str) -> None:
    answer = client.post(f"/quotes/new/?v={goods.pk}", {"quantity": quantity})

    assert answer.status_code in {400, 422}
    assert not Quote.objects.exists()


@pytest.mark.parametrize("variant", ["", "x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_what_is_not_there_cannot_be_asked_for(client: Client, shopper: User, variant: str) -> None:
    assert client.get("/quotes/new/", {"v": variant}).status_code == 404


def test_a_strangers_request_does_not_exist(client: Client, shopper: User, goods: Variant) -> None:
    quote = offered(make_user(), goods)

    answers = [client.get(f"/quotes/{quote.pk}/"), *(client.post(f"/quotes/{quote.pk}/{step}/") for step in ("accept", "give-up", "eat"))]

    assert {answer.status_code for answer in answers} == {404}
    assert Quote.objects.get().status == "offered"


def test_what_is_no_longer_possible_is_said(client: Client, shopper: User, goods: Variant) -> None:
    quote = asked(shopper, goods)
    client.post(f"/quotes/{quote.pk}/give-up/")

    answer = client.post(f"/quotes/{quote.pk}/give-up/")

    assert answer.status_code == 409
    assert "This is not possible while the status is" in answer.text


def test_the_list_takes_the_same_few_queries_at_any_length(
    client: Client, shopper: User, goods: Variant, django_assert_max_num_queries: Any
) -> None:
    assert "No price requests" in client.get("/quotes/").text
    asked(shopper, goods)
    with django_assert_max_num_queries(8) as few:
        client.get("/quotes/")
    for _ in range(3):
        asked(shopper, make_goods())

    with django_assert_max_num_queries(8) as more:
        page = client.get("/quotes/").text

    assert page.count("data-status=") == 4
    assert len(more) <= len(few)
