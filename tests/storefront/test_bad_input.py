"""The issue's table of bad input: a clear message in the person's language, a 4xx, and not one row of the database changed."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation

from catalog.models import Variant
from catalog.services.products import archive_product
from catalog.services.variants import update_variant
from core.errors import DomainError
from core.ids import uuid7
from core.money import Money
from logistics.models import Stock
from merchants.services import suspend_merchant
from orders.errors import CartEmpty, InvalidQuantity, PriceChanged, SoldOut, TooManyUnpaid, VariantNotFound, VariantUnavailable
from orders.models import CartLine, Checkout
from tests.factories.catalog import make_product, new_variant
from tests.factories.logistics import make_stock
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place
from tests.snapshot import snapshot
from tests.storefront.conftest import ADDRESS

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "zh-hans"]
QUANTITIES = ["0", "-1", "1000000000", "1.5", "1e3", "two", "", " ", "\0", "1\0", "٣", "½", "9" * 5000, "+1", "0x1", "1,000", "NaN"]
UNKNOWN = ["", "nonsense", "\0", "x" * 10_000, str(uuid4())]
WRONG_FIELDS = [
    *[(name, "") for name in ADDRESS],
    *[(name, "a\0b") for name in ADDRESS],
    *[(name, "x" * 300) for name in ADDRESS],
    ("email", "nobody"),
    ("email", "a@b@c.example"),
    ("phone", "ring me"),
    ("phone", "1234"),
    ("country", "XX"),
    ("name", "a\x07b"),
    ("gateway", "barter"),
    ("key", "not-a-key"),
    ("key", ""),
    ("seen_total", ""),
    ("seen_total", "-1"),
    ("seen_total", "1e9"),
    ("seen_total", "9" * 40),
    ("points", "-5"),
    ("points", "half"),
    ("points", "9" * 40),
]


def told(answer: HttpResponse, error: DomainError, language: str) -> bool:
    """Whether the page says what the error says, in that language."""
    with translation.override(language):
        return html.escape(str(error)) in answer.content.decode()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def guest(language: str) -> Client:
    return Client(headers={"accept-language": language})


@pytest.fixture
def goods() -> Variant:
    return make_goods(price=2_000, stock=3)


@pytest.fixture
def with_cart(guest: Client, goods: Variant) -> Client:
    """A guest with one piece in the cart."""
    assert guest.post("/cart/add/", {"variant": goods.pk, "quantity": "1"}).status_code == 302
    return guest


def order_form(client: Client) -> dict[str, Any]:
    """The checkout form as this browser would send it."""
    form = client.get("/checkout/").context["form"]
    return {**ADDRESS, "key": str(form["key"].value()), "seen_total": str(form["seen_total"].value())}


def test_a_quantity_that_is_none_is_refused_where_goods_are_put_in(guest: Client, goods: Variant, language: str) -> None:
    """MON26."""
    before = snapshot()

    answers = {text: guest.post("/cart/add/", {"variant": goods.pk, "quantity": text}) for text in QUANTITIES}

    assert {text: answer.status_code for text, answer in answers.items()} == dict.fromkeys(QUANTITIES, 400)
    assert all(told(answer, InvalidQuantity(most=999), language) for answer in answers.values())
    assert snapshot() == before


@pytest.mark.parametrize("field", ["quantity", "to"])
def test_a_quantity_that_is_none_is_refused_in_the_cart(with_cart: Client, language: str, field: str) -> None:
    """MON26."""
    line = CartLine.objects.get()
    before = snapshot()

    answers = {text: with_cart.post(f"/cart/lines/{line.pk}/", {field: text}) for text in QUANTITIES}

    assert {text: answer.status_code for text, answer in answers.items()} == dict.fromkeys(QUANTITIES, 400)
    assert all(told(answer, InvalidQuantity(most=999), language) for answer in answers.values())
    assert snapshot() == before


def test_a_variant_nobody_knows_is_not_found(guest: Client, language: str) -> None:
    before = snapshot()

    answers = [guest.post("/cart/add/", {"variant": text, "quantity": "1"}) for text in UNKNOWN]

    assert {answer.status_code for answer in answers} == {404}
    assert all(told(answer, VariantNotFound(), language) for answer in answers)
    assert snapshot() == before


def archived(variant: Variant) -> None:
    archive_product(product_id=variant.product_id, actor="operator:test", at=timezone.now())


def suspended(variant: Variant) -> None:
    suspend_merchant(merchant_id=variant.merchant_id, actor="operator:test", reason="test", at=timezone.now())


def off_sale(variant: Variant) -> None:
    update_variant(variant_id=variant.pk, is_active=False)


ENDS: list[Callable[[Variant], None]] = [archived, suspended, off_sale]


@pytest.mark.parametrize("end", ENDS)
def test_goods_that_are_no_longer_sold_cannot_be_put_in(client: Client, end: Callable[[Variant], None]) -> None:
    variant = two_colours()
    end(variant)
    before = snapshot()

    answer = client.post("/cart/add/", {"variant": variant.pk, "quantity": "1"})

    assert answer.status_code in {404, 409}
    assert snapshot() == before


@pytest.mark.parametrize("end", ENDS)
def test_goods_taken_off_sale_meanwhile_cannot_be_ordered(guest: Client, language: str, end: Callable[[Variant], None]) -> None:
    """STK12."""
    variant = two_colours()
    guest.post("/cart/add/", {"variant": variant.pk, "quantity": "1"})
    form = order_form(guest)
    end(variant)
    before = snapshot()

    answer = guest.post("/checkout/", form)

    assert answer.status_code == 409
    assert told(answer, VariantUnavailable(title=variant.product.title), language)
    assert snapshot() == before


def two_colours() -> Variant:
    """The red one of a product that also comes in blue, so that one of them may go."""
    seller = make_seller()
    made = [new_variant(options={"Colour": colour}) for colour in ("Red", "Blue")]
    options = [{"name": "Colour", "values": [{"value": "Red"}, {"value": "Blue"}]}]
    variants: list[Variant] = list(make_product(merchant=seller, variants=made, options=options).variants.order_by("position"))
    for variant in variants:
        make_stock(5, variant=variant, warehouse=seller.warehouses.get())
    return variants[0]


@pytest.mark.parametrize(("wanted", "available"), [("1", 0), ("4", 3)])
def test_more_than_there_is_cannot_be_put_in(guest: Client, language: str, wanted: str, available: int) -> None:
    goods = make_goods(stock=available)
    before = snapshot()

    answer = guest.post("/cart/add/", {"variant": goods.pk, "quantity": wanted})

    assert answer.status_code == 409
    assert told(answer, SoldOut(title=goods.product.title, available=available), language)
    assert snapshot() == before


def test_goods_sold_to_others_meanwhile_cannot_be_ordered(with_cart: Client, goods: Variant, language: str) -> None:
    form = order_form(with_cart)
    Stock.objects.filter(variant=goods).update(on_hand=0)
    before = snapshot()

    answer = with_cart.post("/checkout/", form)

    assert answer.status_code == 409
    assert told(answer, SoldOut(title=goods.product.title, available=0), language)
    assert snapshot() == before


def test_a_price_that_changed_is_shown_and_asked_again(with_cart: Client, goods: Variant, language: str) -> None:
    """MON25."""
    form = order_form(with_cart)
    update_variant(variant_id=goods.pk, price_minor=2_500)
    before = snapshot()

    refused = with_cart.post("/checkout/", form)

    new_total = Money(3_000, "USD").format(language)
    assert refused.status_code == 409
    assert told(refused, PriceChanged(total=new_total, total_minor=3_000), language)
    assert snapshot() == before
    asked_again = {**form, "seen_total": str(refused.context["form"]["seen_total"].value())}
    assert with_cart.post("/checkout/", asked_again).status_code == 303
    assert Checkout.objects.get().total_minor == 3_000


def test_a_wrong_field_gives_the_form_back(with_cart: Client) -> None:
    form = order_form(with_cart)
    before = snapshot()

    answers = [(field, value, with_cart.post("/checkout/", {**form, field: value})) for field, value in WRONG_FIELDS]

    assert [(field, value) for field, value, answer in answers if answer.status_code != 422] == []
    assert [(field, value) for field, value, answer in answers if not answer.context["form"].errors[field]] == []
    assert snapshot() == before


def test_no_total_but_todays_is_charged(with_cart: Client) -> None:
    """MON24."""
    form = order_form(with_cart)
    before = snapshot()

    answers = [with_cart.post("/checkout/", {**form, "seen_total": total}) for total in ("0", "1", "2499", "2501", "999999999")]

    assert {answer.status_code for answer in answers} == {409}
    assert snapshot() == before


def test_who_leaves_too_many_orders_unpaid_is_asked_to_pay_first(with_cart: Client, goods: Variant, language: str) -> None:
    """STK11."""
    most = settings.UNPAID_ORDERS_PER_BUYER
    others = make_goods(stock=most)
    for _ in range(most):
        place(make_cart(others), buyer=make_buyer(email=ADDRESS["email"].upper()))
    form = order_form(with_cart)
    before = snapshot()

    answer = with_cart.post("/checkout/", form)

    assert answer.status_code == 409
    assert told(answer, TooManyUnpaid(most=most), language)
    assert snapshot() == before


def test_a_guest_cannot_pay_with_points(with_cart: Client) -> None:
    form = order_form(with_cart)
    before = snapshot()

    answer = with_cart.post("/checkout/", {**form, "points": "100"})

    assert answer.status_code == 409
    assert snapshot() == before


@pytest.mark.parametrize("has_cart", [False, True])
def test_an_empty_cart_cannot_be_ordered(guest: Client, goods: Variant, language: str, has_cart: bool) -> None:
    if has_cart:
        guest.post("/cart/add/", {"variant": goods.pk, "quantity": "1"})
        guest.post(f"/cart/lines/{CartLine.objects.get().pk}/", {"remove": "1"})
    before = snapshot()

    answer = guest.post("/checkout/", {**ADDRESS, "key": str(uuid7()), "seen_total": "0"})

    assert answer.status_code == 409
    assert told(answer, CartEmpty(), language)
    assert snapshot() == before


def test_the_key_of_another_persons_order_opens_and_makes_nothing(with_cart: Client, goods: Variant) -> None:
    stranger = Client()
    stranger.post("/cart/add/", {"variant": goods.pk, "quantity": "1"})
    with_cart.post("/checkout/", order_form(with_cart))
    placed = Checkout.objects.get()
    before = snapshot()

    answer = stranger.post("/checkout/", {**order_form(stranger), "key": str(placed.pk)})

    assert answer.status_code == 404
    assert placed.number not in answer.content.decode()
    assert snapshot() == before
