"""Visitors without JavaScript, and visitors who change the language on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from orders.models import Checkout
from tests.drain import drain
from tests.factories.catalog import make_product, new_variant
from tests.factories.logistics import make_stock
from tests.factories.orders import make_goods, make_seller
from tests.journeys.conftest import PHONE, MakeShopper
from tests.journeys.shopper import ADDRESS, Shopper

pytestmark = pytest.mark.browser


def test_everything_can_be_bought_without_javascript(new_shopper: MakeShopper) -> None:
    seller = make_seller()
    variants = [new_variant(sku=f"CUP-{colour}", options={"Colour": colour}) for colour in ("Red", "Blue")]
    product = make_product(merchant=seller, title="Tea cup", variants=variants)
    for variant in product.variants.all():
        make_stock(5, variant=variant, warehouse=seller.warehouses.get())
    shopper: Shopper = new_shopper(java_script_enabled=False, **PHONE)

    shopper.page.goto("/")
    shopper.search("tea cup")
    shopper.find("product-card").first.click()
    shopper.find("variant-option").filter(has_text="Blue").click()
    expect(shopper.find("variant-option").filter(has_text="Blue")).to_have_attribute("aria-current", "true")
    shopper.find("add-to-cart").click()
    shopper.is_at("/cart/")
    expect(shopper.find("cart-line")).to_contain_text("Blue")
    shopper.page.locator("button[name=to][value='2']").click()
    expect(shopper.find("cart-count")).to_have_text("2")
    shopper.start_checkout()
    shopper.fill_in_address()
    shopper.place_order()
    shopper.answer_bank("approve")
    shopper.is_at("/orders/.+/confirmation/")
    drain()

    line = Checkout.objects.get(status="paid").orders.get().lines.get()
    assert (line.sku, line.quantity) == ("CUP-Blue", 2)


def test_switching_the_language_keeps_the_page(shopper: Shopper) -> None:
    goods = make_goods(title="Tea cup", i18n={"zh-hans": {"title": "茶杯"}})
    shopper.open_product(goods.product)
    shopper.put_into_cart()

    for path in ("/search/?q=tea&sort=price", f"/p/{goods.product.slug}/?v={goods.pk}", "/cart/", "/checkout/", "/help/"):
        shopper.page.goto(path)
        expect(shopper.page.locator("html")).to_have_attribute("lang", "en")
        for language in ("zh-Hans", "en"):
            shopper.find("language-switch").click()
            expect(shopper.page.locator("html")).to_have_attribute("lang", language)
            assert shopper.page.url.endswith(path)


def test_a_refused_checkout_keeps_what_was_typed(shopper: Shopper) -> None:
    goods = make_goods()
    shopper.open_product(goods.product)
    shopper.put_into_cart()
    shopper.open_cart()
    shopper.start_checkout()
    shopper.fill_in_address(phone="ring me")

    with shopper.watch.expect(422):
        shopper.find("place-order").click()
        shopper.sees("Please check this first:")

    for name in ("email", "name", "address", "city", "postcode"):
        expect(shopper.find(f"field-{name}")).to_have_value(ADDRESS[name])
    assert not Checkout.objects.exists()
    shopper.find("field-phone").fill(ADDRESS["phone"])
    shopper.place_order()
    assert Checkout.objects.count() == 1
