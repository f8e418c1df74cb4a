"""Addresses change, links stay good, and nobody gets another's."""

import pytest
from django.test import Client

from catalog.errors import SlugInvalid, SlugTaken
from catalog.models import FormerSlug, Product
from catalog.services.products import hide_product
from catalog.services.slugs import change_category_slug, change_product_slug
from tests.factories.catalog import NOW, make_category, make_product

pytestmark = pytest.mark.django_db


def test_every_former_address_leads_to_the_present_one_in_one_step(client: Client) -> None:
    product = make_product(title="First name")
    for slug in ("second-name", "Third name"):
        change_product_slug(product_id=product.pk, slug=slug)

    for former in ("first-name", "second-name"):
        answer = client.get(f"/p/{former}/?v=1&utm=x")
        assert (answer.status_code, answer["Location"]) == (301, "/p/third-name/?v=1&utm=x")
    assert client.get("/p/third-name/").status_code == 200


def test_going_back_to_a_former_address_makes_no_circle(client: Client) -> None:
    product = make_product(title="First name")
    for slug in ("second-name", "first-name"):
        change_product_slug(product_id=product.pk, slug=slug)

    assert client.get("/p/first-name/").status_code == 200
    assert client.get("/p/second-name/")["Location"] == "/p/first-name/"
    assert FormerSlug.objects.get().slug == "second-name"


def test_what_another_has_or_had_cannot_be_taken(client: Client) -> None:
    first, second = make_product(title="First name"), make_product(title="Other name")
    change_product_slug(product_id=first.pk, slug="new-name")

    for slug in ("first-name", "new-name"):
        with pytest.raises(SlugTaken):
            change_product_slug(product_id=second.pk, slug=slug)
    third = make_product(title="First name")

    second.refresh_from_db()
    assert second.slug == "other-name"
    assert third.slug.startswith("first-name-")
    assert client.get("/p/first-name/")["Location"] == "/p/new-name/"


@pytest.mark.parametrize("slug", ["", "灯笼", "!!!", "\0"])
def test_an_address_needs_latin_letters_or_digits(slug: str) -> None:
    product = make_product(title="First name")

    with pytest.raises(SlugInvalid):
        change_product_slug(product_id=product.pk, slug=slug)

    assert Product.objects.get(pk=product.pk).slug == "first-name"


def test_a_hidden_products_former_address_says_nothing_about_it(client: Client) -> None:
    product = make_product(title="First name")
    change_product_slug(product_id=product.pk, slug="second-name")

    hide_product(product_id=product.pk, actor="system:test", at=NOW)

    assert client.get("/p/first-name/").status_code == 404


def test_a_category_is_found_under_its_former_address(client: Client) -> None:
    category, other = make_category("Lamps"), make_category("Chairs")
    change_category_slug(category=category, slug="lights")

    answer = client.get("/c/lamps/?page=1")

    assert (answer.status_code, answer["Location"]) == (301, "/c/lights/?page=1")
    with pytest.raises(SlugTaken):
        change_category_slug(category=other, slug="lamps")
    assert make_category("Lamps").slug.startswith("lamps-")
    assert client.get("/c/never/").status_code == 404
