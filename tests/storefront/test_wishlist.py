"""Hearts and wish lists as visitors use them, with and without JavaScript."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Variant, Wish, WishList
from catalog.services import wish_lists as lists
from catalog.services import wishes
from orders.models import CartLine
from storefront.views import wishlist
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.catalog import NOW, make_product, new_variant
from tests.factories.orders import make_goods

HTMX = {"HX-Request": "true"}


@pytest.fixture
def user(db: None) -> User:
    return make_user()


def press(client: Client, goods: Variant, **fields: str) -> None:
    client.post(f"/wishlist/hearts/{goods.product_id}/", fields)


def test_a_guests_heart_is_kept_in_a_cookie_and_shown_on_the_list(client: Client, goods: Variant) -> None:
    answer = client.post(f"/wishlist/hearts/{goods.product_id}/")

    assert (answer.status_code, answer["Location"]) == (302, "/wishlist/")
    assert answer.cookies["wishes"]["httponly"]
    assert not answer.cookies["mine"]["httponly"]
    assert client.get("/wishlist/").text.count('data-testid="wish"') == 1
    assert Client().get("/wishlist/").text.count('data-testid="wish"') == 0


def test_htmx_gets_a_word_and_the_state_of_the_heart(client: Client, goods: Variant) -> None:
    on = client.post(f"/wishlist/hearts/{goods.product_id}/", {"on": "1"}, headers=HTMX)
    off = client.post(f"/wishlist/hearts/{goods.product_id}/", {"on": "0"}, headers=HTMX)

    told = [json.loads(answer["HX-Trigger"])["hearts"] for answer in (on, off)]
    assert told == [{"product": str(goods.product_id), "on": True}, {"product": str(goods.product_id), "on": False}]
    assert not Wish.objects.exists()


def test_a_card_asks_on_a_page_of_its_own_where_there_is_no_javascript(client: Client, goods: Variant) -> None:
    assert f'value="{goods.product_id}"' in client.get("/search/").text

    asked = client.get("/wishlist/add/", {"product": goods.product_id})

    assert f"/wishlist/hearts/{goods.product_id}/" in asked.text
    assert "csrfmiddlewaretoken" in asked.text
    assert not Wish.objects.exists()


@pytest.mark.parametrize("product", ["", "x", str(uuid.UUID(int=0))])
def test_what_is_not_sold_cannot_be_asked_for(client: Client, db: None, product: str) -> None:
    assert client.get("/wishlist/add/", {"product": product}).status_code == 404


def test_pages_for_everybody_stay_shared_after_a_heart(
    client: Client, goods: Variant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shown = Client().get("/search/").content
    press(client, goods)

    with django_assert_num_queries(0):
        answer = client.get("/search/")

    assert answer.content == shown
    assert 'aria-pressed="true"' not in answer.text


def test_the_browser_is_told_what_is_its_visitors_in_one_query(
    client: Client, goods: Variant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    press(client, goods)

    with django_assert_num_queries(1):
        told = client.get("/mine/")
    with django_assert_num_queries(0):
        strangers = Client().get("/mine/")

    assert told.json()["wishes"] == [str(goods.product_id)]
    assert strangers.json()["wishes"] == []
    assert "no-store" in told["Cache-Control"]


def test_a_heart_needs_the_form_token(goods: Variant) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get("/mine/").json()["token"]

    refused = client.post(f"/wishlist/hearts/{goods.product_id}/")
    assert (refused.status_code, Wish.objects.count()) == (403, 0)
    client.post(f"/wishlist/hearts/{goods.product_id}/", headers={"X-CSRFToken": token})

    assert Wish.objects.count() == 1


def test_hearts_are_limited_in_their_number(client: Client, goods: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishlist, "HEARTS_A_MINUTE", 1)
    press(client, goods)

    answers = [client.post(f"/wishlist/hearts/{goods.product_id}/", {"on": "0"}, headers=headers) for headers in ({}, HTMX)]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert Wish.objects.count() == 1


def test_signing_in_takes_the_wishes_along(client: Client, user: User, goods: Variant) -> None:
    press(client, goods)

    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})

    assert Wish.objects.get().wish_list.user == user
    assert client.get("/wishlist/").text.count('data-testid="wish"') == 1
    assert not client.cookies["wishes"].value


def test_a_wish_moves_into_the_cart(client: Client, goods: Variant) -> None:
    press(client, goods)

    client.post(f"/wishlist/items/{Wish.objects.get().pk}/", {"action": "cart"})

    assert CartLine.objects.get().variant == goods
    assert not Wish.objects.exists()


def test_a_sold_out_wish_stays_and_the_reason_is_said(client: Client, db: None) -> None:
    goods = make_goods(stock=0)
    press(client, goods)

    answer = client.post(f"/wishlist/items/{Wish.objects.get().pk}/", {"action": "cart"})

    assert (answer.status_code, Wish.objects.count(), CartLine.objects.count()) == (409, 1, 0)
    assert "error-summary" in answer.text


def test_a_wish_with_options_leads_to_its_page(client: Client, db: None) -> None:
    product = make_product(variants=[new_variant(options={"Colour": name}) for name in ("Red", "Blue")])
    client.post(f"/wishlist/hearts/{product.pk}/")

    answer = client.post(f"/wishlist/items/{Wish.objects.get().pk}/", {"action": "cart"})

    assert answer["Location"] == f"/p/{product.slug}/"
    assert Wish.objects.count() == 1


def test_a_member_keeps_several_lists_and_shows_one_to_others(client: Client, user: User, goods: Variant) -> None:
    client.force_login(user)
    press(client, goods)
    client.post("/wishlist/lists/", {"list_name": "For the new flat"})
    flat = WishList.objects.get(name="For the new flat")
    client.post(f"/wishlist/items/{Wish.objects.get().pk}/", {"action": "move", "to": flat.pk})
    client.post(f"/wishlist/lists/{flat.pk}/", {"action": "share"})
    flat.refresh_from_db()

    shown = Client().get(f"/wishlist/shared/{flat.share_token}/")

    assert "For the new flat" in shown.text
    assert goods.product.title in shown.text
    assert user.email not in shown.text
    assert "/wishlist/items/" not in shown.text
    client.post(f"/wishlist/lists/{flat.pk}/", {"action": "unshare"})
    assert Client().get(f"/wishlist/shared/{flat.share_token}/").status_code == 404


def test_a_list_without_a_name_is_said_on_the_page(client: Client, user: User) -> None:
    client.force_login(user)

    answer = client.post("/wishlist/lists/", {"list_name": " "})

    assert (answer.status_code, WishList.objects.count()) == (422, 0)
    assert "error-summary" in answer.text


def test_somebody_elses_list_is_not_found(client: Client, user: User, goods: Variant) -> None:
    theirs = lists.create_list(user=make_user(), name="Theirs", at=NOW)
    wish = wishes.add_wish(user=theirs.user, token=None, product_id=goods.product_id, at=NOW).wishes.get()

    for visitor in (Client(), client):
        if visitor is client:
            client.force_login(user)
        answers = [
            visitor.get("/wishlist/", {"list": theirs.pk}),
            visitor.get("/wishlist/", {"list": "nonsense"}),
            *(visitor.post(f"/wishlist/items/{wish.pk}/", {"action": action}) for action in ("remove", "cart", "quiet", "move", "x")),
            *(
                visitor.post(f"/wishlist/lists/{theirs.pk}/", {"action": action, "list_name": "Mine"})
                for action in ("rename", "delete", "share", "x")
            ),
        ]
        assert {answer.status_code for answer in answers} == {404}
    theirs.refresh_from_db()
    assert (theirs.name, theirs.share_token, Wish.objects.count()) == ("Theirs", None, 1)


def test_a_long_list_needs_as_few_queries_as_a_short_one(
    client: Client, user: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(user)
    press(client, make_goods())
    client.get("/wishlist/")

    with django_assert_max_num_queries(7) as few:
        client.get("/wishlist/")
    for _ in range(5):
        press(client, make_goods())
    with django_assert_max_num_queries(7) as more:
        client.get("/wishlist/")

    assert len(more) == len(few)
