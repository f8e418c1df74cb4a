"""People who enter a back office as everybody does: an account, the sign-in form, and the second step that their role asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD
from tests.factories.second_factors import code
from tests.journeys.shopper import Shopper

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Colleague(Shopper):
    """Somebody with a browser and, where it is asked for, an authenticator app. Nothing here knows the database."""

    secret = ""

    def sign_up(self, email: str) -> None:
        """Fill in the form that is open."""
        self.page.locator("[name=email]").fill(email)
        self.page.locator("[name=password1]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()

    def sign_in_as(self, email: str) -> None:
        """Fill in the form that is open."""
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()

    def confirm_address(self) -> None:
        """By the link of the mail that came after signing up."""
        self.open_mail("Confirm")
        self.page.locator("main a[href*='/sign-up/confirm/']").first.click()
        self.page.locator("main form button[type=submit]").click()

    def set_up_app(self) -> None:
        """Where a role leads to that needs a second step: add an authenticator app, see the recovery codes, go on."""
        self.is_at("/account/security/")
        self.find("add-app").click()
        self.page.locator("main [name=password]").fill(PASSWORD)
        self.page.locator("main form:has([name=password]) button[type=submit]").click()
        self.secret = (self.find("totp-secret").text_content() or "").strip()
        self.give_code("/account/again/code/.*")
        self.give_code("/account/security/codes/")
        self.page.goto("/account/security/")
        self.find("second-factor-on").click()

    def give_code(self, leads_to: str) -> None:
        """Type what the app shows; once more where the half minute of the first code was over."""
        for _ in range(2):
            before = self.page.url
            self.page.locator("main [name=code]").fill(code(self.secret))
            with self.page.expect_navigation():
                self.page.locator("main form:has([name=code]) button[type=submit]").click()
            if self.page.url != before:
                break
        self.is_at(leads_to)

    def press(self, action: str) -> None:
        """Open the dialog of an action of this row."""
        self.page.locator("a[hx-get]").filter(has_text=self.say(action)).first.click()
        expect(self.page.locator("#dialog button[type=submit]")).to_be_visible()

    def confirm(self, done: str) -> None:
        """Send the dialog that is open, and read that it is done."""
        self.page.locator("#dialog button[type=submit]").last.click()
        expect(self.page.get_by_text(self.say(done)).first).to_be_visible()

    def choose_all(self, action: str, done: str) -> None:
        """Mark every row of the list that is open and run an action over them."""
        self.page.locator("#action-toggle").check()
        self.page.locator("select[name=action]").select_option(action)
        self.page.locator("#changelist-actions button[type=submit]").click()
        expect(self.page.get_by_text(done).first).to_be_visible()

    def open_mail(self, subject: str) -> Page:
        """The newest mail of this subject, in the demo's mailbox."""
        self.page.goto("/dev/mailbox/")
        self.page.locator("main a[href^='/dev/mailbox/']").filter(has_text=subject).first.click()
        self.is_at("/dev/mailbox/.+/")
        return self.page

    def menu(self) -> list[str]:
        """The addresses that the sidebar offers."""
        offered = self.page.locator("#nav-sidebar a[href^='/merchant/']")
        offered.first.wait_for(state="attached")
        links = offered.all()
        return sorted({str(link.get_attribute("href")) for link in links} - {"/merchant/password_change/"})
