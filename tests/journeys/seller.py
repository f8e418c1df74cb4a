"""A member of a merchant's team at the back office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, make_user
from tests.factories.merchants import make_membership
from tests.journeys.shopper import Shopper

if TYPE_CHECKING:
    from accounts.models import User
    from merchants.models import Merchant


def make_member(**overrides: str) -> User:
    """An account whose password the real server accepts; the one that tests use inside their own process is no real hash."""
    user = make_user(**overrides)
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    user.save()
    return user


class Seller(Shopper):
    """Enters /merchant/ as an owner of the merchant, by the sign-in form."""

    def enter(self, merchant: Merchant) -> None:
        user = make_membership(merchant, make_member()).user
        self.page.goto("/merchant/")
        self.page.locator("[name=login]").fill(user.email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").click()
        self.is_at("/merchant/")

    def ship(self, order_number: str, carrier: str, tracking_number: str) -> None:
        """From the to-do tile over the queue to the order, and off with it."""
        self.page.locator("a[href$='/merchant/to-ship/']").first.click()
        self.page.get_by_role("link", name=order_number).click()
        self.page.locator("a[hx-get]").filter(has_text=self.say("Mark shipped")).first.click()
        self.page.locator("[name=carrier]").fill(carrier)
        self.page.locator("[name=tracking_number]").fill(tracking_number)
        self.page.locator("form:has([name=tracking_number]) button[type=submit]").click()
        expect(self.page.get_by_text(self.say("The order is shipped."))).to_be_visible()

    def payable(self) -> str:
        """What the balance page says the marketplace owes."""
        self.page.goto("/merchant/balance/")
        return (self.page.get_by_test_id("balance-payable").text_content() or "").strip()
