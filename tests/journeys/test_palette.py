"""The palette by keyboard and by finger: opened anywhere, read out as it should be, left as it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backoffice.market import make_shop
from tests.journeys.test_accessibility import against
from tests.journeys.test_backoffice_accessibility import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser]


def test_a_merchant_goes_to_an_order_without_the_mouse(shop_server: str, browser: Browser) -> None:
    from playwright.sync_api import expect

    shop = make_shop("ANTELOPE")
    page = signed_in(browser, shop_server, shop.owner, ("desktop", "light", "zh-CN"))
    page.goto("/merchant/catalog/product/add/")
    field, dialog = page.locator("#palette-input"), page.get_by_role("dialog", name="搜索")

    page.locator("[name=title]").focus()
    page.keyboard.press("Control+k")
    expect(dialog).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.type("zzzz")
    expect(page.locator("#palette-status")).to_contain_text("没有找到“zzzz”")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[name=title]")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type(shop.to_ship.number[:9].lower())
    expect(page.get_by_role("option", name=shop.to_ship.number)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "palette-option-0")
    assert against(page, "the palette with results") == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/merchant/orders/merchantorder/{shop.to_ship.pk}/change/")
    page.context.close()


def test_on_a_phone_a_button_opens_it(shop_server: str, browser: Browser) -> None:
    from playwright.sync_api import expect

    shop = make_shop("ANTELOPE")
    page = signed_in(browser, shop_server, shop.owner, ("phone", "dark", "en-US"))
    page.goto("/merchant/orders/merchantorder/")

    page.locator("header").get_by_role("button", name="Search").click()
    page.keyboard.type("payouts")
    expect(page.get_by_role("option", name="Payouts").first).to_be_visible()
    assert against(page, "the palette on a phone") == []
    page.get_by_role("option", name="Payouts").first.click()
    page.wait_for_url("**/merchant/payouts/")
    page.context.close()
