"""A shop's address changes, links stay good, and no other shop ever gets them."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import ProductCard
from core.outbox import relay
from merchants.errors import ShopSlugInvalid, ShopSlugTaken
from merchants.models import Merchant, ShopSlug
from merchants.services import change_shop_slug, suspend_merchant
from tests.factories.catalog import NOW, make_product
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def moved_shop() -> Merchant:
    """One that was /s/first/ and /s/second/ and is /s/third-name/."""
    merchant = make_merchant(name="First", slug="first")
    for slug in ("second", "Third name"):
        merchant = change_shop_slug(merchant_id=merchant.pk, slug=slug)
    return merchant


@pytest.mark.parametrize("page", ["", "policies/", "ratings/", "follow/"])
def test_every_page_under_a_former_address_leads_to_the_present_one_in_one_step(client: Client, page: str) -> None:
    moved_shop()

    for former in ("first", "second"):
        answer = client.get(f"/s/{former}/{page}?utm=x")
        assert (answer.status_code, answer["Location"]) == (301, f"/s/third-name/{page}?utm=x")
    assert client.get(f"/s/third-name/{page}", follow=True).status_code == 200


def test_search_engines_are_told_the_present_address_only(client: Client) -> None:
    moved_shop()

    sitemap = b"".join(client.get("/sitemap-shops.xml"))  # type: ignore[arg-type]  # streamed
    page = client.get("/s/third-name/").content.decode()

    assert b"/s/third-name/" in sitemap
    assert b"/s/first/" not in sitemap
    assert re.findall('rel="canonical" href="[^"]*(/s/[^"]*)"', page) == ["/s/third-name/"]


def test_going_back_to_a_former_address_makes_no_circle(client: Client) -> None:
    merchant = moved_shop()

    change_shop_slug(merchant_id=merchant.pk, slug="first")

    assert client.get("/s/first/").status_code == 200
    assert client.get("/s/third-name/")["Location"] == "/s/first/"


def test_what_another_shop_has_or_had_cannot_be_taken() -> None:
    moved_shop()
    other = make_merchant(name="Other", slug="other")

    for slug in ("first", "third-name"):
        with pytest.raises(ShopSlugTaken):
            change_shop_slug(merchant_id=other.pk, slug=slug)
        with pytest.raises(IntegrityError), transaction.atomic():
            Merchant.objects.filter(pk=other.pk).update(slug=slug)
    fresh = make_merchant(name="First", slug="first")

    other.refresh_from_db()
    assert other.slug == "other"
    assert fresh.slug.startswith("first-")
    assert ShopSlug.objects.get(slug="first").merchant.slug == "third-name"


@pytest.mark.parametrize("slug", ["", "灯笼", "!!!", "\0", "x" * 61])
def test_an_address_needs_latin_letters_or_digits(slug: str) -> None:
    merchant = make_merchant(slug="first")

    with pytest.raises(ShopSlugInvalid):
        change_shop_slug(merchant_id=merchant.pk, slug=slug)

    assert Merchant.objects.get(pk=merchant.pk).slug == "first"


def test_a_closed_shops_former_address_says_nothing_about_it(client: Client) -> None:
    merchant = moved_shop()

    suspend_merchant(merchant_id=merchant.pk, actor="operator:test", reason="test", at=NOW)

    assert client.get("/s/first/").status_code == 404
    assert client.get("/s/never/").status_code == 404


def test_its_goods_are_found_under_the_new_address() -> None:
    product = make_product(merchant=make_merchant(slug="first"))
    relay(now=dt.datetime.now(dt.UTC))
    ProductCard.objects.update(is_stale=False)

    change_shop_slug(merchant_id=product.merchant_id, slug="second")
    relay(now=dt.datetime.now(dt.UTC))

    card = ProductCard.objects.get(pk=product.pk)
    assert (card.merchant_slug, card.is_stale) == ("second", True)
