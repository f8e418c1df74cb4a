"""Pages in the currency the visitor chose."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from catalog.selectors import CardQuery, find_cards
from orders.models import Checkout
from tests.factories.exchange import into, make_rates
from tests.factories.orders import ADDRESS, make_goods

pytestmark = pytest.mark.django_db


def seen_in(client: Client, path: str) -> str:
    """What a page says, without the line breaks and tags between a price's parts."""
    return re.sub(r"<[^>]+>", "", client.get(path, follow=True).text)


@pytest.fixture
def lamp() -> Variant:
    make_rates()
    return make_goods(price=2_000, title="Lamp")


@pytest.mark.parametrize("path", ["/", "/search/?q=lamp", "/p/{slug}/", "/s/{shop}/"])
@pytest.mark.parametrize(("currency", "price"), [("JPY", "¥3,105"), ("KWD", "KWD6.140"), ("CNY", "CN¥142.47"), ("EUR", "€17.31")])
def test_pages_say_prices_in_the_chosen_currency(lamp: Variant, path: str, currency: str, price: str) -> None:
    client = Client()
    page = path.format(slug=lamp.product.slug, shop=lamp.merchant.slug)

    answer = client.get(f"/currency/{currency}/?next={page}")

    assert answer["Location"] == page
    assert price in seen_in(client, page).replace("\xa0", "")
    assert "$20.00" not in seen_in(client, page)


def test_the_currency_is_independent_of_the_language(lamp: Variant) -> None:
    client = Client()
    client.get("/currency/JPY/")
    client.get("/language/zh-hans/")

    assert "JP¥3,105" in seen_in(client, "/search/?q=lamp").replace("\xa0", "")


@pytest.mark.parametrize("path", ["/", "/search/?q=lamp", "/categories/"])
def test_a_kept_page_never_leaks_into_another_currency(lamp: Variant, path: str) -> None:
    def visitor(currency: str) -> Client:
        client = Client()
        client.cookies["currency"] = currency
        return client

    first = {currency: visitor(currency).get(path).text for currency in ("USD", "JPY", "EUR")}
    again = {currency: visitor(currency).get(path).text for currency in ("EUR", "JPY", "USD")}

    assert first == again
    assert len(set(first.values())) == 3
    assert visitor("nonsense").get(path).text == first["USD"]


def test_a_currency_whose_rate_is_too_old_is_not_offered(lamp: Variant, settings: Any) -> None:
    client = Client()
    client.get("/currency/JPY/")
    settings.EXCHANGE_RATE_DAYS = -1
    from core.remembered import forget

    forget()

    assert client.get("/currency/EUR/").status_code == 404
    assert "$20.00" in seen_in(client, "/search/?q=lamp&sort=price")
    assert "Prices in" not in seen_in(client, "/help/")


@pytest.mark.parametrize("code", ["XXX", "usd", "GBP"])
def test_a_currency_the_shop_does_not_sell_in_is_not_found(lamp: Variant, code: str) -> None:
    assert Client().get(f"/currency/{code}/").status_code == 404


def test_price_filters_count_in_the_chosen_currency_and_keep_their_place(lamp: Variant) -> None:
    client = Client()

    answer = client.get("/currency/JPY/?next=/search/%3Fq%3Dlamp%26min%3D19.50%26max%3D20.50")

    assert answer["Location"] == "/search/?q=lamp&min=3027&max=3182"
    assert "1 product" in seen_in(client, answer["Location"])
    assert 'data-testid="product-card"' in client.get("/search/?q=lamp&max=3105").text
    assert find_cards(CardQuery(text="lamp", max_minor=3_104, conversion=into("JPY")), "en").total == 0
    assert client.get("/search/?q=lamp&max=3104.5").status_code == 400
    client.get("/currency/KWD/")
    assert client.get("/search/?q=lamp&max=6.145").status_code == 200


def checkout_form(client: Client) -> dict[str, str]:
    page = client.get("/checkout/").text
    found = dict(re.findall(r'name="(key|seen_total|seen_currency)" value="([^"]*)"', page))
    return {**found, "email": "li@example.com", **ADDRESS, "gateway": "sandbox"}


@pytest.mark.parametrize(("currency", "goods", "shipping"), [("JPY", 3_105, 776), ("KWD", 6_140, 1_540)])
def test_a_purchase_over_the_pages_is_in_the_chosen_currency(lamp: Variant, currency: str, goods: int, shipping: int) -> None:
    client = Client()
    client.get(f"/currency/{currency}/")
    client.post("/cart/add/", {"variant": lamp.pk, "quantity": 1})

    answer = client.post("/checkout/", checkout_form(client))

    placed = Checkout.objects.get()
    assert answer.status_code == 303
    assert (placed.currency, placed.goods_minor, placed.shipping_minor) == (currency, goods, shipping)


def test_what_a_form_says_about_currency_and_rate_changes_nothing(lamp: Variant) -> None:
    """MON24."""
    client = Client()
    client.post("/cart/add/", {"variant": lamp.pk, "quantity": 1, "currency": "KWD", "seen_minor": "1"})

    client.post("/checkout/", {**checkout_form(client), "currency": "KWD", "rate": "0.0001", "base_currency": "KWD", "total_minor": "1"})

    placed = Checkout.objects.get()
    assert (placed.currency, placed.total_minor, placed.rate) == ("USD", 2_500, Decimal(1))


def test_a_total_seen_in_another_currency_is_asked_again(lamp: Variant) -> None:
    client = Client()
    client.post("/cart/add/", {"variant": lamp.pk, "quantity": 1})
    form = checkout_form(client)
    client.get("/currency/JPY/")

    answer = client.post("/checkout/", form)

    assert answer.status_code == 409
    assert "You have chosen JPY" in answer.text
    assert 'name="seen_currency" value="JPY"' in answer.text
    assert not Checkout.objects.exists()


def test_a_rate_that_changes_before_placing_is_asked_again() -> None:
    """MON25."""
    make_rates(timezone.localdate() - dt.timedelta(days=1), JPY="150")
    client = Client()
    client.get("/currency/JPY/")
    client.post("/cart/add/", {"variant": make_goods(price=2_000).pk, "quantity": 1})
    form = checkout_form(client)
    make_rates(JPY="151")

    answer = client.post("/checkout/", form)

    assert answer.status_code == 409
    assert "The new total is ¥3,775" in answer.text
    assert 'name="seen_total" value="3775"' in answer.text
    assert not Checkout.objects.exists()
