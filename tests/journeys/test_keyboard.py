"""From the search to the payment without a mouse: everything is reached by Tab, and where one is can be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from logistics.models import Warehouse
from orders.models import Checkout
from tests.factories.catalog import make_category, make_product, new_variant
from tests.factories.logistics import make_stock
from tests.factories.orders import make_seller
from tests.journeys.shopper import ADDRESS, Shopper

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_TABS = 120


def focus(shopper: Shopper, selector: str) -> None:
    """Press Tab until the element has the focus; where it is must be visible."""
    for _ in range(MOST_TABS):
        if shopper.page.evaluate("selector => !!document.activeElement?.matches(selector)", selector):
            break
        shopper.page.keyboard.press("Tab")
    else:
        pytest.fail(f"{selector} cannot be reached by Tab")
    marked = "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
    assert shopper.page.evaluate(marked), f"{selector} does not show that it has the focus"


def press(shopper: Shopper, selector: str, key: str = "Enter") -> None:
    focus(shopper, selector)
    shopper.page.keyboard.press(key)


def test_search_to_payment_by_keyboard(shopper: Shopper) -> None:
    seller = make_seller()
    variants = [new_variant(options={"Colour": colour}) for colour in ("Red", "Blue")]
    product = make_product(title="Paper lantern", merchant=seller, category=make_category("Lanterns"), variants=variants)
    house = Warehouse.objects.get(merchant=seller)
    for variant in product.variants.all():
        make_stock(5, variant=variant, warehouse=house)
    blue = product.variants.get(options={"Colour": "Blue"})

    shopper.page.goto("/")
    focus(shopper, "[data-testid=search-input]")
    shopper.page.keyboard.type("paper lan")
    expect(shopper.page.locator("#suggestions [role=option]").first).to_be_visible()
    while "Paper lantern" not in (shopper.page.locator("#suggestions [aria-selected=true]").all_text_contents() or [""])[0]:
        shopper.page.keyboard.press("ArrowDown")
    shopper.page.keyboard.press("Enter")
    shopper.is_at(f"/p/{product.slug}/")

    press(shopper, f"[data-option][href='?v={blue.pk}']")
    expect(shopper.page).to_have_url(f"{shopper.page.url.partition('?')[0]}?v={blue.pk}")
    press(shopper, "[name=then]")
    shopper.is_at("/(checkout|cart)/.*")
    if "/cart/" in shopper.page.url:
        press(shopper, "[data-testid=checkout-start]")
    shopper.is_at("/checkout/")
    for name, value in ADDRESS.items():
        focus(shopper, f"[data-testid=field-{name}]")
        shopper.page.keyboard.press("Control+A")
        shopper.page.keyboard.type(value)
    press(shopper, "[data-testid=place-order]")
    shopper.is_at("/sandbox/.+/")
    press(shopper, "[data-testid=sandbox-approve]")
    expect(shopper.find("order-number")).to_be_visible()

    assert Checkout.objects.count() == 1
