"""Typed attributes: the operator defines them, the merchant fills them in."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Attribute, AttributeChoice, Product, ProductCard, Synonym
from catalog.services.attributes import NewChoice, define_attribute, define_type
from catalog.services.cards import refresh_stale_cards
from catalog.services.categories import set_product_type
from tests.backoffice.test_approval import form_of
from tests.factories.accounts import make_user
from tests.factories.catalog import make_category, make_product
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def lamp(client: Client) -> Product:
    """A lamp of a merchant who is signed in; lamps have a colour and must have a height."""
    define_attribute(
        key="colour", name="Colour", i18n={"zh-hans": {"name": "颜色"}}, kind="colour", choices=[NewChoice("red", "Red", aliases=("Ruby",))]
    )
    define_attribute(key="height", name="Height", i18n={}, kind="number", unit="cm")
    lamps = make_category("Lamps")
    set_product_type(category=lamps, product_type=define_type(slug="lamp", name="Lamp", i18n={}, attributes=["colour", "height"]))
    merchant = make_merchant()
    client.force_login(make_membership(merchant, make_user(), "owner").user)
    return make_product(merchant=merchant, category=lamps, attributes=[{"name": "Colour", "value": "Ruby"}])


def save(client: Client, product: Product, **said: Any) -> Any:
    typed = {"attribute_colour": "red", "attribute_height": "", **said}
    return client.post(reverse("merchant:catalog_product_change", args=[product.pk]), form_of(product, **typed), follow=True)


def test_the_merchant_fills_in_what_the_type_asks_for(client: Client, lamp: Product) -> None:
    page = client.get(reverse("merchant:catalog_product_change", args=[lamp.pk])).text

    assert 'name="attribute_colour"' in page
    assert "A number in cm." in page
    save(client, lamp, attribute_height="42.50")
    lamp.refresh_from_db()
    assert [(row["name"], row["value"]) for row in lamp.attributes] == [("Colour", "Ruby"), ("Height", "42.5 cm")]
    assert {"colour=red", "height=42.5"} <= set(ProductCard.objects.get(pk=lamp.pk).facets)


def test_what_is_no_number_is_said_and_nothing_changes(client: Client, lamp: Product) -> None:
    answer = save(client, lamp, attribute_height="tall", title="Another title")

    assert "is no value of" in answer.text
    lamp.refresh_from_db()
    assert lamp.title != "Another title"


def test_the_operator_adds_a_choice_and_cards_follow(
    client: Client, lamp: Product, operator: User, django_capture_on_commit_callbacks: Any
) -> None:
    attribute = Attribute.objects.get(key="colour")
    choice = attribute.choices.get()
    client.force_login(operator)
    form = {
        "key": "colour", "name": "Colour", "name_zh": "颜色", "kind": "colour", "unit": "", "position": "0", "is_facet": "on",
        "choices-TOTAL_FORMS": "2", "choices-INITIAL_FORMS": "1",
        "choices-0-id": choice.pk, "choices-0-attribute": attribute.pk, "choices-0-key": "red", "choices-0-label": "Red",
        "choices-0-aliases": "", "choices-0-position": "0",
        "choices-1-attribute": attribute.pk, "choices-1-key": "ruby", "choices-1-label": "Ruby", "choices-1-label_zh": "宝石红",
        "choices-1-aliases": "Garnet\nRubin", "choices-1-swatch": "#9b111e", "choices-1-position": "1",
    }  # fmt: skip

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("admin:catalog_attribute_change", args=[attribute.pk]), form)

    assert answer.status_code == 302
    made = AttributeChoice.objects.get(key="ruby")
    assert (made.i18n, made.aliases) == ({"zh-hans": {"label": "宝石红"}}, ["Garnet", "Rubin"])
    while refresh_stale_cards():
        pass
    assert "colour=ruby" in ProductCard.objects.get(pk=lamp.pk).facets


@pytest.mark.parametrize("words", ["alone", "same\nSame", "x" * 61 + "\nother", "!!!\n???"])
def test_synonyms_need_two_words_that_differ(client: Client, operator: User, words: str) -> None:
    client.force_login(operator)

    answer = client.post(reverse("admin:catalog_synonym_add"), {"words": words})

    assert answer.status_code == 200
    assert not Synonym.objects.exists()


def test_synonyms_are_written_one_a_line(client: Client, operator: User) -> None:
    client.force_login(operator)

    client.post(reverse("admin:catalog_synonym_add"), {"words": "couch\n沙发， settee"})

    assert Synonym.objects.get().words == ["couch", "沙发", "settee"]
