"""Hearts pressed twice at once, and a list that two browsers fill at the same moment."""

from __future__ import annotations

from functools import partial

import pytest

from catalog.errors import WishListFull
from catalog.models import RecentView, Wish, WishList
from catalog.services import wishes
from catalog.services.visits import note_seen
from catalog.services.wish_lists import create_list
from tests.concurrency.racing import at_once, refusals
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_press_of_a_heart_is_one_list_and_one_wish() -> None:
    user, product = make_user(), make_product()

    outcomes = at_once([partial(wishes.add_wish, user=user, token=None, product_id=product.pk, at=NOW)] * 8)

    assert refusals(outcomes) == []
    assert (WishList.objects.count(), Wish.objects.count()) == (1, 1)


def test_a_list_filled_from_two_sides_never_holds_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "MOST_WISHES", 3)
    user, products = make_user(), [make_product() for _ in range(6)]

    outcomes = at_once([partial(wishes.add_wish, user=user, token=None, product_id=product.pk, at=NOW) for product in products])

    assert [type(refusal) for refusal in refusals(outcomes)] == [WishListFull] * 3
    assert Wish.objects.count() == 3


def test_without_waiting_for_the_list_it_would_overflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: eight writers who do not take turns all see a list with room."""
    monkeypatch.setattr(wishes, "MOST_WISHES", 1)
    monkeypatch.setattr(wishes, "_wait_for", lambda target: None)
    user, overflowed = make_user(), False
    wishes.default_list(user=user, token=None, at=NOW)
    products = [make_product() for _ in range(8)]

    for _ in range(20):
        Wish.objects.all().delete()
        at_once([partial(wishes.add_wish, user=user, token=None, product_id=product.pk, at=NOW) for product in products])
        overflowed = overflowed or Wish.objects.count() > 1

    assert overflowed


def test_a_guest_who_signs_in_twice_at_once_brings_the_wishes_along_once() -> None:
    user, product = make_user(), make_product()
    token = wishes.add_wish(user=None, token=None, product_id=product.pk, at=NOW).token or ""

    outcomes = at_once([partial(wishes.merge_wishes, token=token, user=user, at=NOW)] * 4)

    assert refusals(outcomes) == []
    assert [wish.wish_list.user_id for wish in Wish.objects.all()] == [user.pk]


def test_lists_made_at_once_stay_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.services.wish_lists.MOST_LISTS", 3)
    user = make_user()

    at_once([partial(create_list, user=user, name=f"List {number}", at=NOW) for number in range(6)])

    assert WishList.objects.filter(user=user).count() == 3


def test_two_tabs_that_tell_of_the_same_products_at_once_do_not_wait_for_each_other_forever() -> None:
    user, products = make_user(), [make_product() for _ in range(6)]
    keys = [product.pk for product in products]

    outcomes = at_once([partial(note_seen, user=user, product_ids=order, at=NOW) for order in (keys, keys[::-1]) * 3])

    assert refusals(outcomes) == []
    assert RecentView.objects.filter(user=user).count() == 6
