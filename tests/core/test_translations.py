"""Everything people read exists in Simplified Chinese; `manage.py update_messages` adds what is new for a translator."""

import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.utils.translation import gettext, ngettext, override, pgettext

from shop.environment import BASE_DIR
from shop.message_sources import Text, borrowed_texts, brought_up_to_date, own_texts, package_texts, untranslated

CHINESE = BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%](?![A-Za-z])|\{\w*\}|</?\w+[^>]*>")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


@pytest.fixture(scope="module")
def ours() -> dict[Text, str]:
    return own_texts()


@pytest.fixture(scope="module")
def borrowed() -> dict[Text, str]:
    return borrowed_texts()


def missing(texts: dict[Text, str], catalog: Catalog) -> list[str]:
    empty = {(message.context, original(message)) for message in untranslated(catalog)}
    keys = {text: (text.context or None, text.singular) for text in texts}
    return [f"{texts[text]}: {key[1]}" for text, key in keys.items() if key in empty or catalog.get(key[1], key[0]) is None]


def original(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_every_text_of_ours_is_translated(ours: dict[Text, str], catalog: Catalog) -> None:
    assert len(ours) > 500
    assert missing(ours, catalog) == []


def test_every_text_of_packages_without_chinese_is_translated(borrowed: dict[Text, str], catalog: Catalog) -> None:
    assert any(source.startswith("unfold:") for source in borrowed.values())
    assert missing(borrowed, catalog) == []


def test_nothing_is_kept_that_no_source_says(ours: dict[Text, str], catalog: Catalog) -> None:
    said = {(text.context or None, text.singular) for text in ours | package_texts()}

    assert [original(message) for message in catalog if message.id and (message.context, original(message)) not in said] == []


def test_placeholders_and_tags_survive_translation(catalog: Catalog) -> None:
    wrong = []
    for message in catalog:
        if message.id:
            # Chinese has one form for every number; it translates the plural, which always names the number.
            source, target = [text if isinstance(text, str) else text[-1] for text in (message.id, message.string or "")]
            wrong += [source] if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(target)) else []

    assert wrong == []


def test_no_translation_is_a_guess(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_collecting_texts_keeps_translations_and_drops_what_is_gone(catalog: Catalog) -> None:
    old = Catalog("zh_Hans")
    for message in catalog:
        known = "确认收货" if original(message) == "Confirm receipt" else ""
        old.add(message.id, (known,) if message.pluralizable else known, context=message.context)
    old.add("Said by nobody any more", "没有人再说了")

    fresh = brought_up_to_date(old)

    empty = {id(message) for message in untranslated(fresh)}
    assert [message.string for message in fresh if message.id and id(message) not in empty] == ["确认收货"]
    assert {(message.context, original(message)) for message in fresh} == {(message.context, original(message)) for message in catalog}


def test_the_running_shop_speaks_chinese() -> None:
    with override("zh-hans"):
        assert gettext("Confirm receipt") == "确认收货"
        assert pgettext("stock movement", "Shipped") == "出库"
        assert ngettext("%(n)s product", "%(n)s products", 2) % {"n": 2} == "2件商品"
        assert gettext("Apply Filters") == "应用筛选"
