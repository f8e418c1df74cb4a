"""What a list can be narrowed by, and how many products each choice would show."""

import pytest

from catalog.models import Attribute, AttributeChoice, Category
from catalog.rules.facets import AttributeSpec, number_of
from catalog.selectors import CardQuery, find_cards
from catalog.selectors.attributes import forget_labels
from catalog.selectors.facets import Facet, facets_for
from catalog.services.cards import mark_stale, refresh_stale_cards, set_in_stock
from tests.factories.catalog import make_brand, make_category, make_product, new_variant
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def colour() -> Attribute:
    attribute = Attribute.objects.create(key="colour", name="Colour", i18n={"zh-hans": {"name": "颜色"}}, kind="colour")
    for position, (key, label, label_zh, swatch) in enumerate([("red", "Red", "红色", "#c81e1e"), ("blue", "Blue", "蓝色", "#1e40af")]):
        row = {
            "label": label,
            "i18n": {"zh-hans": {"label": label_zh}},
            "swatch": swatch,
            "position": position,
            "aliases": ["Crimson"] if key == "red" else [],
        }
        AttributeChoice.objects.create(attribute=attribute, key=key, **row)
    Attribute.objects.create(key="screen", name="Screen", kind="number", unit="in", position=1)
    forget_labels()
    return attribute


@pytest.fixture
def phones(colour: Attribute) -> Category:
    category, shop = make_category("Phones"), make_merchant()
    acme, zeta = make_brand("Acme"), make_brand("Zeta")
    for brand, tone, inches in [(acme, "Red", "6.1"), (acme, "Blue", "6.7 in"), (zeta, "Crimson", "6.1")]:
        make_product(
            category=category,
            merchant=shop,
            brand=brand,
            attributes=[{"name": "Colour", "value": tone}, {"name": "screen", "value": inches}],
        )
    return category


def shown(category: Category, **chosen: tuple[str, ...]) -> dict[str, Facet]:
    return facets_for(CardQuery(category=category, facets=chosen), None, "en")


def counts(facet: Facet) -> dict[str, int]:
    return {value.label: value.count for value in facet.values}


def test_choices_of_attributes_brands_and_numbers_are_counted(phones: Category) -> None:
    facets = shown(phones)

    assert counts(facets["b"]) == {"Acme": 2, "Zeta": 1}
    assert counts(facets["colour"]) == {"Red": 2, "Blue": 1}
    assert list(counts(facets["screen"]).items()) == [("6.1 in", 2), ("6.7 in", 1)]


def test_a_choice_shrinks_the_counts_of_other_facets_and_not_its_own(phones: Category) -> None:
    facets = shown(phones, colour=("red",))

    assert counts(facets["colour"]) == {"Red": 2, "Blue": 1}
    assert counts(facets["b"]) == {"Acme": 1, "Zeta": 1}
    assert counts(facets["screen"]) == {"6.1 in": 2, "6.7 in": 0}
    assert [value.is_empty for value in facets["screen"].values] == [False, True]


def test_what_is_counted_is_what_is_shown(phones: Category) -> None:
    chosen = {"colour": ("red", "blue"), "screen": ("6.1",)}
    facets = shown(phones, **chosen)

    for value in facets["b"].values:
        assert find_cards(CardQuery(category=phones, facets={**chosen, "b": (value.value,)}), "en").total == value.count


def test_facets_speak_the_readers_language(phones: Category) -> None:
    facets = facets_for(CardQuery(category=phones), None, "zh-hans")

    assert facets["colour"].title == "颜色"
    assert counts(facets["colour"]) == {"红色": 2, "蓝色": 1}


def test_stock_reductions_and_stars_are_facets_too(phones: Category) -> None:
    card = find_cards(CardQuery(category=phones), "en").cards[0]
    set_in_stock(card.product_id, True)

    facets = shown(phones, s=("1",))

    assert counts(facets["s"]) == {"1": 1}
    assert sum(counts(facets["b"]).values()) == 1


def test_a_chosen_value_stays_even_when_nothing_has_it(phones: Category) -> None:
    facets = shown(phones, colour=("green",), b=("acme-gone",))

    assert ("green", 0, True) in [(value.value, value.count, value.is_chosen) for value in facets["colour"].values]


def test_a_list_of_options_counts_as_the_attribute_of_that_name_and_shows_its_colours(colour: Attribute) -> None:
    variants = [new_variant(options={"Colour": "Red"}), new_variant(options={"Colour": "Blue"})]
    category = make_category()
    make_product(category=category, variants=variants)

    assert counts(shown(category)["colour"]) == {"Red": 1, "Blue": 1}
    assert find_cards(CardQuery(category=category), "en").cards[0].swatches == ("#c81e1e", "#1e40af")


def test_cards_follow_a_new_choice_of_the_operator(phones: Category, colour: Attribute) -> None:
    make_product(category=phones, attributes=[{"name": "Colour", "value": "Teal"}])
    assert "Teal" not in counts(shown(phones)["colour"])

    AttributeChoice.objects.create(attribute=colour, key="teal", label="Teal", position=9)
    forget_labels()
    mark_stale()
    while refresh_stale_cards():
        pass

    assert counts(shown(phones)["colour"])["Teal"] == 1


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("15.6", "in", "15.6"),
        ("1,024 GB", "GB", "1024"),
        ("0.50 kg", "kg", "0.50"),
        ("7 lb", "kg", None),
        ("much", "kg", None),
        ("1e9", "", None),
        ("9" * 30, "", None),
    ],
)
def test_numbers_are_read_with_their_own_unit_only(text: str, unit: str, number: str | None) -> None:
    found = number_of(text.lower(), unit)

    assert (None if found is None else str(found)) == number


def test_yes_and_no_are_read_in_both_languages() -> None:
    spec = AttributeSpec("wireless", "boolean", "", {})

    assert [spec.value_key(word) for word in ("Yes", "是", "no", "否", "maybe")] == ["yes", "yes", "no", "no", None]
