"""The numbers that facets are counted by: each the same text wherever it is, and learnt from the cards that have it."""

import struct
from collections.abc import Sequence

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import ProductCard
from catalog.rules.facets import facet
from catalog.selectors import facet_codes
from catalog.selectors.facet_codes import tokens_of
from tests.factories.catalog import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facet_codes, "_tokens", {})


def _codes(card: ProductCard) -> list[int]:
    return list(struct.unpack(f">{len(card.facets)}Q", card.facet_codes))


def _meant(card: ProductCard, codes: Sequence[int]) -> list[str]:
    found = tokens_of(set(codes), [(card.pk.bytes, codes)])
    return [facet(*found[code]) for code in codes if code in found]


def test_a_facet_has_the_same_number_on_every_card_and_each_facet_its_own() -> None:
    keys = [make_product(condition=condition).pk for condition in ("new", "new", "good")]

    numbers = [dict(zip(card.facets, _codes(card), strict=True)) for card in ProductCard.objects.filter(pk__in=keys)]

    same = {token: {row[token] for row in numbers if token in row} for row in numbers for token in row}
    assert all(len(found) == 1 for found in same.values())
    assert len({number for found in same.values() for number in found}) == len(same)


def test_numbers_follow_the_texts_when_a_card_changes() -> None:
    card = make_product().card

    ProductCard.objects.filter(pk=card.pk).update(facets=["colour=red", "colour=blue"])
    card.refresh_from_db()
    assert len(card.facet_codes) == 16
    assert _meant(card, _codes(card)) == ["colour=red", "colour=blue"]

    ProductCard.objects.filter(pk=card.pk).update(facets=[])
    card.refresh_from_db()
    assert bytes(card.facet_codes) == b""


def test_what_was_learnt_is_not_asked_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    card = ProductCard.objects.get(pk=make_product().pk)
    codes = _codes(card)

    with django_assert_num_queries(1):
        first = _meant(card, codes)
    with django_assert_num_queries(0):
        again = _meant(card, codes)

    assert first == again == card.facets


def test_a_facet_that_left_its_card_meanwhile_is_no_text_and_is_not_remembered() -> None:
    card = ProductCard.objects.get(pk=make_product().pk)
    codes = _codes(card)
    ProductCard.objects.filter(pk=card.pk).update(facets=["colour=red"])

    assert _meant(card, codes) == []
    ProductCard.objects.filter(pk=card.pk).update(facets=card.facets)
    assert _meant(card, codes) == card.facets


def test_a_process_forgets_rather_than_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facet_codes, "REMEMBERED", 2)
    for number in range(3):
        card = ProductCard.objects.get(pk=make_product(title=f"Lamp {number}").pk)
        assert _meant(card, _codes(card)) == card.facets

    assert len(facet_codes._tokens) < 3 * len(card.facets)
