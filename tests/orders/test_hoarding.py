"""One buyer cannot keep a shop's goods from everybody else with purchases that are never paid."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from catalog.models import Variant
from logistics.models import Stock
from orders.errors import TooManyUnpaid
from orders.models import CartLine, Checkout
from orders.services import checkout, hoarding
from orders.services.cancellation import cancel_checkout
from orders.services.hoarding import refuse_hoarding
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.accounts import make_user
from tests.factories.loyalty import NOW
from tests.factories.orders import make_buyer, make_cart, make_goods, place
from tests.snapshot import snapshot

MOST = settings.UNPAID_ORDERS_PER_BUYER


@pytest.fixture
def lamp(db: None) -> Variant:
    return make_goods(stock=100)


def fill_and_place(goods: Variant, user: User | None = None, **buyer: Any) -> Checkout:
    """A cart with one piece, placed; a member's one cart is filled again."""
    cart = getattr(user, "cart", None) or make_cart(user=user)
    CartLine.objects.filter(cart=cart).delete()
    CartLine.objects.create(cart=cart, variant=goods, quantity=1, seen_minor=goods.price_minor)
    return place(cart, buyer=make_buyer(user, **buyer), user=user)


def test_a_guest_cannot_leave_more_than_a_few_purchases_unpaid(lamp: Variant) -> None:
    """STK11."""
    for number in range(MOST):
        fill_and_place(lamp, email=["lina@example.com", "LiNa@Example.com"][number % 2])
    cart = make_cart(lamp)
    before = snapshot()

    with pytest.raises(TooManyUnpaid):
        place(cart, buyer=make_buyer(email="LINA@example.com"))

    assert snapshot() == before
    assert fill_and_place(lamp, email="mei@example.com")


def test_a_member_is_known_by_the_account_whatever_the_address(lamp: Variant) -> None:
    """STK11."""
    lina, mei = make_user(), make_user()
    for number in range(MOST):
        fill_and_place(lamp, lina, email=f"lina{number}@example.com")

    with pytest.raises(TooManyUnpaid):
        fill_and_place(lamp, lina, email="other@example.com")

    assert Checkout.objects.count() == MOST
    assert fill_and_place(lamp, mei, email="lina0@example.com")
    assert fill_and_place(lamp, email="lina0@example.com"), "what members leave unpaid does not count against a guest"


def test_an_end_of_one_makes_room_for_another(lamp: Variant) -> None:
    placed = [fill_and_place(lamp, email="lina@example.com") for _ in range(MOST)]

    cancel_checkout(checkout_id=placed[0].pk, actor="shopper:guest", at=NOW)

    assert fill_and_place(lamp, email="lina@example.com")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_that(lamp: Variant) -> None:
    """STK11."""
    outcomes = place_at_once(lamp)

    assert len(successes(outcomes)) == MOST
    assert {type(refusal) for refusal in refusals(outcomes)} == {TooManyUnpaid}
    assert Stock.objects.get(variant=lamp).reserved == MOST


@pytest.mark.django_db(transaction=True)
def test_control_without_taking_turns_all_of_them_pass(lamp: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_counted = threading.Barrier(MOST + 5)

    def count_and_wait(*buyer: Any) -> None:
        refuse_hoarding(*buyer)
        everybody_has_counted.wait(30)

    monkeypatch.setattr(hoarding, "_OF_GUEST", hoarding._OF_GUEST.replace("pg_advisory_xact_lock", "concat"))
    monkeypatch.setattr(checkout, "refuse_hoarding", count_and_wait)

    outcomes = place_at_once(lamp)

    assert len(successes(outcomes)) == MOST + 5


def place_at_once(goods: Variant) -> list[Any]:
    """One guest with many browsers."""
    carts = [make_cart(goods) for _ in range(MOST + 5)]
    return at_once([partial(place, cart, buyer=make_buyer(email="lina@example.com")) for cart in carts])
