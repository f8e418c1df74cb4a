"""The journey the whole shop is made for: a guest buys from two merchants at once, both send, and both get their money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db.models import Sum
from playwright.sync_api import expect

from catalog.models import Product
from core import invariants
from core.money import Money
from orders.models import Checkout, MerchantOrder
from payments.models import LedgerEntry
from payments.selectors import balances, provider_clearing
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_goods, make_seller
from tests.journeys.conftest import COMPUTER, PHONE, MakeShopper
from tests.journeys.seller import Seller
from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.browser
CURRENCY = "USD"
VISITORS = [pytest.param("en", COMPUTER, id="English on a computer"), pytest.param("zh-hans", PHONE, id="Chinese on a phone")]


def make_two_shops() -> list[Product]:
    """One product each of two merchants with delivery of their own, named in both languages."""
    tea = make_seller(name="Hillside Tea", i18n={"zh-hans": {"name": "山坡茶庄"}}, shipping=450)
    lamps = make_seller(name="Lamp Workshop", i18n={"zh-hans": {"name": "灯坊"}}, shipping=700)
    goods = [
        make_goods(merchant=tea, price=1_850, title="Jasmine tea", i18n={"zh-hans": {"title": "茉莉花茶"}}),
        make_goods(merchant=lamps, price=3_999, title="Paper lantern", i18n={"zh-hans": {"title": "纸灯笼"}}),
    ]
    return [variant.product for variant in goods]


@pytest.mark.parametrize(("language", "device"), VISITORS)
def test_a_guest_buys_from_two_merchants_and_both_are_paid(new_shopper: MakeShopper, language: str, device: dict[str, Any]) -> None:
    products = make_two_shops()
    shopper = new_shopper(language, **device)
    shopper.page.goto("/")
    expect(shopper.page.locator("html")).to_have_attribute("lang", "zh-Hans" if language == "zh-hans" else "en")

    buy(shopper, products)
    drain()
    checkout = Checkout.objects.get()
    ship_all(new_shopper, checkout, language)
    drain()
    confirm_by_mail(new_shopper(language, **device), checkout)
    drain()

    merchants_have_their_money(checkout)
    balance_pages_say_so(new_shopper, checkout, language)
    assert invariants.violations() == {}


def buy(shopper: Shopper, products: Sequence[Product]) -> None:
    """Search, fill the cart, check out, pay, and see two orders."""
    for product in products:
        shopper.find_and_put_into_cart(product)
    shopper.open_cart()
    shopper.sees("Cart")
    expect(shopper.find("parcel")).to_have_count(2)
    expect(shopper.find("cart-line")).to_have_count(2)
    for product in products:
        expect(shopper.find("cart-line").filter(has_text=product.text("title", shopper.language))).to_be_visible()
        expect(shopper.find("parcel").filter(has_text=product.merchant.text("name", shopper.language))).to_be_visible()
    shopper.start_checkout()
    shopper.fill_in_address()
    shopper.place_order()
    shopper.sees("Practice bank")
    shopper.answer_bank("approve")
    shopper.is_at("/orders/.+/confirmation/")
    shopper.sees("Thank you, your order is paid")
    expect(shopper.find("merchant-order")).to_have_count(2)
    assert shopper.statuses() == ["paid", "paid"]
    assert shopper.order_number() == Checkout.objects.get().number


def ship_all(new_shopper: MakeShopper, checkout: Checkout, language: str) -> None:
    """Each merchant signs in at the back office with a browser of their own and ships their part."""
    for order in checkout.orders.select_related("merchant").order_by("number"):
        seller = new_shopper(language, kind=Seller)
        seller.enter(order.merchant)
        seller.ship(order.number, "SF Express", f"SF{order.number}")


def confirm_by_mail(shopper: Shopper, checkout: Checkout) -> None:
    """On another device, where only the link in the mail opens the order: see the parcels and confirm both."""
    [shipped, _] = Mail.objects.filter(to=checkout.email, kind="order_shipped").order_by("pk")
    shopper.page.goto("/dev/mailbox/")
    shopper.page.locator(f"a[href='/dev/mailbox/{shipped.pk}/']").click()
    shopper.page.locator(f"a[href*='/orders/{checkout.number}/?t=']").first.click()
    shopper.is_at(f"/orders/{checkout.number}/")
    for order in checkout.orders.all():
        block = shopper.find("merchant-order").filter(has_text=order.number)
        expect(block).to_contain_text(f"SF{order.number}")
        block.get_by_test_id("confirm-receipt").click()
        shopper.sees("Thank you. The merchant is paid now.")
        expect(shopper.find("merchant-order").filter(has_text=order.number).get_by_test_id("order-status")).to_have_attribute(
            "data-status", "completed"
        )
    assert shopper.statuses() == ["completed", "completed"]
    expect(shopper.find("order-status").first).to_have_text(shopper.say("Completed"))
    expect(shopper.find("confirm-receipt")).to_have_count(0)


def due(order: MerchantOrder) -> int:
    """Goods and shipping less commission, in minor units."""
    return order.goods_minor + order.shipping_minor - order.commission_minor


def merchants_have_their_money(checkout: Checkout) -> None:
    orders = list(checkout.orders.select_related("merchant"))
    assert len(orders) == 2
    for order in orders:
        # 5 % of each line and of shipping, half up: the plan every merchant of the factories has.
        charged = [*order.lines.values_list("total_minor", flat=True), order.shipping_minor]
        assert order.commission_minor == sum((minor * 5 + 50) // 100 for minor in charged)
        assert balances(order.merchant_id, CURRENCY).payable_minor == due(order)
        assert balances(order.merchant_id, CURRENCY).held_minor == 0
    assert LedgerEntry.objects.aggregate(total=Sum("amount_minor"))["total"] == 0
    assert provider_clearing(checkout.pk) == 0
    taken = LedgerEntry.objects.filter(account__kind="provider_balance").aggregate(total=Sum("amount_minor"))["total"]
    assert taken == checkout.total_minor == 1_850 + 450 + 3_999 + 700


def balance_pages_say_so(new_shopper: MakeShopper, checkout: Checkout, language: str) -> None:
    for order in checkout.orders.select_related("merchant"):
        seller = new_shopper(language, kind=Seller)
        seller.enter(order.merchant)
        assert seller.payable() == Money(due(order), CURRENCY).format(language)
