from uuid import uuid4

import pytest
from django.test import Client

from catalog.models import Variant
from orders.models import CartLine
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.orders import make_cart, make_goods


def test_an_empty_cart_offers_the_next_step(client: Client, db: None) -> None:
    answer = client.get("/cart/")

    assert answer.status_code == 200
    assert "Your cart is empty" in answer.text


def test_the_quantity_can_be_changed_and_the_line_taken_out(shopper: Client) -> None:
    line = CartLine.objects.get()

    shopper.post(f"/cart/lines/{line.pk}/", {"to": "3", "quantity": "1"})
    line.refresh_from_db()
    taken = shopper.post(f"/cart/lines/{line.pk}/", {"remove": "1"})

    assert line.quantity == 3
    assert taken.status_code == 303
    assert not CartLine.objects.exists()


@pytest.mark.parametrize(("quantity", "status"), [("0", 400), ("-1", 400), ("1000000000", 400), ("two", 400), ("", 400), ("11", 409)])
def test_a_wrong_quantity_is_refused_and_changes_nothing(shopper: Client, quantity: str, status: int) -> None:
    line = CartLine.objects.get()

    answer = shopper.post(f"/cart/lines/{line.pk}/", {"quantity": quantity})

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert CartLine.objects.get().quantity == 1


def test_a_strangers_line_is_not_found_and_stays(shopper: Client, goods: Variant) -> None:
    strangers = make_cart(goods).lines.get()

    answer = shopper.post(f"/cart/lines/{strangers.pk}/", {"remove": "1"})

    assert answer.status_code == 404
    assert CartLine.objects.filter(pk=strangers.pk).exists()


def test_a_line_that_never_was_is_not_found(client: Client, db: None) -> None:
    assert client.post(f"/cart/lines/{uuid4()}/", {"quantity": "1"}).status_code == 404


def test_goods_of_two_merchants_lie_in_two_parcels(shopper: Client) -> None:
    shopper.post("/cart/add/", {"variant": make_goods().pk})

    answer = shopper.get("/cart/")

    assert answer.text.count('data-testid="parcel"') == 2
    assert answer.text.count('data-testid="cart-line"') == 2
    assert 'data-testid="checkout-start"' in answer.text


def test_a_changed_price_is_said_until_it_is_understood(shopper: Client, goods: Variant) -> None:
    Variant.objects.filter(pk=goods.pk).update(price_minor=2_500)

    told = shopper.get("/cart/")
    shopper.post("/cart/prices/")
    after = shopper.get("/cart/")

    assert "was $20.00, now $25.00" in told.text
    assert "was $20.00" not in after.text


def test_the_guests_cart_comes_along_at_sign_in(shopper: Client) -> None:
    user = make_user()

    shopper.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    answer = shopper.get("/cart/")

    assert answer.context["cart"].count == 1
    assert shopper.cookies["cart"].value == ""


def test_a_forged_cart_cookie_finds_nothing(client: Client, db: None) -> None:
    client.cookies["cart"] = "x" * 5_000

    assert client.get("/cart/").context["cart"].is_empty


def test_two_lines_have_buttons_of_their_own_also_with_odd_titles(client: Client, db: None) -> None:
    odd, plain = make_goods(title="Lamp {line} <b>%s</b>"), make_goods(title="Cup")
    cart = make_cart(odd, plain)
    client.cookies["cart"] = cart.token or ""

    page = client.get("/cart/").text

    for line in cart.lines.all():
        assert page.count(f'action="/cart/lines/{line.pk}/"') == 2
        assert page.count(f'hx-post="/cart/lines/{line.pk}/"') == 2
        assert page.count(f'form="step-{line.pk}"') == 2
    assert 'aria-label="Take out Cup"' in page
    assert 'aria-label="Take out Lamp {line} &lt;b&gt;%s&lt;/b&gt;"' in page
    assert "blank" not in page
    assert page.count("csrfmiddlewaretoken") >= 4
