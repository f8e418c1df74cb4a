"""Sets from the cart to the order: bought as one, written down in parts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from catalog.models import Product, ProductCard, StockAlert, Variant
from catalog.rules.quantities import Tier
from catalog.services.bundles import Part, compose_bundle
from catalog.services.products import archive_product, hide_product, publish_product
from catalog.services.variants import update_variant
from core.ids import uuid7
from core.invariants import violations
from logistics.models import Stock, Warehouse
from logistics.selectors import alerts_to_wake, availability, product_availability, products_out_of_step
from logistics.services import correct_showcase, receive_stock
from orders.admin.display import line_text
from orders.errors import BundleIncomplete, PriceChanged, SoldOut
from orders.models import Cart, Checkout, Invoice, MerchantOrder, OrderBundle, OrderLine, OrderRefund
from orders.selectors import cart_view
from orders.selectors.taxes import taxes_of_cart
from orders.services.cancellation import cancel_order
from orders.services.carts import add_to_cart, set_quantity
from orders.services.cases.opening import Wish
from orders.services.checkout import place_order
from orders.services.papers import issue_invoice
from orders.services.quotes import accept_quote, ask_for_quote, offer_quote
from orders.states import OrderStatus
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.bundles import make_bundle
from tests.factories.cases import approve, open_case, send_back
from tests.factories.cases import receive as receive_back
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place
from tests.factories.taxes import make_tax_rate
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
    drain()
    assert in_stock(bundle)

    hide_product(product_id=pot.product_id, actor="merchant:test", at=timezone.now())

    assert availability([bundle.pk]) == {bundle.pk: 0}
    assert bundle.product_id in products_out_of_step(10)
    drain()
    assert not in_stock(bundle)
    assert products_out_of_step(10) == []

    publish_product(product_id=pot.product_id, actor="merchant:test", at=timezone.now())
    assert bundle.product_id in products_out_of_step(10)
    assert correct_showcase() == 1
    assert in_stock(bundle)


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


def test_one_part_goes_back_with_its_share_and_lies_on_the_shelf_again() -> None:
    bundle, pot, cup = tea(price=4_003)
    walk = order_up_to(OrderStatus.DELIVERED, variants=[bundle])
    dear, cheap = OrderLine.objects.filter(variant=cup).order_by("pk")
    assert ((dear.quantity, dear.price_minor), (cheap.quantity, cheap.price_minor)) == ((1, 401), (3, 400))

    case = receive_back(send_back(approve(open_case(walk.order, kind="return", wishes=[Wish(cheap.pk, 2)]))))

    drain()
    cheap.refresh_from_db()
    assert (case.refunded_minor, cheap.refunded_minor, cheap.refunded_quantity, cheap.restocked_quantity) == (800, 800, 2, 2)
    assert MerchantOrder.objects.get(pk=walk.order.pk).refunded_minor == 800
    assert OrderRefund.objects.get().amount_minor == 800
    assert (stock_of(cup)[0], stock_of(pot)[0]) == (40 - 4 + 2, 9)
    assert violations() == {}


def test_mails_papers_and_the_packing_list_say_what_belongs_together() -> None:
    bundle, _, _ = tea()
    walk = order_up_to(OrderStatus.PAID, variants=[bundle])
    drain()

    said = "Part of set 1: Tea set"
    assert Mail.objects.get(kind="order_placed").text.count(said) == 2
    assert Mail.objects.filter(kind="merchant_new_order", text__contains=said).count() <= 1
    paper = Invoice.objects.filter(order=walk.order).first() or issue_invoice(order_id=walk.order.pk, at=timezone.now())
    assert [said in line["details"] for line in paper.content["lines"]][:2] == [True, True]
    assert [said in line_text(line) for line in walk.order.lines.all()] == [True, True]
    with override("zh-hans"):
        assert "属于套装 1：Tea set" in line_text(walk.order.lines.first())


def test_an_agreed_price_of_sets_is_shared_among_their_parts() -> None:
    bundle, _, cup = tea()
    user = make_user()
    quote = ask_for_quote(user=user, variant_id=bundle.pk, quantity=2, message="", at=timezone.now())
    until = timezone.now() + dt.timedelta(days=3)
    offer_quote(quote_id=quote.pk, unit_minor=3_501, valid_until=until, note="", actor="merchant:test", at=timezone.now())
    cart = accept_quote(quote_id=quote.pk, user=user, at=timezone.now())

    place(cart, user=user)

    assert OrderBundle.objects.get().total_minor == 7_002
    assert OrderLine.objects.filter(variant=cup).values_list("quantity", "price_minor").get() == (8, 350)
    quote.refresh_from_db()
    assert quote.status == "ordered"
    assert violations() == {}


def test_the_tax_said_in_the_cart_is_the_tax_of_the_order() -> None:
    make_tax_rate("CN", 1_300)
    make_tax_rate("CN", 900, tax_class="reduced")
    seller = make_seller(shipping=0)
    tea_leaves = make_goods(merchant=seller, price=3_000, tax_class="reduced")
    cup = make_goods(merchant=seller, price=1_000)
    cart = make_cart(make_bundle({tea_leaves: 1, cup: 1}, price=3_333))

    said = [(share.rate.bps, share.tax_minor) for share in taxes_of_cart(cart_view(cart), "CN", timezone.now())]
    order = place(cart).orders.get()

    assert len(said) == 2
    assert sum(minor for _, minor in said) == order.tax_minor
    assert violations() == {}


def test_a_variant_that_waits_is_told_when_the_set_can_be_made_again() -> None:
    bundle, _, cup = tea(cups=0)
    alert = StockAlert.objects.create(variant=bundle, user=make_user(), confirmed_at=timezone.now())
    assert alerts_to_wake(10) == []

    receive(cup, 4)

    assert alerts_to_wake(10) == [alert.pk]


@pytest.mark.parametrize("sets", [1, 3])
def test_a_cart_takes_six_statements_however_many_sets_are_in_it(sets: int, django_assert_num_queries: Any) -> None:
    bundle, pot, cup = tea()
    more = [make_bundle({pot: 1, cup: pieces}, price=3_100, title=f"Set of {pieces}") for pieces in range(1, sets)]
    cart = make_cart(bundle, *more)

    with django_assert_num_queries(6):
        view = cart_view(cart)

    assert len(view.parcels[0].lines) == sets
    assert not view.has_problems
