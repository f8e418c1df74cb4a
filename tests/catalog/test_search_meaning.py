"""What people type and what they mean by it."""

import pytest

from catalog.models import Synonym
from catalog.rules.queries import question_of, words_of
from catalog.rules.spelling import cut, deletions, distance, is_near, second_deletions
from catalog.rules.tokens import document_tokens, fold, heads
from catalog.selectors import CardQuery, find_cards
from catalog.selectors.find import CardPage
from catalog.selectors.meaning import forget_synonyms
from catalog.services.vocabulary import learn_words
from tests.factories.catalog import make_category, make_product


def found(text: str) -> CardPage:
    return find_cards(CardQuery(text=text), "en")


def titles(text: str) -> list[str]:
    return [card.title for card in found(text).cards]


@pytest.fixture
def market(db: None) -> None:
    make_product(title="iPhone 13", i18n={"zh-hans": {"title": "苹果 iPhone 13 旗舰手机"}}, category=make_category("Smartphones"))
    make_product(title="iPhone Case with Ring", i18n={"zh-hans": {"title": "iPhone 手机保护壳"}})
    make_product(title="AirPods Earphones", i18n={"zh-hans": {"title": "真无线蓝牙耳机"}})
    make_product(title="Fast Charger 65W", i18n={"zh-hans": {"title": "快速充电器"}})
    make_product(title="Black Sun Glasses", i18n={"zh-hans": {"title": "黑色经典墨镜"}})
    make_product(title="Laptop 512GB", i18n={"zh-hans": {"title": "轻薄笔记本电脑"}})
    learn_words()


@pytest.mark.usefixtures("market")
class TestMeaning:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("手机", "iPhone 13"),
            ("手機", "iPhone 13"),
            ("充电器", "Fast Charger 65W"),
            ("蓝牙耳机", "AirPods Earphones"),
            ("耳机 蓝牙", "AirPods Earphones"),
            ("iphone case", "iPhone Case with Ring"),
            ("case for iphone", "iPhone Case with Ring"),
            ("sunglasses", "Black Sun Glasses"),
            ("iphone13", "iPhone 13"),
            ("laptop 512 gb", "Laptop 512GB"),
            ("６５Ｗ", "Fast Charger 65W"),
        ],
    )
    def test_what_all_words_say_is_found_and_the_thing_itself_comes_first(self, typed: str, first: str) -> None:
        page = found(typed)

        assert page.cards[0].title == first
        assert not page.instead
        assert not page.is_loose

    @pytest.mark.parametrize(
        ("typed", "instead", "first"),
        [
            ("shouji", "手机", "iPhone 13"),
            ("lanyaerji", "蓝牙耳机", "AirPods Earphones"),
            ("lan ya er ji", "蓝牙耳机", "AirPods Earphones"),
            ("sj", "手机", "iPhone 13"),
            ("手鸡", "手机", "iPhone 13"),
            ("兰牙耳机", "蓝牙耳机", "AirPods Earphones"),
            ("冲电器", "充电器", "Fast Charger 65W"),
            ("iphnoe 13", "iphone 13", "iPhone 13"),
            ("chager", "charger", "Fast Charger 65W"),
            ("earphnes", "earphone", "AirPods Earphones"),
            ("earphonis", "earphone", "AirPods Earphones"),
        ],
    )
    def test_pinyin_homophones_and_misspelt_words_are_put_right_and_it_is_said(self, typed: str, instead: str, first: str) -> None:
        page = found(typed)

        assert page.instead == instead
        assert page.cards[0].title == first

    def test_a_word_that_means_nothing_is_left_out_rather_than_all_of_them(self) -> None:
        page = found("charger qqqzzz")

        assert page.is_loose
        assert page.cards[0].title == "Fast Charger 65W"

    def test_nothing_is_found_where_no_word_means_anything(self) -> None:
        assert found("qqqzzz").total == 0

    def test_an_unfinished_word_finds_what_it_may_become(self) -> None:
        assert titles("lapt") == ["Laptop 512GB"]


@pytest.mark.usefixtures("market")
def test_a_filter_that_leaves_nothing_does_not_make_the_words_mean_something_else() -> None:
    page = find_cards(CardQuery(text="iphone case", facets={"b": ("nobody",)}), "en")

    assert (page.total, page.is_loose, page.instead) == (0, False, "")


@pytest.mark.django_db
def test_the_operators_synonyms_stand_for_each_other() -> None:
    make_product(title="Headphones", i18n={"zh-hans": {"title": "头戴耳机"}})
    make_product(title="Water bottle")
    assert titles("cans") == []

    Synonym.objects.create(words=["cans", "headphones", "耳麦"])
    Synonym.objects.create(words=["drinking flask", "water bottle"])
    forget_synonyms()

    assert titles("cans") == titles("耳麦") == ["Headphones"]
    assert titles("drinking flask") == ["Water bottle"]
    forget_synonyms()


@pytest.mark.django_db
def test_words_that_are_gone_are_forgotten_and_counting_again_changes_nothing() -> None:
    product = make_product(title="Zeppelin")
    learn_words()
    assert learn_words() == 0
    assert found("zepelin").instead == "zeppelin"

    product.card.delete()
    learn_words()

    assert found("zepelin").total == 0


def test_traditional_wide_and_accented_forms_are_the_plain_ones() -> None:
    assert fold("藍牙耳機") == "蓝牙耳机"
    assert fold("ＣＡＦÉ") == "cafe"
    assert fold("\ud800手機") == "手机"


def test_heads_say_what_a_thing_is() -> None:
    assert heads("Apple iPhone Charger") == ("=charger",)
    assert heads("Wooden Sink with Mirror") == ("=sink",)
    assert "=手机" in heads("旗舰智能手机")
    assert "=手机" not in heads("手机保护壳")


def test_documents_hold_whole_words_pieces_and_pairs() -> None:
    tokens = {token for token, _ in document_tokens("128GB 充电器 sun glasses")}

    assert {"128gb", "128", "gb", "充电", "电器", "充电器", "sun", "glass", "+sunglass"} <= tokens


def test_small_words_are_asked_for_only_alone() -> None:
    assert [word.text for word in words_of("a case for the phone")] == ["case", "phone"]
    assert [word.text for word in words_of("the")] == ["the"]
    assert question_of("phones for men").head() == "'=phone'"


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("lamp", "lamp", 0), ("lamp", "lmap", 1), ("lamp", "lamps", 1), ("lamp", "damp", 1), ("ab", "ba", 1), ("", "ab", 2)],
)
def test_a_swap_is_one_edit(one: str, other: str, edits: int) -> None:
    assert distance(one, other) == distance(other, one) == edits


def test_words_one_edit_apart_share_a_deletion() -> None:
    for other in ("chager", "charegr", "chargers", "charger", "cjarger"):
        assert is_near(other, "charger")
        assert set(deletions(other)) & set(deletions("charger"))


def test_long_words_two_edits_apart_share_two_letters_less_and_one() -> None:
    for other in ("curiositis", "xuriousity", "curiosittx"):
        assert is_near(other, "curiosity")
        assert set(second_deletions(other)) & set(deletions("curiosity"))
    assert second_deletions("chargex") == second_deletions("x" * 41) == []


def test_pinyin_is_cut_into_the_fewest_and_most_common_words() -> None:
    known = {"lan": 9, "ya": 9, "lanya": 2, "erji": 3, "yaer": 1, "ji": 9, "er": 9}

    assert cut("lanyaerji", known) == ("lanya", "erji")
    assert cut("lanyax", known) == ()
