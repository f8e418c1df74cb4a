"""A person with a browser, who finds things by the storefront's `data-testid` attributes alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client
from django.utils import translation
from playwright.sync_api import expect

from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from accounts.models import User
    from catalog.models import Product

ADDRESS = {
    "email": "li.na@example.com",
    "name": "李娜 Li Na",
    "phone": "+86 138 0013 8000",
    "address": "1 Market Street",
    "city": "Shanghai",
    "postcode": "200000",
}


class Shopper:
    """`say` gives a text of the shop as this shopper's language has it: the English one where nobody has translated it."""

    def __init__(self, context: BrowserContext, language: str = "en") -> None:
        self.context = context
        self.language = language
        self.watch = Watch(context)
        self.page: Page = context.new_page()

    def sign_in(self, user: User) -> None:
        """Be signed in as `user` from now on, without the form."""
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.SITE_URL}])

    def say(self, text: str, **values: object) -> str:
        with translation.override(self.language):
            return translation.gettext(text) % values if values else translation.gettext(text)

    def find(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def sees(self, text: str) -> None:
        """The page shows this text of the shop, in the shopper's language."""
        expect(self.page.get_by_text(self.say(text)).first).to_be_visible()

    def is_at(self, path: str) -> None:
        """The address is this one, given as a regular expression for the whole path."""
        expect(self.page).to_have_url(re.compile(rf"^https?://[^/]+{path}$"))

    def search(self, words: str) -> None:
        self.find("search-input").fill(words)
        self.find("search-input").press("Enter")
        self.is_at(r"/search/\?q=.*")

    def find_and_put_into_cart(self, product: Product) -> None:
        """From the header's search over the card to the product's page and into the cart."""
        title = product.text("title", self.language)
        self.search(title)
        self.find("product-card").filter(has_text=title).first.click()
        self.is_at(f"/p/{product.slug}/")
        self.put_into_cart()

    def put_into_cart(self) -> None:
        """Add what this page shows, and wait until the header counts it."""
        before = int(self.find("cart-count").text_content() or "0")
        self.find("add-to-cart").click()
        expect(self.find("cart-count")).to_have_text(str(before + 1))

    def open_cart(self) -> None:
        self.page.goto("/cart/")

    def start_checkout(self) -> None:
        self.find("checkout-start").click()
        self.is_at("/checkout/")

    def fill_in_address(self, **overrides: str) -> None:
        for name, value in (ADDRESS | overrides).items():
            self.find(f"field-{name}").fill(value)

    def open_product(self, product: Product) -> None:
        self.page.goto(f"/p/{product.slug}/")

    def place_order(self) -> None:
        """Press the button; the practice bank's page comes next."""
        self.find("place-order").click()
        self.is_at("/sandbox/.+/")

    def check_out(self, **overrides: str) -> None:
        """From a filled cart to the practice bank."""
        self.open_cart()
        self.start_checkout()
        self.fill_in_address(**overrides)
        self.place_order()

    def answer_bank(self, decision: str) -> None:
        self.find(f"sandbox-{decision}").click()

    def order_number(self) -> str:
        return (self.find("order-number").text_content() or "").strip()

    def statuses(self) -> list[str | None]:
        """The status of each merchant order on this page."""
        return [badge.get_attribute("data-status") for badge in self.find("order-status").all()]
