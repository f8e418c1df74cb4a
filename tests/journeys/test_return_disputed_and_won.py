"""Buy from two merchants, ask for a part of one line's money, be refused, win the dispute; the statement agrees with the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core import invariants
from core.money import Money
from merchants.models import Merchant
from orders.models import AfterSalesCase, Checkout, MerchantOrder
from payments.models import LedgerEntry, PayoutStatement
from payments.selectors import balances, provider_clearing
from payments.services.payouts import run_payouts
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.payouts import make_account, make_due
from tests.journeys.conftest import COMPUTER, MakeShopper
from tests.journeys.seller import Seller
from tests.journeys.shopper import Shopper
from tests.journeys.test_purchase_of_two_merchants import CURRENCY, confirm_by_mail, make_two_shops, ship_all

pytestmark = pytest.mark.browser
REASON = "The photos show that it came broken."


def buy_two_of_the_first(shopper: Shopper) -> Checkout:
    tea, lamp = make_two_shops()
    shopper.page.goto("/")
    shopper.find_and_put_into_cart(tea)
    shopper.put_into_cart()
    shopper.find_and_put_into_cart(lamp)
    shopper.check_out()
    shopper.answer_bank("approve")
    shopper.is_at("/orders/.+/confirmation/")
    return Checkout.objects.get()


def complain(shopper: Shopper, order: MerchantOrder) -> AfterSalesCase:
    """One piece of two, without sending it back."""
    shopper.page.goto(f"/orders/{order.number}/return/?kind=refund_only")
    shopper.page.locator("[name^=take-]").select_option("1")
    shopper.page.locator("[name=reason]").select_option("damaged")
    shopper.page.locator("main form button[type=submit]").click()
    expect(shopper.find("asked-total")).to_be_visible()
    shopper.page.locator("[name=text]").fill("One of the two tins came broken.")
    shopper.find("send-case").click()
    shopper.is_at("/cases/.+/")
    return AfterSalesCase.objects.get()


def press(person: Shopper, action: str) -> None:
    """Open the dialog of this action on a back office page."""
    person.page.locator("a[hx-get]").filter(has_text=person.say(action)).first.click()


def send_dialog(person: Shopper, field: str) -> None:
    person.page.locator(f"form:has([name={field}]) button[type=submit]").last.click()


def refuse(seller: Seller, case: AfterSalesCase) -> None:
    seller.page.goto(f"/merchant/orders/aftersalescase/{case.pk}/change/")
    press(seller, "Refuse")
    seller.page.locator("[name=reason]").fill("It left our house in one piece.")
    send_dialog(seller, "reason")
    expect(seller.page.get_by_text(seller.say("The case is refused."))).to_be_visible()


def escalate(shopper: Shopper, case: AfterSalesCase) -> None:
    shopper.page.goto(f"/cases/{case.number}/")
    shopper.page.locator("summary:has-text('marketplace')").click()
    shopper.page.locator("#escalate-text").fill("Please look at the parcel's photos.")
    shopper.find("escalate").click()
    expect(shopper.find("case-status")).to_have_attribute("data-status", "escalated")


def give_verdict(operator: Shopper, case: AfterSalesCase) -> None:
    operator.sign_in(make_user(is_staff=True, is_superuser=True))
    operator.page.goto(f"/admin/orders/aftersalescase/{case.pk}/change/")
    press(operator, "Give the verdict")
    operator.page.locator("[name=outcome]").select_option("shopper")
    operator.page.locator("[name=reason]").fill(REASON)
    send_dialog(operator, "outcome")
    expect(operator.page.get_by_text(operator.say("The verdict is given."))).to_be_visible()


def statement_says(seller: Seller, merchant: Merchant) -> PayoutStatement:
    """Opening, payout and closing on the page are the statement's, the lines lead from one to the other, and all is in the ledger."""
    statement = PayoutStatement.objects.get(merchant=merchant)
    seller.page.goto(f"/merchant/payments/payoutstatement/{statement.pk}/change/")
    entries = LedgerEntry.objects.filter(account__merchant=merchant, account__kind="payable")
    paid = statement.payout.amount_minor
    shown = [("statement-opening", 0), ("statement-paid", paid), ("statement-closing", 0)]
    for place, minor in shown:
        expect(seller.find(place)).to_have_text(Money(minor, CURRENCY).format(seller.language))
    assert sum(entries.values_list("amount_minor", flat=True)) == 0
    assert set(statement.lines.values_list("entry_id", flat=True)) == set(entries.values_list("pk", flat=True))
    assert statement.opening_minor - sum(line.entry.amount_minor for line in statement.lines.select_related("entry")) == 0
    for kind, magic in (("pdf", b"%PDF"), ("csv", b"")):
        file = seller.page.request.get(f"/merchant/payments/payoutstatement/{statement.pk}/change/?format={kind}")
        assert file.ok
        assert file.body().startswith(magic)
    return statement


def test_a_part_is_returned_after_a_dispute_and_the_payout_agrees_with_the_ledger(new_shopper: MakeShopper) -> None:
    shopper = new_shopper("en", **COMPUTER)
    checkout = buy_two_of_the_first(shopper)
    drain()
    ship_all(new_shopper, checkout, "en")
    drain()
    confirm_by_mail(new_shopper("en", **COMPUTER), checkout)
    drain()
    tea, lamp = checkout.orders.select_related("merchant").order_by("number")

    case = complain(shopper, tea)
    drain()
    seller = new_shopper("en", kind=Seller)
    seller.enter(tea.merchant)
    refuse(seller, case)
    escalate(shopper, case)
    drain()
    give_verdict(new_shopper("en", **COMPUTER), case)
    drain()

    shopper.page.goto(f"/cases/{case.number}/")
    expect(shopper.page.get_by_text(REASON)).to_be_visible()
    expect(shopper.find("case-refunded")).to_have_text(Money(1_850, CURRENCY).format("en"))
    tea.refresh_from_db()
    assert (tea.refunded_minor, tea.status) == (1_850, "completed")
    assert provider_clearing(checkout.pk) == 0
    for order in (tea, lamp):
        make_account(order.merchant)
        make_due(order.merchant)
        assert balances(order.merchant_id, CURRENCY).held_minor == 0
    due = {order.merchant_id: balances(order.merchant_id, CURRENCY).payable_minor for order in (tea, lamp)}
    # 5 % of what was kept, and the tax on it, stay with the operator; half of one line's commission went back.
    assert due[lamp.merchant_id] == lamp.total_minor - lamp.commission_minor - lamp.commission_tax_minor

    run_payouts(at=timezone.now() + timedelta(seconds=1))
    drain()

    statement = statement_says(seller, tea.merchant)
    assert statement.payout.amount_minor == due[tea.merchant_id]
    assert PayoutStatement.objects.get(merchant=lamp.merchant).payout.amount_minor == due[lamp.merchant_id]
    assert LedgerEntry.objects.filter(account__kind="payouts").count() in {2, 4}
    assert invariants.violations() == {}
