"""The back office in a real browser: nothing is blocked by the content policy, and dialogs, menus and the dark look work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from catalog.models import BundleItem
from tests.backoffice.market import make_shop
from tests.factories.accounts import make_user
from tests.factories.catalog import make_product

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def _sign_in(context: BrowserContext, server: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": server}])
    return context.new_page()


def _listen(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    return complaints


@pytest.mark.browser
def test_a_merchant_ships_an_order_by_mouse(shop_server: str, browser_context: BrowserContext) -> None:
    shop = make_shop("ANTELOPE")
    page = _sign_in(browser_context, shop_server, shop.owner)
    complaints = _listen(page)

    page.goto("/merchant/")
    page.locator("a.tile", has_text="To ship").first.click()
    page.get_by_role("link", name=shop.to_ship.number).click()
    page.locator("a:visible", has_text="Mark shipped").first.click()
    page.locator("#dialog input[name=carrier]").fill("SF Express")
    page.locator("#dialog input[name=tracking_number]").fill("SF 77")
    page.locator("#dialog button[type=submit]").click()
    page.get_by_text("The order is shipped.").wait_for()

    shop.to_ship.refresh_from_db()
    assert shop.to_ship.status == "shipped"
    assert complaints == []


@pytest.mark.browser
def test_an_order_is_packed_and_sent_by_keyboard_only(shop_server: str, browser_context: BrowserContext) -> None:
    from playwright.sync_api import expect

    shop = make_shop("ANTELOPE")
    page = _sign_in(browser_context, shop_server, shop.owner)
    complaints = _listen(page)
    page.goto("/merchant/to-ship/scan/")
    said = page.locator("#scan-said")

    def scan(code: str, answer: str) -> None:
        """The field has the focus, as for a hand scanner, which ends a code with Enter."""
        expect(page.locator("#code")).to_be_focused()
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(said).to_contain_text(answer)

    expect(page.locator("#code")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("SF Express")
    page.keyboard.press("Shift+Tab")
    scan(shop.to_ship.number, "is open. Scan its items.")
    scan("ANTELOPE-2", "Wrong item: ANTELOPE-2")
    scan("ANTELOPE-1", "Everything is in the parcel.")
    scan("SF1234567", "is shipped. Scan the next order.")

    shop.to_ship.refresh_from_db()
    assert shop.to_ship.status == "shipped"
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_both_offices_load_without_complaints(shop_server: str, browser: Any, scheme: str) -> None:
    shop = make_shop("ANTELOPE")
    operator = make_user(is_staff=True, is_superuser=True)
    pages = {
        shop.owner: [
            "",
            "orders/merchantorder/",
            "catalog/product/add/",
            f"catalog/product/{shop.product.pk}/change/",
            "balance/",
            "to-ship/",
            "to-ship/numbers/",
            "to-ship/scan/",
            f"to-ship/scan/?order={shop.to_ship.number}",
        ],
        operator: ["", "orders/merchantorder/", "payments/ledgertransaction/", "recommend/modelversion/", "catalog/category/"],
    }

    for user, paths in pages.items():
        context = browser.new_context(base_url=shop_server, color_scheme=scheme, viewport={"width": 390, "height": 844})
        page = _sign_in(context, shop_server, user)
        complaints = _listen(page)
        for path in paths:
            page.goto(("/admin/" if user == operator else "/merchant/") + path)
            assert page.evaluate("document.documentElement.classList.contains('dark')") == (scheme == "dark"), path
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), path
        assert complaints == []
        context.close()


@pytest.mark.browser
def test_a_merchant_searches_for_a_part_of_a_set(shop_server: str, browser_context: BrowserContext) -> None:
    shop = make_shop("ANTELOPE")
    target = make_product(merchant=shop.merchant, title="Pair", price=3_000)
    page = _sign_in(browser_context, shop_server, shop.owner)
    complaints = _listen(page)

    page.goto(f"/merchant/catalog/product/{target.pk}/change/")
    page.get_by_text("Add another Part of a set").click()
    page.locator("[name=bundle_items-0-variant]").select_option(str(target.variants.get().pk))
    page.locator("[name=bundle_items-0-component] + .select2 .select2-selection").click()
    page.keyboard.type("lantern")
    page.locator(".select2-results li", has_text="ANTELOPE lantern · ANTELOPE-1").click()
    page.locator("[name=bundle_items-0-component] + .select2", has_text="ANTELOPE-1").wait_for()
    page.locator("[name=bundle_items-0-quantity]").fill("2")
    with page.expect_navigation(timeout=30_000):
        page.locator("[name=_continue]").click()
    page.locator("[name=bundle_items-0-id]").wait_for(state="attached")

    item = BundleItem.objects.get(product=target)
    assert (item.component.sku, item.quantity) == ("ANTELOPE-1", 2)
    # Whoever types on breaks off the search for what was typed before.
    assert [said for said in complaints if "/autocomplete/" not in said] == []


@pytest.mark.browser
def test_an_open_page_follows_the_system_into_the_dark_unless_a_scheme_was_chosen(
    shop_server: str, browser_context: BrowserContext
) -> None:
    page = _sign_in(browser_context, shop_server, make_shop("ANTELOPE").owner)
    page.emulate_media(color_scheme="light")
    page.goto("/merchant/")
    assert "dark" not in _classes(page)

    page.emulate_media(color_scheme="dark")
    page.locator("html.dark").wait_for()
    page.emulate_media(color_scheme="light")
    page.locator("html:not(.dark)").wait_for()

    page.keyboard.press("Control+e")  # chosen: light, dark, and so on by turns
    page.locator("html.light").wait_for()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("matchMedia('(prefers-color-scheme: dark)').matches")
    assert "dark" not in _classes(page)


def _classes(page: Page) -> str:
    return page.locator("html").get_attribute("class") or ""
