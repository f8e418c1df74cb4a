"""What is proposed while somebody types."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import AskedQuery
from catalog.selectors import CardQuery, find_cards
from catalog.selectors.suggest import suggestions_for
from catalog.services.queries import forget_queries, note_query
from catalog.services.vocabulary import learn_words
from tests.factories.catalog import make_category, make_product
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 29)


@pytest.fixture
def market() -> None:
    phones = make_category("Smartphones", i18n={"zh-hans": {"name": "智能手机"}})
    make_product(
        title="Smart phone X", i18n={"zh-hans": {"title": "旗舰智能手机"}}, category=phones, merchant=make_merchant(name="Smart House")
    )
    make_product(title="Lantern", i18n={"zh-hans": {"title": "灯笼"}})
    learn_words()


def ask(text: str, times: int) -> None:
    for _ in range(times):
        note_query(text=text, language="en", results=1, on=TODAY)


@pytest.mark.usefixtures("market")
def test_searches_categories_products_and_shops_are_proposed() -> None:
    ask("smart phone cheap", 3)

    found = suggestions_for("Smart", "en")

    assert found.queries[0].text == "smart phone cheap"
    assert (found.queries[0].kept, found.queries[0].added) == ("smart", " phone cheap")
    assert [place.name for place in found.categories] == ["Smartphones"]
    assert [card.title for card in found.products] == ["Smart phone X"]
    assert [place.name[:11] for place in found.shops] == ["Smart House"]


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("typed", ["s", "sm", "lant", "智", "zhineng", "手机", "lanten"])
def test_every_search_that_is_proposed_finds_something(typed: str) -> None:
    for query in suggestions_for(typed, "zh-hans").queries:
        assert find_cards(CardQuery(text=query.text), "zh-hans").total > 0, query


@pytest.mark.usefixtures("market")
def test_pinyin_and_misspelt_words_are_proposed_as_what_they_mean() -> None:
    assert suggestions_for("shouji", "zh-hans").queries[0].text == "手机"
    assert suggestions_for("lanten", "en").queries[0].text == "lantern"


def test_what_few_have_asked_or_the_operator_has_hidden_is_not_proposed() -> None:
    make_product(title="Lantern")
    ask("lantern rare", 2)
    ask("lantern rude", 5)
    AskedQuery.objects.filter(text="lantern rude").update(is_hidden=True)

    assert [query.text for query in suggestions_for("lan", "en").queries] == []


def test_a_search_is_counted_once_for_each_time_and_forgotten_after_long() -> None:
    ask("Paper  Lantern", 1)
    ask("paper lantern", 1)
    note_query(text="1234567", language="en", results=3, on=TODAY)
    note_query(text="nothing", language="en", results=0, on=TODAY)
    note_query(text="x" * 61, language="en", results=3, on=TODAY)

    assert list(AskedQuery.objects.values_list("folded", "times")) == [("paper lantern", 2)]
    assert forget_queries(before=TODAY) == 0
    assert forget_queries(before=TODAY + dt.timedelta(days=1)) == 1


@pytest.mark.parametrize("typed", ["", " ", "!!!", "\0", "a\0b", "\ud800", "%", "\\", "'", "x" * 5_000, "猫" * 5_000])
def test_no_typing_breaks_the_suggestions(typed: str) -> None:
    make_product(title="Lantern")

    suggestions_for(typed, "en")


@pytest.mark.usefixtures("market")
def test_suggestions_take_a_constant_number_of_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    suggestions_for("warm", "en")

    for typed in ("smart", "手机", "shouji", "qqqzzz"):
        with django_assert_max_num_queries(10):
            suggestions_for(typed, "en")
