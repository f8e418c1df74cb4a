"""What is put on wish lists and taken off, and whose it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from catalog.errors import (
    ProductNotFound,
    TooManyWishLists,
    WishListFull,
    WishListNameMissing,
    WishListNeeded,
    WishListNotFound,
    WishNotFound,
)
from catalog.models import Wish, WishList
from catalog.selectors.wishes import shared_list, wish_lists, wished_ids
from catalog.services import hide_product, wishes
from catalog.services import wish_lists as lists
from catalog.services.variants import update_variant
from core.exchange.rules import own
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product

pytestmark = pytest.mark.django_db
USD = own("USD")


def test_a_guest_who_presses_a_heart_gets_a_list_with_a_token() -> None:
    product = make_product()

    row = wishes.add_wish(user=None, token=None, product_id=product.pk, at=NOW)

    assert row.token
    assert wished_ids(None, row.token) == [product.pk]
    assert wished_ids(None, "x" * 32) == []


def test_the_same_heart_twice_is_one_wish_with_the_first_price() -> None:
    user, product = make_user(), make_product(price=2_000)
    wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)
    update_variant(variant_id=product.variants.get().pk, price_minor=1_500)

    wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)

    assert Wish.objects.get().seen_minor == 2_000


def test_a_list_says_what_has_become_cheaper_and_what_is_gone(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    user, cheaper, gone = make_user(), make_product(price=2_000), make_product()
    for at, product in enumerate((cheaper, gone)):
        wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW + dt.timedelta(seconds=at))
    update_variant(variant_id=cheaper.variants.get().pk, price_minor=1_500)
    hide_product(product_id=gone.pk, actor="system:test", at=NOW)

    with django_assert_max_num_queries(3):
        view = wish_lists(user, None, "en", USD)

    assert [(row.product_id, row.card is None, row.saved_minor) for row in view.rows] == [(gone.pk, True, 0), (cheaper.pk, False, 500)]


def test_what_nobody_may_see_cannot_be_wished() -> None:
    draft = make_product(published=False)

    with pytest.raises(ProductNotFound):
        wishes.add_wish(user=make_user(), token=None, product_id=draft.pk, at=NOW)

    assert not WishList.objects.exists()


def test_a_full_list_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "MOST_WISHES", 1)
    user, first, second = make_user(), make_product(), make_product()
    wishes.add_wish(user=user, token=None, product_id=first.pk, at=NOW)

    with pytest.raises(WishListFull):
        wishes.add_wish(user=user, token=None, product_id=second.pk, at=NOW)

    wishes.add_wish(user=user, token=None, product_id=first.pk, at=NOW)
    assert wished_ids(user, None) == [first.pk]


def test_signing_in_brings_the_guests_wishes_along_once() -> None:
    user, both, guests = make_user(), make_product(), make_product()
    wishes.add_wish(user=user, token=None, product_id=both.pk, at=NOW)
    token = wishes.add_wish(user=None, token=None, product_id=both.pk, at=NOW).token
    wishes.add_wish(user=None, token=token, product_id=guests.pk, at=NOW)

    wishes.merge_wishes(token=token or "", user=user, at=NOW)
    wishes.merge_wishes(token=token or "", user=user, at=NOW)

    assert set(wished_ids(user, None)) == {both.pk, guests.pk}
    assert wished_ids(None, token) == []
    assert WishList.objects.count() == 1


def test_a_strangers_wish_cannot_be_touched() -> None:
    owner, stranger, product = make_user(), make_user(), make_product()
    wish = wishes.add_wish(user=owner, token=None, product_id=product.pk, at=NOW).wishes.get()
    theirs = lists.create_list(user=owner, name="Flat", at=NOW)

    attempts: list[Callable[[], object]] = [
        lambda: wishes.take_off(user=stranger, token=None, wish_id=wish.pk),
        lambda: wishes.take_off(user=None, token="x" * 32, wish_id=wish.pk),
        lambda: wishes.set_quiet(user=stranger, wish_id=wish.pk, is_quiet=True),
        lambda: wishes.move_wish(user=stranger, wish_id=wish.pk, list_id=theirs.pk),
    ]
    for attempt in attempts:
        with pytest.raises(WishNotFound):
            attempt()
    refusals: list[Callable[[], object]] = [
        lambda: wishes.add_wish(user=stranger, token=None, product_id=product.pk, at=NOW, list_id=theirs.pk),
        lambda: lists.rename_list(user=stranger, list_id=theirs.pk, name="Mine"),
        lambda: lists.delete_list(user=stranger, list_id=theirs.pk),
        lambda: lists.share_list(user=stranger, list_id=theirs.pk, is_shared=True),
        lambda: wish_lists(stranger, None, "en", USD, theirs.pk),
    ]
    for refused in refusals:
        with pytest.raises(WishListNotFound):
            refused()

    wish.refresh_from_db()
    theirs.refresh_from_db()
    assert (wish.is_quiet, theirs.name, theirs.share_token) == (False, "Flat", None)


def test_a_thing_moves_between_a_members_lists_and_is_never_there_twice() -> None:
    user, product = make_user(), make_product()
    wish = wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW).wishes.get()
    other = lists.create_list(user=user, name="Flat", at=NOW)

    wishes.move_wish(user=user, wish_id=wish.pk, list_id=other.pk)
    again = wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW).wishes.get()
    wishes.move_wish(user=user, wish_id=again.pk, list_id=other.pk)

    assert [row.wish_list_id for row in Wish.objects.all()] == [other.pk]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\0"])
def test_a_list_needs_a_name(name: str) -> None:
    with pytest.raises(WishListNameMissing):
        lists.create_list(user=make_user(), name=name, at=NOW)

    assert not WishList.objects.exists()


def test_a_member_keeps_a_limited_number_of_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_LISTS", 2)
    user = make_user()
    lists.create_list(user=user, name="Flat", at=NOW)

    with pytest.raises(TooManyWishLists):
        lists.create_list(user=user, name="Garden", at=NOW)

    assert WishList.objects.count() == 2


def test_the_first_list_stays() -> None:
    user = make_user()
    first = wishes.default_list(user=user, token=None, at=NOW)

    with pytest.raises(WishListNeeded):
        lists.delete_list(user=user, list_id=first.pk)

    assert WishList.objects.filter(pk=first.pk).exists()


def test_a_shared_list_is_open_until_it_is_switched_off_and_then_has_another_link() -> None:
    user, product = make_user(), make_product()
    row = wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)
    token = lists.share_list(user=user, list_id=row.pk, is_shared=True).share_token or ""

    assert [one.product_id for one in shared_list(token, "en", USD)[1]] == [product.pk]
    assert lists.share_list(user=user, list_id=row.pk, is_shared=True).share_token == token
    lists.share_list(user=user, list_id=row.pk, is_shared=False)
    with pytest.raises(WishListNotFound):
        shared_list(token, "en", USD)
    assert lists.share_list(user=user, list_id=row.pk, is_shared=True).share_token != token


@pytest.mark.parametrize("token", ["", "x", "\0", "你好"])
def test_a_guessed_link_opens_nothing(token: str) -> None:
    wishes.default_list(user=make_user(), token=None, at=NOW)

    with pytest.raises(WishListNotFound):
        shared_list(token, "en", USD)


def test_a_list_belongs_to_a_member_or_to_a_guest() -> None:
    for fields in ({}, {"user": make_user(), "token": "t" * 32}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WishList.objects.create(**fields)
