"""Filters as shoppers see them: choices with counts, chips, addresses."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Attribute, AttributeChoice, Category
from catalog.selectors.attributes import forget_labels
from tests.factories.catalog import make_brand, make_category, make_product
from tests.factories.orders import make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps() -> Category:
    material = Attribute.objects.create(key="material", name="Material", i18n={"zh-hans": {"name": "材质"}}, kind="choice")
    for key in ("oak", "steel"):
        AttributeChoice.objects.create(attribute=material, key=key, label=key.title())
    forget_labels()
    category, merchant = make_category("Lamps"), make_seller()
    acme, zeta = make_brand("Acme"), make_brand("Zeta")
    for number in range(6):
        make_product(
            merchant=merchant,
            category=category,
            title=f"Lamp {number}",
            brand=acme if number < 4 else zeta,
            attributes=[{"name": "Material", "value": "Oak" if number % 2 else "Steel"}],
        )
    return category


def shown(client: Client, query: str = "") -> set[str]:
    return {card.title for card in client.get(f"/c/lamps/{query}").context["listing"].cards}


def test_choices_narrow_the_list_and_are_shown_as_chips_that_take_them_back(client: Client, lamps: Category) -> None:
    brand = client.get("/c/lamps/").context["groups"][0].values[0].value

    answer = client.get(f"/c/lamps/?brand={brand}&f-material=oak&sort=newest")

    assert {card.title for card in answer.context["listing"].cards} == {"Lamp 1", "Lamp 3"}
    chips = {chip.label: chip.href for chip in answer.context["chips"]}
    assert set(chips) == {"Acme", "Oak"}
    assert shown(client, chips["Acme"]) == {"Lamp 1", "Lamp 3", "Lamp 5"}
    assert "Clear all" in answer.text


def test_two_values_of_one_facet_widen_it(client: Client, lamps: Category) -> None:
    assert len(shown(client, "?f-material=oak&f-material=steel")) == 6
    assert len(shown(client, "?f-material=oak")) == 3


def test_choices_that_lead_to_nothing_stay_but_cannot_be_chosen(client: Client, lamps: Category) -> None:
    make_product(category=lamps, title="Bare", brand=make_brand("Lonely"))

    answer = client.get("/c/lamps/?f-material=oak")

    lonely = next(value for value in answer.context["groups"][0].values if value.label == "Lonely")
    assert lonely.count == 0
    assert f'value="{lonely.value}" disabled' in answer.text


def test_attributes_nobody_knows_are_no_filter(client: Client, lamps: Category) -> None:
    assert len(shown(client, "?f-nonsense=x&utm_source=mail")) == 6


@pytest.mark.parametrize(
    "query",
    ["?brand=%3Cscript%3E", "?f-material=%00", "?stars=9", "?sent=x", "?in=nowhere", "?" + "&".join(f"brand=b{n}" for n in range(21))],
)
def test_values_that_cannot_be_are_refused(client: Client, lamps: Category, query: str) -> None:
    answer = client.get(f"/c/lamps/{query}")

    assert answer.status_code == 400
    assert 'id="error-summary"' in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


def test_filters_take_a_constant_number_of_queries(
    client: Client, lamps: Category, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_product(category=lamps, brand=make_brand("Of another shop"))
    client.get("/c/lamps/")  # what a process learns once: addresses of help, and what the numbers of facets mean
    with django_assert_max_num_queries(5) as few:
        client.get("/c/lamps/?f-material=oak&f-material=steel")
    for number in range(10):
        make_product(category=lamps, brand=make_brand(f"More {number}"))
    client.get("/c/lamps/?sort=price")

    with django_assert_max_num_queries(5) as more:
        client.get("/c/lamps/?f-material=oak&f-material=steel&sort=newest")

    assert len(more) <= len(few)


def test_the_search_box_is_told_what_somebody_may_want(
    client: Client, lamps: Category, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/help/")
    with django_assert_max_num_queries(8):
        answer = client.get("/search/suggest/?q=lam")
    with django_assert_max_num_queries(0):
        again = client.get("/search/suggest/?q=lam")

    assert answer.text == again.text
    assert 'role="option"' in answer.text
    assert "/c/lamps/" in answer.text
    assert client.get("/search/suggest/?q=").text.strip() == ""


@pytest.mark.parametrize(("text", "anchor"), [("returns", "returns"), ("退货", "returns"), ("运费", "delivery"), ("how to lamp", "")])
def test_a_search_for_help_leads_to_help(client: Client, db: None, text: str, anchor: str) -> None:
    answer = client.get("/search/", {"q": text})

    assert (f"/help/#{anchor}" in answer.text.split('id="listing"')[1].split("</main>")[0]) is bool(anchor)
