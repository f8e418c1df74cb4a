import pytest
from django.test import Client

from catalog.models import Variant
from catalog.services import archive_product
from orders.models import CartLine
from tests.factories.orders import make_goods


def test_adding_shows_the_goods_in_the_cart(client: Client, goods: Variant) -> None:
    answer = client.post("/cart/add/", {"variant": goods.pk, "quantity": "2"}, follow=True)

    assert answer.status_code == 200
    assert answer.context["cart"].count == 2
    assert client.cookies["cart"]["httponly"]


def test_the_first_thing_put_in_is_counted_at_once(client: Client, goods: Variant) -> None:
    answer = client.post("/cart/add/", {"variant": goods.pk}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert 'data-testid="cart-count"' in answer.text
    assert 'hx-swap-oob="true">1</span>' in answer.text


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "two", "1.5", "", "９"])
def test_a_senseless_quantity_is_refused_and_changes_nothing(client: Client, goods: Variant, quantity: str) -> None:
    answer = client.post("/cart/add/", {"variant": goods.pk, "quantity": quantity})

    assert answer.status_code == 400
    assert "whole number from 1 to 999" in answer.text
    assert f'value="{quantity}"' in answer.text, "what was typed is kept"
    assert not CartLine.objects.exists()


def test_more_than_there_is_is_refused_and_changes_nothing(client: Client, goods: Variant) -> None:
    answer = client.post("/cart/add/", {"variant": goods.pk, "quantity": "11"})

    assert answer.status_code == 409
    assert "Only 10 of" in answer.text
    assert not CartLine.objects.exists()


def test_sold_out_goods_cannot_be_added(client: Client, db: None) -> None:
    sold_out = make_goods(stock=0)

    answer = client.post("/cart/add/", {"variant": sold_out.pk, "quantity": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "sold out" in answer.text
    assert answer["HX-Retarget"] == "#toast"
    assert not CartLine.objects.exists()


def test_an_archived_product_cannot_be_added(client: Client, goods: Variant) -> None:
    archive_product(product_id=goods.product_id, actor="system:test", at=goods.created_at)

    answer = client.post("/cart/add/", {"variant": goods.pk, "quantity": "1"})

    assert answer.status_code in {404, 409}
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("variant", ["", "nonsense", "\x00", "a1ee97c5-f0f3-44aa-b781-d359eeac4cc7"])
def test_an_unknown_variant_is_not_found(client: Client, db: None, variant: str) -> None:
    answer = client.post("/cart/add/", {"variant": variant, "quantity": "1"})

    assert answer.status_code == 404
    assert not CartLine.objects.exists()


def test_a_form_without_its_token_is_refused(goods: Variant) -> None:
    answer = Client(enforce_csrf_checks=True).post("/cart/add/", {"variant": goods.pk, "quantity": "1"})

    assert answer.status_code == 403
    assert not CartLine.objects.exists()


def test_getting_the_address_adds_nothing(client: Client, goods: Variant) -> None:
    answer = client.get("/cart/add/", {"variant": goods.pk})

    assert answer.status_code == 405
    assert not CartLine.objects.exists()


def test_the_box_beside_the_page_shows_what_lies_in_the_cart(shopper: Client, goods: Variant) -> None:
    added = shopper.post("/cart/add/", {"variant": goods.pk, "quantity": "2"}, headers={"HX-Request": "true"})

    box = shopper.get("/cart/mini/", headers={"HX-Request": "true"})

    assert added["HX-Trigger"] == "added"
    assert box.text.count('data-testid="mini-line"') == 1
    assert "$60.00" in box.text
    assert shopper.get("/cart/mini/")["Location"] == "/cart/"


def test_the_box_of_an_empty_cart_says_so(client: Client, db: None) -> None:
    assert "Your cart is empty" in client.get("/cart/mini/", headers={"HX-Request": "true"}).text
