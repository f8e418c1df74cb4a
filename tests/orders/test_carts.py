"""Carts: what may be put in, what is refused, what they show, and what signing in does to them."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from catalog.models import Variant
from catalog.services.products import archive_product
from core.ids import uuid7
from orders.errors import CartFull, CartLineNotFound, InvalidQuantity, SoldOut, VariantNotFound, VariantUnavailable
from orders.models import Cart, CartLine
from orders.selectors import cart_count, cart_for, cart_view
from orders.services.carts import acknowledge_prices, add_to_cart, merge_carts, remove_line, set_quantity
from tests.factories.accounts import make_user
from tests.factories.orders import make_cart, make_goods, make_seller, place

pytestmark = pytest.mark.django_db


def add(variant: Variant, quantity: object = 1, **overrides: Any) -> Cart:
    call: dict[str, Any] = {"user": None, "token": None, "variant_id": variant.pk, "quantity": quantity, "at": timezone.now()}
    return add_to_cart(**{**call, **overrides})


def statements_of(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def test_a_guest_gets_a_cart_with_a_token_and_a_member_one_of_their_own() -> None:
    user, lamp = make_user(), make_goods()

    guest, member = add(lamp), add(lamp, user=user)

    assert cart_for(None, guest.token) == guest
    assert cart_for(user, None) == member
    assert cart_for(None, None) is None


def test_adding_the_same_item_again_adds_up() -> None:
    lamp = make_goods()
    cart = add(lamp, 2)

    add(lamp, "3", token=cart.token)

    assert list(cart.lines.values_list("quantity", flat=True)) == [5]


@pytest.mark.parametrize("quantity", [0, -1, 10**9, 1.5, "abc", "1e3", "-1", "", "٣", True, None, "9" * 5000, float("nan")])
def test_a_quantity_that_is_no_small_whole_number_is_refused(quantity: object) -> None:
    cart = make_cart(make_goods())
    line = cart.lines.get()

    with pytest.raises(InvalidQuantity):
        add(make_goods(), quantity, token=cart.token)
    with pytest.raises(InvalidQuantity):
        set_quantity(cart=cart, line_id=line.pk, quantity=quantity)

    assert list(cart.lines.values_list("quantity", flat=True)) == [1]


def test_more_than_the_limit_together_with_what_is_there_is_refused() -> None:
    lamp = make_goods(stock=2_000)
    cart = add(lamp, 998)

    with pytest.raises(InvalidQuantity):
        add(lamp, 2, token=cart.token)

    assert cart.lines.get().quantity == 998


def test_an_archived_item_is_refused() -> None:
    lamp = make_goods()
    archive_product(product_id=lamp.product_id, actor="system:test", at=timezone.now())

    with pytest.raises(VariantUnavailable):
        add(lamp)

    assert not Cart.objects.exists()


def test_an_item_that_does_not_exist_is_refused() -> None:
    with pytest.raises(VariantNotFound):
        add_to_cart(user=None, token=None, variant_id=uuid7(), quantity=1, at=timezone.now())


def test_more_than_is_in_stock_is_refused_with_what_is_left() -> None:
    lamp, gone = make_goods(stock=3), make_goods(stock=0)
    cart = add(lamp, 2)

    with pytest.raises(SoldOut) as few:
        add(lamp, 2, token=cart.token)
    with pytest.raises(SoldOut) as none:
        add(gone, token=cart.token)

    assert "Only 3" in str(few.value)
    assert "sold out" in str(none.value)
    assert cart.lines.get().quantity == 2


@override_settings(CART_MAX_LINES=2)
def test_a_cart_holds_a_limited_number_of_different_items() -> None:
    cart = make_cart(make_goods(), make_goods())

    with pytest.raises(CartFull):
        add(make_goods(), token=cart.token)

    assert cart.lines.count() == 2


def test_a_line_of_another_cart_cannot_be_changed_or_removed() -> None:
    mine, theirs = make_cart(make_goods()), make_cart(make_goods())
    line = theirs.lines.get()

    with pytest.raises(CartLineNotFound):
        set_quantity(cart=mine, line_id=line.pk, quantity=2)
    with pytest.raises(CartLineNotFound):
        remove_line(cart=mine, line_id=line.pk)

    assert theirs.lines.get().quantity == 1


def test_a_line_can_be_changed_and_removed() -> None:
    cart = make_cart(make_goods(), make_goods())
    first, second = cart.lines.order_by("pk")

    set_quantity(cart=cart, line_id=first.pk, quantity="4")
    remove_line(cart=cart, line_id=second.pk)

    assert cart.lines.get().quantity == 4


def test_adding_takes_at_most_six_statements() -> None:
    lamp, cart = make_goods(), make_cart(make_goods())

    with CaptureQueriesContext(connection) as captured:
        add(lamp, token=cart.token)
    with CaptureQueriesContext(connection) as first_time:
        add(lamp)

    assert len(statements_of(captured)) <= 4
    assert len(statements_of(first_time)) <= 4


def test_counting_takes_one_statement() -> None:
    user = make_user()
    make_cart(make_goods(), make_goods(), user=user, quantity=3)

    with CaptureQueriesContext(connection) as captured:
        count = cart_count(user, None)

    assert (count, len(captured)) == (6, 1)
    assert cart_count(None, None) == 0
    assert cart_count(None, "no such token") == 0


def test_the_cart_is_shown_per_merchant_with_delivery_and_a_hint_at_free_delivery() -> None:
    near = make_seller(shipping=500, free_over=5_000)
    lamp, cup, other = make_goods(merchant=near, price=2_000), make_goods(merchant=near, price=1_000), make_goods(price=700)
    cart = make_cart(lamp, other, cup)

    view = cart_view(cart)

    assert [(parcel.merchant_slug, parcel.goods_minor, parcel.shipping_minor) for parcel in view.parcels] == [
        (near.slug, 3_000, 500),
        (other.merchant.slug, 700, 500),
    ]
    assert [parcel.free_over_missing_minor for parcel in view.parcels] == [2_000, None]
    assert (view.goods_minor, view.shipping_minor, view.total_minor, view.count) == (3_700, 1_000, 4_700, 3)
    assert not view.has_problems


def test_showing_a_cart_takes_four_statements_however_long_it_is() -> None:
    cart = make_cart(*(make_goods() for _ in range(7)))

    with CaptureQueriesContext(connection) as captured:
        cart_view(cart)

    assert len(captured) == 4


def test_the_cart_says_what_is_wrong_with_a_line_and_leaves_it_out_of_the_total() -> None:
    fine, archived, few, gone = make_goods(price=100), make_goods(), make_goods(stock=5), make_goods(stock=5)
    cart = make_cart(fine, archived, few, gone, quantity=3)
    archive_product(product_id=archived.product_id, actor="system:test", at=timezone.now())
    make_cart(few, quantity=3)
    CartLine.objects.filter(cart=cart, variant=few).update(quantity=6)
    _sell_out(gone)

    view = cart_view(cart)

    problems = {line.variant_id: line.problem for parcel in view.parcels for line in parcel.lines}
    assert problems == {fine.pk: "", archived.pk: "unavailable", few.pk: "too_many", gone.pk: "sold_out"}
    assert view.has_problems
    assert view.goods_minor == 300 + 6 * few.price_minor


def test_a_changed_price_is_shown_beside_the_one_seen_until_it_is_acknowledged() -> None:
    lamp = make_goods(price=2_000)
    cart = make_cart(lamp)
    Variant.objects.filter(pk=lamp.pk).update(price_minor=1_800)

    before = cart_view(cart)
    acknowledge_prices(cart=cart)
    after = cart_view(cart)

    assert [(line.seen_minor, line.price_minor, line.is_price_changed) for line in before.parcels[0].lines] == [(2_000, 1_800, True)]
    assert before.has_price_changes
    assert not before.has_problems
    assert not after.has_price_changes


def test_signing_in_adds_the_guests_cart_to_the_members_within_the_limits() -> None:
    user, lamp, cup = make_user(), make_goods(stock=2_000), make_goods()
    own = add(lamp, 600, user=user)
    guest = add(lamp, 600)
    add(cup, 2, token=guest.token)
    token = guest.token or ""

    merged = merge_carts(token=token, user=user)

    assert merged == own
    assert dict(own.lines.values_list("variant_id", "quantity")) == {lamp.pk: 999, cup.pk: 2}
    assert cart_for(None, token) is None


def test_signing_in_without_a_cart_of_ones_own_takes_the_guests_and_its_token_opens_nothing_more() -> None:
    user, guest = make_user(), make_cart(make_goods())
    token = guest.token or ""

    merge_carts(token=token, user=user)

    assert cart_for(user, None) == guest
    assert cart_for(None, token) is None


@override_settings(CART_MAX_LINES=2)
def test_a_merged_cart_keeps_to_the_number_of_lines() -> None:
    user = make_user()
    make_cart(make_goods(), user=user)
    guest = make_cart(make_goods(), make_goods())

    merged = merge_carts(token=guest.token or "", user=user)

    assert merged is not None
    assert merged.lines.count() == 2


def test_a_members_cart_cannot_be_taken_by_a_token() -> None:
    user = make_user()
    own = make_cart(make_goods(), user=user)

    assert merge_carts(token="", user=user) == own
    assert merge_carts(token="stolen", user=make_user()) is None


def _sell_out(variant: Variant) -> None:
    from logistics.models import Stock

    Stock.objects.filter(variant=variant).update(reserved=5)


@pytest.mark.parametrize("quantity", [0, -1])
def test_the_database_refuses_a_line_of_nothing(quantity: int) -> None:
    """MON26: the wall behind the forms, for lines of carts and of orders."""
    line = make_cart(make_goods()).lines.get()
    bought = place(make_cart(make_goods())).orders.get().lines.get()

    for row in (line, bought):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(quantity=quantity)
