"""Brands, and what a shop says of itself and its buyers of it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product, ShopFollow
from catalog.services.cards import add_sold
from catalog.services.reviews import add_review
from merchants.services import suspend_merchant
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_brand, make_product
from tests.factories.orders import make_goods, make_seller

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def rate(product: Product, stars: int) -> None:
    add_review(product_id=product.pk, user_id=None, author="Mei", order_line=uuid4(), stars=stars, text="Fine", language="en", at=NOW)


def test_a_brands_page_has_its_goods_and_no_others(client: Client) -> None:
    brand = make_brand("Lumen")
    mine, other = make_product(brand=brand), make_product(brand=make_brand())

    page = client.get(f"/b/{brand.slug}/")

    assert [product.title in page.text for product in (mine, other)] == [True, False]
    assert f"/b/{brand.slug}/" in client.get(f"/p/{mine.slug}/").text
    assert client.get("/b/nothing/").status_code == 404
    assert client.get(f"/b/{brand.slug}/?sort=worst").status_code == 400


def test_the_index_lists_brands_that_have_something_on_sale_by_their_first_letters(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("Lumen", "集市", "3M"):
        make_product(brand=make_brand(name))
    make_brand("Empty")

    with django_assert_max_num_queries(6):
        text = client.get("/brands/").text

    assert re.findall(r'<h2[^>]*id="letter-(\w+)"', text) == ["other", "J", "L"]
    assert "Empty" not in text


def test_without_brands_the_index_offers_a_way_on(client: Client) -> None:
    assert "No brands yet" in client.get("/brands/").text


def test_a_shop_shows_its_rating_goods_followers_and_best_sellers(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    seller = make_seller()
    goods = [make_goods(merchant=seller) for _ in range(3)]
    rate(goods[0].product, 5)
    rate(goods[1].product, 4)
    for number, variant in enumerate(goods, start=1):
        add_sold(variant.product_id, number)
    ShopFollow.objects.create(user=make_user(), merchant=seller)
    client.get("/help/")

    with django_assert_max_num_queries(12):
        text = client.get(f"/s/{seller.slug}/").text

    figures = re.search(r'data-testid="shop-figures".*?</dl>', text, re.DOTALL)
    assert figures is not None
    assert [part in figures[0] for part in ("4.5 (2)", ">3<", ">1<")] == [True, True, True]
    assert 'id="best-sellers"' in text
    assert 'id="best-sellers"' not in client.get(f"/s/{seller.slug}/?sort=newest").text


def test_ratings_and_policies_have_pages_of_their_own(client: Client) -> None:
    seller = make_seller(shipping=500, free_over=3_000, cash_on_delivery=True)
    goods = make_goods(merchant=seller)
    empty = client.get(f"/s/{seller.slug}/ratings/").text
    for stars in (5, 2):
        rate(goods.product, stars)

    # The page just seen is kept for a minute; with a number it is another one.
    ratings = client.get(f"/s/{seller.slug}/ratings/?page=1")
    policies = client.get(f"/s/{seller.slug}/policies/").text

    assert "Whoever buys something here can be the first." in empty
    assert ratings.text.count("Fine") == 2
    assert [part in policies for part in ("$5.00", "$30.00", "cash at your door")] == [True, True, True]
    for page in ("0", "2", "x", "-1", "9" * 400):
        assert client.get(f"/s/{seller.slug}/ratings/", {"page": page}).status_code == 404


@pytest.mark.parametrize("part", ["", "policies/", "ratings/", "follow/"])
def test_a_closed_shop_has_no_pages(client: Client, part: str) -> None:
    seller = make_seller()
    suspend_merchant(merchant_id=seller.pk, actor="operator:test", reason="test", at=NOW)

    assert client.get(f"/s/{seller.slug}/{part}").status_code == 404


def test_a_member_follows_a_shop_once_and_finds_it_below_the_wish_list(client: Client) -> None:
    seller, user = make_seller(), make_user()
    client.force_login(user)

    for _ in range(2):
        answer = client.post(f"/s/{seller.slug}/follow/", {"on": "1"}, headers=HTMX)

    assert "follows" in answer["HX-Trigger"]
    assert ShopFollow.objects.count() == 1
    assert client.get("/mine/").json()["shops"] == [str(seller.pk)]
    assert f"/s/{seller.slug}/" in client.get("/wishlist/").text
    client.post(f"/s/{seller.slug}/follow/", {"on": "0"})
    assert not ShopFollow.objects.exists()


def test_a_guest_signs_in_before_following(client: Client) -> None:
    seller = make_seller()

    plain, htmx = client.post(f"/s/{seller.slug}/follow/"), client.post(f"/s/{seller.slug}/follow/", headers=HTMX)

    assert plain["Location"].startswith("/sign-in/?next=")
    assert htmx["HX-Redirect"] == plain["Location"]
    assert not ShopFollow.objects.exists()
