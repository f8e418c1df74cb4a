"""What a product's type asks of it."""

import pytest

from catalog.errors import AttributeInvalid, AttributeMissing
from catalog.models import Category, Product, ProductCard
from catalog.selectors.attributes import asked_of, forget_labels
from catalog.services.attributes import NewChoice, define_attribute, define_type
from catalog.services.categories import set_product_type
from catalog.services.product_attributes import set_attributes
from tests.factories.catalog import make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def laptops() -> Category:
    red = NewChoice("red", "Red", {"zh-hans": {"label": "红色"}}, "#c81e1e", ("Crimson",))
    define_attribute(key="colour", name="Colour", i18n={"zh-hans": {"name": "颜色"}}, kind="colour", choices=[red])
    define_attribute(key="screen", name="Screen", i18n={"zh-hans": {"name": "屏幕"}}, kind="number", unit="in")
    define_attribute(key="touch", name="Touch", i18n={}, kind="boolean")
    define_attribute(key="note", name="Note", i18n={}, kind="text")
    kind = define_type(slug="laptop", name="Laptop", i18n={}, attributes=["screen", "colour", "touch", "note"], required=["screen"])
    root = make_category("Computers")
    set_product_type(category=root, product_type=kind)
    forget_labels()
    return make_category("Laptops", parent=root)


@pytest.fixture
def laptop(laptops: Category) -> Product:
    return make_product(category=laptops, attributes=[{"name": "Warranty", "value": "2 years"}])


def test_categories_below_ask_what_the_one_above_asks(laptops: Category) -> None:
    assert [(one.spec.key, one.is_required) for one in asked_of(laptops)] == [
        ("screen", True), ("colour", False), ("touch", False), ("note", False),
    ]  # fmt: skip
    assert asked_of(make_category("Elsewhere")) == []


def test_values_are_kept_in_one_form_with_their_translations_before_the_free_ones(laptop: Product) -> None:
    set_attributes(product_id=laptop.pk, values={"screen": " 15.60", "colour": "crimson", "touch": "是", "note": "Matt"})

    laptop.refresh_from_db()
    assert [(row["name"], row["value"]) for row in laptop.attributes] == [
        ("Screen", "15.6 in"), ("Colour", "Red"), ("Touch", "Yes"), ("Note", "Matt"), ("Warranty", "2 years"),
    ]  # fmt: skip
    assert laptop.attributes[1]["i18n"]["zh-hans"] == {"name": "颜色", "value": "红色"}
    assert {"screen=15.6", "colour=red", "touch=yes"} <= set(ProductCard.objects.get(pk=laptop.pk).facets)


def test_an_empty_text_takes_a_value_away_and_what_is_not_named_stays(laptop: Product) -> None:
    set_attributes(product_id=laptop.pk, values={"screen": "14", "colour": "Red"})

    set_attributes(product_id=laptop.pk, values={"colour": ""})

    laptop.refresh_from_db()
    assert [row["name"] for row in laptop.attributes] == ["Screen", "Warranty"]


def test_the_same_values_again_change_nothing(laptop: Product) -> None:
    version = set_attributes(product_id=laptop.pk, values={"screen": "14"}).version

    assert set_attributes(product_id=laptop.pk, values={"screen": "14 in"}).version == version


@pytest.mark.parametrize(
    "values",
    [{"screen": "large"}, {"screen": "14", "colour": "plaid"}, {"screen": "14", "touch": "perhaps"}, {"screen": "14", "note": "x" * 201}],
)
def test_what_is_no_value_is_refused_and_nothing_changes(laptop: Product, values: dict[str, str]) -> None:
    with pytest.raises(AttributeInvalid):
        set_attributes(product_id=laptop.pk, values=values)

    laptop.refresh_from_db()
    assert [row["name"] for row in laptop.attributes] == ["Warranty"]


def test_what_is_needed_must_be_said(laptop: Product) -> None:
    with pytest.raises(AttributeMissing):
        set_attributes(product_id=laptop.pk, values={"colour": "Red"})
