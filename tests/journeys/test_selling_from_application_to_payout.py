"""From "I would like to sell here" to the money in the bank: everything a merchant does, by the pages that are there for it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from catalog.models import Product
from core import invariants
from core.money import Money
from logistics.models import CarrierBooking
from logistics.services.tracking import move_simulated_parcels
from merchants.models import Merchant
from orders.models import MerchantOrder
from payments.models import BankAccount, LedgerEntry, PayoutSchedule, PayoutStatement
from payments.selectors import balances, provider_clearing
from payments.services.payouts import run_payouts
from tests.browser import gunicorn
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import make_category
from tests.journeys.conftest import COMPUTER, MakeShopper
from tests.journeys.opening_a_shop import (
    agree,
    apply,
    bring_products,
    invite,
    join,
    let_in,
    open_back_office,
    send_in,
    set_bank_account,
    set_delivery_price,
)
from tests.journeys.second_step import Colleague
from tests.journeys.shopper import Shopper
from tests.pdf_codes import code128_texts, has_qr_finders

if TYPE_CHECKING:
    from playwright.sync_api import Route
    from pytest_django import Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CURRENCY = "USD"
ADDRESS = {"name": "李娜 Li Na", "address": "中山路 18 号 3 单元", "city": "上海"}
# What a fulfilment clerk finds in the menu, and some of what the owner finds there besides.
CLERKS_MENU = {
    "", "to-ship/", "orders/merchantorder/", "orders/aftersalescase/", "logistics/shipment/", "routes/", "orders/undeliveredparcel/",
    "logistics/carrierclaim/", "orders/invoice/", "health/", "catalog/product/", "catalog/variant/", "orders/quote/", "catalog/pricelist/",
    "catalog/tradeaccount/", "catalog/proposal/", "catalog/pricechange/", "prices/", "imports/", "logistics/stock/", "logistics/transfer/",
    "logistics/purchaseorder/", "logistics/supplier/", "logistics/stockcount/", "logistics/shippingrate/", "logistics/shippingzone/",
    "logistics/warehouse/", "logistics/carrieraccount/", "logistics/vehicle/", "logistics/deliveryslot/", "logistics/pickuppoint/",
    "pick-ups/", "waves/", "floors/",
}  # fmt: skip
NOT_THE_CLERKS = (
    "balance/", "payouts/", "bank-account/", "payments/payout/", "payments/payoutstatement/", "merchants/membership/",
    "merchants/invitation/", "merchants/apikey/", "merchants/operation/", "merchants/merchant/",
)  # fmt: skip


@pytest.fixture(scope="module")
def _strict_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A shop as it is run for real: owners and operators need a second step."""
    with gunicorn(tmp_path_factory.mktemp("strict-server"), MFA_REQUIRED="1", SIMULATED_CARRIER_MISHAPS="0") as address:
        yield address


@pytest.fixture
def shop_server(_strict_server: str, transactional_db: None, settings: Settings) -> str:
    settings.SIMULATED_CARRIER_MISHAPS = False  # what the carrier tells is asked for by the test, in the worker's place
    return _strict_server


def test_a_merchant_signs_up_sells_ships_and_is_paid(new_shopper: MakeShopper) -> None:
    make_category("Lamps", slug="lamps")
    make_category("Teas", slug="teas")
    owner, operator, clerk = (new_shopper(kind=Colleague) for _ in range(3))

    apply(owner)
    let_in(operator)
    open_back_office(owner)
    set_delivery_price(owner)
    set_bank_account(owner)
    invite(owner)
    join(clerk)
    sees_only_what_a_clerk_may(clerk)
    bring_products(owner)
    send_in(owner)
    agree(operator)
    member = make_user()
    shopper = new_shopper("en", **COMPUTER)
    shopper.sign_in(member)
    first, second = buy(shopper, "Paper lantern 1"), buy(shopper, "Paper lantern 2")
    print_labels(clerk, [first, second])
    pack_by_scan(clerk, first)
    send_by_rows(clerk, second)
    delivered(shopper, [first, second])
    completed(shopper, first, second)
    paid_out(owner, [first, second])
    assert invariants.violations() == {}


def sees_only_what_a_clerk_may(clerk: Colleague) -> None:
    assert {link.removeprefix("/merchant/") for link in clerk.menu()} == CLERKS_MENU
    for address in NOT_THE_CLERKS:
        with clerk.watch.expect(403):
            answer = clerk.page.goto(f"/merchant/{address}")
        assert answer is not None
        assert answer.status == 403, address
    clerk.page.goto("/merchant/")


def buy(shopper: Shopper, title: str) -> MerchantOrder:
    shopper.page.goto("/")
    product = Product.objects.get(title=title)
    shopper.find_and_put_into_cart(product)
    shopper.check_out(**ADDRESS)
    shopper.answer_bank("approve")
    shopper.is_at("/orders/.+/confirmation/")
    drain()
    return MerchantOrder.objects.select_related("checkout", "merchant").get(checkout__number=shopper.order_number())


def print_labels(clerk: Colleague, orders: list[MerchantOrder]) -> None:
    """Both labels in one file, as the button makes it."""
    files: list[bytes] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        files.append(answer.body())
        route.fulfill(response=answer)

    page = clerk.page
    page.goto("/merchant/")
    page.locator("a.tile", has_text=clerk.say("To ship")).first.click()
    for order in orders:
        page.get_by_label(f"{clerk.say('Choose')} {order.number}").check()
    page.locator("[name=carrier]").fill("Jishi Express")
    clerk.context.route("**/merchant/to-ship/", keep)
    with clerk.context.expect_page() as opened:
        page.get_by_role("button", name=clerk.say("Labels 100 × 150 mm")).click()
    opened.value.close()
    clerk.context.unroute("**/merchant/to-ship/")
    labels = {
        order.number: label for order in orders for label in PdfReader(io.BytesIO(files[0])).pages if order.number in label.extract_text()
    }
    assert len(PdfReader(io.BytesIO(files[0])).pages) == len(labels) == 2
    for number, label in labels.items():
        text = label.extract_text()
        for words in (*ADDRESS.values(), "Hillside Lamps", "Parcel 1 of 1", "Jishi Express"):
            assert words in text, words
        assert code128_texts(label) == [number]
        assert has_qr_finders(label)


def pack_by_scan(clerk: Colleague, order: MerchantOrder) -> None:
    """As with a hand scanner: the order's code, the article's code, and Enter, because this carrier makes the number."""
    page = clerk.page
    page.get_by_role("link", name=clerk.say("Scan and pack")).click()
    page.locator("[name=carrier]").fill("Jishi Express")
    for code, answer in (
        (order.number, "is open. Scan its items."),
        (order.lines.get().sku, "Press Enter: Jishi Express gives the number."),
        ("", f"Order {order.number} is shipped."),
    ):
        page.locator("#code").fill(code)
        page.locator("#code").press("Enter")
        expect(page.locator("#scan-said")).to_contain_text(answer)
    expect(page.locator("#scan-said")).to_contain_text(CarrierBooking.objects.get(shipment__reference=order.pk).tracking_number)
    drain()


def send_by_rows(clerk: Colleague, order: MerchantOrder) -> None:
    """A CSV file with the numbers; of this carrier without one."""
    page = clerk.page
    page.goto("/merchant/to-ship/numbers/")
    rows = f"Order number,Carrier,Tracking number\n{order.number},Jishi Express,\n".encode()
    page.locator("[name=file]").set_input_files({"name": "numbers.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name=clerk.say("Check the rows")).click()
    expect(page.get_by_text("1 order can be shipped.")).to_be_visible()
    page.get_by_role("button", name=clerk.say("Mark shipped")).click()
    expect(page.get_by_text("1 order is shipped.")).to_be_visible()
    drain()


def delivered(shopper: Shopper, orders: list[MerchantOrder]) -> None:
    """The built-in carrier's clock goes on; the shopper's page tells where the parcel is."""
    for hours, status, words in ((12, "shipped", "On the way"), (33, "shipped", "Out for delivery"), (40, "delivered", "Delivered")):
        for booking in CarrierBooking.objects.all():
            move_simulated_parcels(at=booking.booked_at + dt.timedelta(seconds=hours * booking.hour_seconds))
        drain()
        for order in orders:
            shopper.page.goto(f"/orders/{order.checkout.number}/")
            block = shopper.find("merchant-order")
            expect(block).to_contain_text(words)
            expect(block.get_by_test_id("order-status")).to_have_attribute("data-status", status)


def completed(shopper: Shopper, first: MerchantOrder, second: MerchantOrder) -> None:
    """One shopper says so, of the other nothing is heard until the deadline."""
    shopper.page.goto(f"/orders/{first.checkout.number}/")
    shopper.find("confirm-receipt").click()
    shopper.sees("Thank you. The merchant is paid now.")
    MerchantOrder.objects.filter(pk=second.pk).update(complete_by=timezone.now())
    drain()
    assert set(MerchantOrder.objects.values_list("status", flat=True)) == {"completed"}


def paid_out(owner: Colleague, orders: list[MerchantOrder]) -> None:
    """The next payout comes when its day has come and the account has waited; its statement is the ledger's, to the cent."""
    [merchant] = Merchant.objects.all()
    due = sum(order.goods_minor + order.shipping_minor - order.commission_minor for order in MerchantOrder.objects.all())
    assert balances(merchant.pk, CURRENCY).payable_minor == due
    assert balances(merchant.pk, CURRENCY).held_minor == 0
    assert [provider_clearing(order.checkout_id) for order in orders] == [0, 0]
    owner.page.goto("/merchant/payouts/")
    expect(owner.find("payouts-payable")).to_have_text(Money(due, CURRENCY).format("en"))
    usable = BankAccount.objects.get().usable_from
    day = max(PayoutSchedule.objects.get().next_payout_at, usable) + dt.timedelta(seconds=1)
    run_payouts(at=day)
    drain()

    owner.page.goto("/merchant/payouts/")
    statement = PayoutStatement.objects.get(merchant=merchant)
    owner.page.get_by_role("link", name=str(statement)).first.click()
    amounts = {"statement-opening": 0, "statement-paid": due, "statement-closing": 0}
    for place, minor in amounts.items():
        expect(owner.find(place)).to_have_text(Money(minor, CURRENCY).format("en"))
    entries = LedgerEntry.objects.filter(account__merchant=merchant, account__kind="payable")
    assert set(statement.lines.values_list("entry_id", flat=True)) == set(entries.values_list("pk", flat=True))
    assert sum(entries.values_list("amount_minor", flat=True)) == 0
    for order in orders:
        expect(owner.page.locator("table.statement")).to_contain_text(order.number)
    with owner.page.expect_download() as saving:
        owner.page.get_by_role("link", name=owner.say("Download PDF")).click()
    text = "".join(page.extract_text() for page in PdfReader(saving.value.path()).pages)
    assert Money(due, CURRENCY).format("en") in text
