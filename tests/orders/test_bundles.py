"""Sets from the cart to the order: bought as one, written down in parts."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Product, ProductCard, Variant
from catalog.rules.quantities import Tier
from catalog.services.bundles import Part, compose_bundle
from catalog.services.products import archive_product, hide_product
from catalog.services.variants import update_variant
from core.ids import uuid7
from core.invariants import violations
from logistics.models import Stock, Warehouse
from logistics.selectors import availability, product_availability, products_out_of_step
from logistics.services import correct_showcase, receive_stock
from orders.errors import BundleIncomplete, PriceChanged, SoldOut
from orders.models import Cart, Checkout, MerchantOrder, OrderBundle, OrderLine, OrderRefund
from orders.selectors import cart_view
from orders.services.cancellation import cancel_order
from orders.services.carts import add_to_cart, set_quantity
from orders.services.checkout import place_order
from orders.states import OrderStatus
from tests.factories.bundles import make_bundle
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def tea(*, pots: int = 10, cups: int = 40, price: int = 4_001, **overrides: Any) -> tuple[Variant, Variant, Variant]:
    """A set of a pot and four cups, the pot, and the cup."""
    seller = make_seller()
    pot = make_goods(merchant=seller, price=3_000, stock=pots, title="Pot")
    cup = make_goods(merchant=seller, price=500, stock=cups, title="Cup")
    return make_bundle({pot: 1, cup: 4}, price=price, **overrides), pot, cup


def lines(cart: Cart) -> list[Any]:
    return [line for parcel in cart_view(cart).parcels for line in parcel.lines]


def in_stock(variant: Variant) -> bool:
    return ProductCard.objects.get(product=variant.product_id).in_stock


def stock_of(variant: Variant) -> tuple[int, int]:
    row = Stock.objects.get(variant=variant)
    return row.on_hand, row.reserved


def receive(variant: Variant, quantity: int) -> None:
    warehouse = Warehouse.objects.get(merchant=variant.merchant_id)
    receive_stock(variant=variant, warehouse=warehouse, quantity=quantity, actor="system:test", at=timezone.now())


def test_there_are_as_many_sets_as_their_parts_suffice_for() -> None:
    bundle, pot, cup = tea(pots=10, cups=11)

    assert availability([bundle.pk, pot.pk, cup.pk]) == {bundle.pk: 2, pot.pk: 10, cup.pk: 11}
    assert product_availability([bundle.product_id, cup.product_id]) == {bundle.product_id: 2, cup.product_id: 11}


def test_a_set_has_no_stock_of_its_own_whatever_lies_on_a_shelf() -> None:
    bundle, _, _ = tea(cups=3)
    receive(bundle, 50)

    assert availability([bundle.pk]) == {bundle.pk: 0}
    assert not in_stock(bundle)
    assert bundle.product_id not in products_out_of_step(10)


def test_a_cart_has_one_row_that_says_what_is_in_it_and_what_is_saved() -> None:
    bundle, _, _ = tea()

    cart = make_cart(bundle, quantity=2)

    [line] = lines(cart)
    assert (line.price_minor, line.total_minor, line.saved_minor, line.problem) == (4_001, 8_002, 1_998, "")
    assert [(part.title, part.quantity) for part in line.bundle.parts] == [("Pot", 1), ("Cup", 4)]


def test_an_order_has_lines_of_the_parts_whose_shares_sum_to_the_price_of_the_set() -> None:
    bundle, pot, cup = tea()

    checkout = place(make_cart(bundle, quantity=2))

    order = checkout.orders.get()
    kept = OrderBundle.objects.get()
    assert (kept.title, kept.number, kept.quantity, kept.price_minor, kept.total_minor) == ("Tea set", 1, 2, 4_001, 8_002)
    bought = [(line.variant_id, line.quantity, line.price_minor, line.bundle_id) for line in order.lines.order_by("pk")]
    assert bought == [(pot.pk, 2, 2_401, kept.pk), (cup.pk, 8, 400, kept.pk)]
    assert order.goods_minor == 8_002
    assert (stock_of(pot), stock_of(cup)) == ((10, 2), (40, 8))
    assert violations() == {}


def test_pieces_that_do_not_divide_the_share_are_lines_of_their_own() -> None:
    bundle, pot, cup = tea(price=4_003)

    place(make_cart(bundle, quantity=3))

    bought = OrderLine.objects.order_by("pk").values_list("variant_id", "quantity", "price_minor")
    assert list(bought) == [(pot.pk, 3, 2_402), (cup.pk, 3, 401), (cup.pk, 9, 400)]
    assert violations() == {}


def test_a_set_and_its_part_in_one_cart_are_told_apart_and_compete_for_the_same_pieces() -> None:
    bundle, _pot, cup = tea(cups=5)
    cart = make_cart(bundle, cup)
    add_to_cart(user=None, token=cart.token, variant_id=cup.pk, quantity=1, at=timezone.now())

    set_line, cup_line = lines(cart)
    assert (set_line.problem, cup_line.problem, cup_line.available) == ("", "too_many", 1)
    with pytest.raises(SoldOut):
        place(cart)
    assert (Checkout.objects.count(), stock_of(cup)) == (0, (5, 0))

    set_quantity(cart=cart, line_id=cup_line.line_id, quantity=1)
    place(cart)

    assert stock_of(cup) == (5, 5)
    assert list(OrderLine.objects.filter(variant=cup).order_by("pk").values_list("quantity", "bundle__number")) == [(4, 1), (1, None)]
    assert not in_stock(bundle)
    assert violations() == {}


def test_more_sets_than_the_parts_suffice_for_are_refused() -> None:
    bundle, _, _ = tea(cups=7)

    with pytest.raises(SoldOut) as refused:
        make_cart(bundle, quantity=2)

    assert refused.value.params["available"] == 1


def test_the_card_of_a_set_follows_the_stock_of_its_parts() -> None:
    bundle, _pot, cup = tea(cups=0)
    assert not in_stock(bundle)

    receive(cup, 3)
    assert not in_stock(bundle)
    receive(cup, 1)
    assert in_stock(bundle)

    walk = order_up_to(OrderStatus.PAID, variants=[cup])
    assert (in_stock(bundle), in_stock(cup)) == (False, True)
    cancel_order(order_id=walk.order.pk, actor="operator:test", reason="by mistake", at=timezone.now())
    assert in_stock(bundle)


def test_the_card_of_a_set_follows_when_a_part_goes_off_sale() -> None:
    bundle, pot, _cup = tea()
    correct_showcase()
    assert in_stock(bundle)

    hide_product(product_id=pot.product_id, actor="merchant:test", at=timezone.now())

    assert availability([bundle.pk]) == {bundle.pk: 0}
    assert bundle.product_id in products_out_of_step(10)
    correct_showcase()
    assert not in_stock(bundle)
    assert products_out_of_step(10) == []


@pytest.mark.parametrize("way", ["hide", "archive", "switch off"])
def test_a_set_with_a_part_that_is_not_on_sale_cannot_be_bought(way: str) -> None:
    bundle, pot, cup = tea()
    cart = make_cart(bundle)
    if way == "switch off":
        Product.objects.filter(pk=pot.product_id).update(status="hidden")
        update_variant(variant_id=pot.pk, is_active=False)
    else:
        service = {"hide": hide_product, "archive": archive_product}[way]
        service(product_id=pot.product_id, actor="merchant:test", at=timezone.now())

    [line] = lines(cart)
    assert (line.problem, line.total_minor) == ("incomplete", 0)
    with pytest.raises(BundleIncomplete) as refused:
        make_cart(bundle)
    assert "Tea set" in str(refused.value)
    with pytest.raises(BundleIncomplete):
        place(cart, expected_total_minor=1)
    assert (Checkout.objects.count(), stock_of(cup)) == (0, (40, 0))


def test_a_changed_price_is_said_and_asked_about_at_the_checkout() -> None:
    bundle, _, _ = tea()
    cart = make_cart(bundle)
    seen = cart_view(cart).total_minor
    update_variant(variant_id=bundle.pk, price_minor=3_900)

    assert lines(cart)[0].is_price_changed
    with pytest.raises(PriceChanged):
        place(cart, expected_total_minor=seen)
    assert Checkout.objects.count() == 0


def test_price_tiers_of_a_set_are_shared_too() -> None:
    bundle, _, _ = tea()
    update_variant(variant_id=bundle.pk, tiers=[Tier(3, 3_777)], min_quantity=1)

    checkout = place(make_cart(bundle, quantity=3))

    kept = OrderBundle.objects.get()
    assert (kept.price_minor, kept.total_minor, checkout.goods_minor) == (3_777, 11_331, 11_331)
    assert violations() == {}


def test_editing_a_set_later_changes_no_order() -> None:
    bundle, _pot, cup = tea()
    place(make_cart(bundle))
    before = list(OrderLine.objects.order_by("pk").values()), list(OrderBundle.objects.values())

    compose_bundle(variant_id=bundle.pk, parts=[Part(cup.pk, 12)])
    update_variant(variant_id=bundle.pk, price_minor=100)
    compose_bundle(variant_id=bundle.pk, parts=[])

    assert (list(OrderLine.objects.order_by("pk").values()), list(OrderBundle.objects.values())) == before
    assert violations() == {}


def test_a_set_in_another_currency_is_shared_in_that() -> None:
    make_rates()
    bundle, _, _ = tea()
    conversion = into("JPY")
    cart = make_cart(bundle, conversion=conversion)
    total = cart_view(cart, conversion=conversion).total_minor

    place_order(
        cart_id=cart.pk, key=uuid7(), buyer=make_buyer(), points=0, expected_total_minor=total, at=timezone.now(), conversion=conversion
    )

    kept = OrderBundle.objects.get()
    assert kept.currency == "JPY"
    assert sum(OrderLine.objects.values_list("total_minor", flat=True)) == kept.total_minor
    assert violations() == {}


def test_what_was_bought_as_a_set_is_paid_sent_and_refunded_like_anything_else() -> None:
    bundle, _, _ = tea(price=4_003)

    walk = order_up_to(OrderStatus.REFUNDED, variants=[bundle])

    order = MerchantOrder.objects.get(pk=walk.order.pk)
    assert order.refunded_minor == order.total_minor
    assert OrderRefund.objects.count() == 1
    assert violations() == {}
