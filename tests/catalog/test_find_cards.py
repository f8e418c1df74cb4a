import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.selectors import CardQuery, find_cards
from catalog.selectors.meaning import understood
from catalog.services.cards import add_sold, set_in_stock
from tests.factories.catalog import NOW, make_brand, make_category, make_product, new_variant
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
HOSTILE = [
    "",
    " ",
    "\0",
    "a\0b",
    "'",
    "\\",
    "''; drop table x --",
    "a:*",
    "!!!",
    "&|!()",
    "<->",
    "%",
    "é" * 10_000,
    "猫" * 10_000,
    "\ud800",
    "١٢٣",
    "ﬀ",
]


def titles(text: str = "", language: str = "en", **asked: object) -> list[str]:
    return [card.title for card in find_cards(CardQuery(text=text, **asked), language).cards]  # type: ignore[arg-type]


def test_a_list_shows_visible_products_in_the_language_asked_for() -> None:
    make_product(title="Silk scarf", i18n={"zh-hans": {"title": "丝巾"}})
    make_product(title="Draft", published=False)

    english, chinese = titles(), titles(language="zh-hans")

    assert english == ["Silk scarf"]
    assert chinese == ["丝巾"]


def test_a_category_page_holds_the_whole_subtree_and_nothing_beside_it() -> None:
    home = make_category("Home")
    kitchen = make_category("Kitchen", parent=home)
    knives = make_category("Knives", parent=kitchen)
    make_product(title="Chef knife", category=knives)
    make_product(title="Lamp", category=home)
    make_product(title="Novel", category=make_category("Books"))

    assert set(titles(category=home)) == {"Chef knife", "Lamp"}
    assert titles(category=kitchen) == ["Chef knife"]


def test_words_are_found_whatever_their_case_accents_width_and_number() -> None:
    make_product(title="Café Watches")

    for text in ("cafe", "CAFÉ", "ｃａｆｅ", "watch", "watches", "wat", "watches café"):
        assert titles(text) == ["Café Watches"], text
    assert titles("at") == []


def test_chinese_is_found_by_any_part_of_a_phrase_and_not_by_characters_in_another_order() -> None:
    make_product(title="Wool sweater", i18n={"zh-hans": {"title": "蓝色羊毛毛衣"}})

    assert titles("羊毛") == titles("毛衣") == titles("蓝色羊毛") == titles("羊") == ["Wool sweater"]
    assert titles("衣毛") == []


def test_all_words_are_needed_unless_nothing_has_them_all() -> None:
    make_product(title="Red shoe")
    make_product(title="Blue shoe")

    strict = find_cards(CardQuery(text="blue shoe"), "en")
    loose = find_cards(CardQuery(text="green shoe"), "en")

    assert [card.title for card in strict.cards] == ["Blue shoe"]
    assert not strict.is_loose
    assert loose.total == 2
    assert loose.is_loose


def test_a_word_in_the_title_counts_more_than_one_in_the_description() -> None:
    make_product(title="Cotton bag", description="<p>Goes well with a lantern</p>")
    make_product(title="Lantern")
    make_product(title="Candle", brand=make_brand("Lantern Works"))

    assert titles("lantern") == ["Lantern", "Candle", "Cotton bag"]


def test_products_are_found_by_category_brand_sku_and_option() -> None:
    category = make_category("Footwear", i18n={"zh-hans": {"name": "鞋履"}})
    variants = [new_variant(sku="RUN-77", options={"Colour": "Teal"}), new_variant(sku="RUN-78", options={"Colour": "Pink"})]
    make_product(title="Runner", category=category, brand=make_brand("Swift"), variants=variants)

    for text in ("footwear", "鞋履", "swift", "RUN-77", "teal"):
        assert titles(text) == ["Runner"], text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_search_text_breaks_the_search(text: str) -> None:
    make_product(title="Lantern")

    page = find_cards(CardQuery(text=text), "en")

    assert page.page == 1


def test_signs_alone_find_nothing_while_no_text_finds_everything() -> None:
    make_product(title="Lantern")

    assert titles("!!!") == []
    assert titles("  ") == ["Lantern"]


def test_filters_narrow_the_list() -> None:
    merchant = make_merchant()
    cheap = make_product(title="Cheap", price=500, merchant=merchant)
    make_product(title="Dear", price=90_000, condition="good")
    set_in_stock(cheap.pk, True)

    assert titles(max_minor=500) == titles(facets={"s": ("1",)}) == titles(merchant_id=merchant.pk) == ["Cheap"]
    assert titles(min_minor=501) == titles(facets={"c": ("good",)}) == ["Dear"]
    assert set(titles(min_minor=-5, max_minor=10**30)) == {"Cheap", "Dear"}
    assert titles(facets={"c": ("nonsense",)}) == []
    assert titles(min_minor=10**30) == []


@pytest.mark.parametrize(("sort", "expected"), [("price", ["A", "B", "C"]), ("-price", ["C", "B", "A"]), ("newest", ["C", "B", "A"])])
def test_lists_can_be_sorted(sort: str, expected: list[str]) -> None:
    for days, (title, price) in enumerate([("A", 100), ("B", 200), ("C", 300)]):
        make_product(title=title, price=price, at=NOW + dt.timedelta(days=days))

    assert titles(sort=sort) == expected


def test_equal_products_keep_one_order_over_all_pages() -> None:
    for number in range(7):
        make_product(title=f"Lantern {number}")

    for sort in ("sales", "price", "-price", "rating", "relevance", "nonsense"):
        pages = [titles("lantern", sort=sort, page=page, per_page=3) for page in (1, 2, 3)]
        assert sorted(title for page in pages for title in page) == [f"Lantern {number}" for number in range(7)], sort


@pytest.mark.parametrize(("asked", "shown"), [(-1, 1), (0, 1), (2, 2), (3, 2), (10**30, 2)])
def test_a_page_number_out_of_range_becomes_the_nearest_page(asked: int, shown: int) -> None:
    for _ in range(3):
        make_product()

    page = find_cards(CardQuery(page=asked, per_page=2), "en")

    assert (page.page, page.pages, page.total) == (shown, 2, 3)
    assert page.has_next is (shown < 2)


def test_page_sizes_are_limited() -> None:
    make_product()

    assert len(find_cards(CardQuery(per_page=10**9), "en").cards) == 1
    assert len(find_cards(CardQuery(per_page=0), "en").cards) == 1


def test_a_list_takes_two_statements_and_signs_take_none(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    category = make_category()
    for number in range(5):
        make_product(title=f"Lantern {number}", category=category)

    understood("the synonyms are read once in a while")
    with django_assert_num_queries(3):  # a process learns once what the numbers of facets mean
        find_cards(CardQuery(category=category), "en")

    with django_assert_num_queries(2):
        find_cards(CardQuery(category=category), "en")
    with django_assert_num_queries(2):
        find_cards(CardQuery(text="lantern 1"), "en")
    with django_assert_num_queries(0):
        find_cards(CardQuery(text="!!!"), "en")


def test_words_nobody_has_cost_a_few_statements_more_however_many_they_are(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_product(title="Lantern")

    for text in ("nonsense", "lantern nonsense", " ".join(f"nonsense{letter}" for letter in "abcdefghijklmnop"), "无稽之谈一派胡言"):
        with django_assert_max_num_queries(24):
            find_cards(CardQuery(text=text), "en")


@pytest.fixture
def acme() -> str:
    """Twelve lamps of two brands, each sold more, dearer and newer than the one before; every third is sold out."""
    shop, category, brands = make_merchant(), make_category("Lamps"), [make_brand("Acme"), make_brand("Zeta")]
    for number in range(12):
        product = make_product(
            title=f"Lamp {number:02}",
            merchant=shop,
            category=category,
            brand=brands[number % 2],
            price=1_000 + number,
            published_at=NOW - dt.timedelta(days=30 - number),
        )
        add_sold(product.pk, number)
        set_in_stock(product.pk, number % 3 > 0)
    return brands[0].slug


@pytest.mark.parametrize("text", ["", "lamp"])
@pytest.mark.parametrize(("sort", "is_descending"), [("", True), ("sales", True), ("newest", True), ("price", False), ("-price", True)])
def test_filters_beside_words_and_without_keep_the_order_on_every_page(acme: str, text: str, sort: str, is_descending: bool) -> None:
    asked = {"facets": {"b": (acme,), "s": ("1",)}, "sort": sort, "per_page": 3}
    expected = sorted((f"Lamp {number:02}" for number in (2, 4, 8, 10)), reverse=is_descending)

    pages = [titles(text, page=page, **asked) for page in (1, 2)]

    assert pages == [expected[:3], expected[3:]]


@pytest.mark.parametrize("text", ["", "lamp"])
def test_beyond_what_is_looked_at_the_database_filters_and_orders_alone(acme: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [titles(text, facets={"b": (acme,)}, sort=sort) for sort in ("", "sales", "price")]
    monkeypatch.setattr("catalog.selectors.sample.LOOKED_AT", 5)

    assert [len(found) for found in whole] == [6, 6, 6]
    assert [titles(text, facets={"b": (acme,)}, sort=sort) for sort in ("", "sales", "price")] == whole
