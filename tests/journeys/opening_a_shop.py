"""What people do, page by page, until a new shop is open and its goods are on sale."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import expect

from catalog.models import Product
from catalog.tasks import work_on_imports
from tests.drain import drain
from tests.factories.applications import pdf
from tests.journeys.second_step import Colleague
from tests.journeys.seller import make_member

OWNER, CLERK = "owner@hillside.example", "clerk@hillside.example"


def apply(owner: Colleague) -> None:
    """Sign up on the way to the application, fill it in with its papers, watch the ring close, send it."""
    page = owner.page
    page.goto("/sell/")
    owner.find("sell-start").click()
    page.locator("main a[href*='/sign-up/']").click()
    owner.sign_up(OWNER)
    owner.is_at("/sell/apply/")
    owner.find("kind-company").click()
    shop = {"name": "Hillside Lamps", "name_zh": "山坡灯坊", "slug": "hillside-lamps", "contact": "Zhang Wei", "email": OWNER}
    place = {"phone": "138 0013 8000", "city": "Hangzhou", "address": "8 Temple Road", "tax_number": "91330100MA2H0000X1"}
    for name, text in (shop | place).items():
        page.locator(f"[data-testid=application] [name={name}]").fill(text)
    owner.find("save").click()
    owner.sees("Saved.")
    for number, expected in enumerate((71, 85, 100)):
        owner.find("document").set_input_files({"name": f"paper-{number}.pdf", "mimeType": "application/pdf", "buffer": pdf(str(number))})
        owner.find("document-add").click()
        expect(owner.find("progress")).to_have_attribute("data-percent", str(expected))
    owner.sees("Everything is there")
    owner.find("send").click()
    expect(owner.find("state")).to_have_attribute("data-state", "submitted")
    drain()


def let_in(operator: Colleague) -> None:
    """Sign in with a second step, read the application, open the shop, and ask to look at its goods first."""
    account = make_member(email="operator@example.com", is_staff=True, is_superuser=True)
    operator.page.goto("/admin/")
    operator.sign_in_as(account.email)
    operator.set_up_app()
    operator.is_at("/admin/")
    operator.page.locator("a.tile", has_text=operator.say("Shops to let in")).click()
    operator.page.get_by_role("link", name="Hillside Lamps").first.click()
    expect(operator.page.get_by_role("link", name="paper-0.pdf")).to_be_visible()
    operator.press("Approve")
    operator.confirm("The shop is open.")
    drain()
    operator.page.goto("/admin/merchants/merchant/")
    operator.page.get_by_role("link", name="Hillside Lamps").first.click()
    operator.page.locator("[name=needs_approval]").check()
    operator.page.locator("[name=_save]").click()
    operator.is_at("/admin/merchants/merchant/.*")


def open_back_office(owner: Colleague) -> None:
    """By the link of the mail; owners need a second step before any page opens, for an address that is theirs."""
    owner.open_mail("Hillside Lamps” is open")
    owner.page.locator("main a[href$='/merchant/']").first.click()
    expect(owner.find("confirm-first")).to_contain_text(OWNER)
    owner.confirm_address()
    owner.page.goto("/merchant/")
    owner.set_up_app()
    owner.is_at("/merchant/")


def set_delivery_price(owner: Colleague) -> None:
    """The shop has a warehouse in its town already; what delivery costs is for the owner to say."""
    owner.page.goto("/merchant/logistics/warehouse/")
    expect(owner.page.get_by_text("Hangzhou").first).to_be_visible()
    owner.page.goto("/merchant/logistics/shippingrate/")
    owner.page.locator("[name=flat_minor]").fill("5.00")
    owner.page.locator("[name=_save]").click()
    expect(owner.page.locator("[name=flat_minor]")).to_have_value("5.00")


def set_bank_account(owner: Colleague) -> None:
    owner.page.goto("/merchant/bank-account/")
    owner.page.get_by_role("link", name=owner.say("Set a bank account")).click()
    for name, text in {"holder": "Hillside Lamps Ltd", "number": "DE89370400440532013000", "bank_code": "COBADEFFXXX"}.items():
        owner.page.locator(f"[name={name}]").fill(text)
    owner.page.locator("[name=country]").select_option("DE")
    owner.page.locator("form:has([name=holder]) button[type=submit]").click()
    expect(owner.find("bank-account")).to_contain_text("Hillside Lamps Ltd")
    drain()


def invite(owner: Colleague) -> None:
    owner.page.goto("/merchant/merchants/invitation/add/")
    owner.page.locator("[name=email]").fill(CLERK)
    owner.page.locator("[name=role]").select_option("fulfilment")
    owner.page.locator("[name=_save]").click()
    expect(owner.page.get_by_text(CLERK).first).to_be_visible()
    drain()


def join(clerk: Colleague) -> None:
    """By the link of the mail, with an account made on the way; a clerk's role asks for no second step."""
    clerk.open_mail("Work for Hillside Lamps")
    clerk.page.locator("main a[href*='/team/join/']").first.click()
    clerk.find("team-sign-up").click()
    clerk.sign_up(CLERK)
    clerk.find("team-join").click()
    clerk.is_at("/merchant/")


def file_of_products() -> bytes:
    """Twenty lanterns as another shop system writes them, one of them with a price nobody can read."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["SKU", "Title", "Title (Chinese)", "Category", "What it costs", "Weight (g)", "Stock"])
    for number in range(1, 21):
        rows.writerow([f"HL-{number}", f"Paper lantern {number}", f"纸灯笼 {number}", "Lighting", f"{10 + number}.50", "300", "40"])
    return out.getvalue().encode()


def bring_products(owner: Colleague) -> None:
    """Upload, say what the columns mean, look at the dry run, confirm, and see that it is done."""
    page = owner.page
    page.goto("/merchant/imports/")
    page.locator("[name=file]").set_input_files({"name": "lanterns.csv", "mimeType": "text/csv", "buffer": file_of_products()})
    page.get_by_role("button", name=owner.say("Upload")).click()
    owner.is_at("/merchant/imports/.+/")
    page.get_by_label("What it costs").select_option("price")
    page.get_by_role("button", name=owner.say("Check the rows")).click()
    owner.sees("We read your file and look at every row")
    finish_import()
    owner.sees("What was wrong")  # nobody knows the category "Lighting" yet
    page.get_by_role("link", name=owner.say("Other columns")).click()
    page.get_by_label("Lighting").select_option("lamps")
    page.get_by_role("button", name=owner.say("Check the rows")).click()
    finish_import()
    expect(owner.find("made")).to_have_text("20")
    expect(owner.find("failed")).to_have_text("0")
    assert not Product.objects.exists()
    page.get_by_role("button", name=owner.say("Import now")).click()
    owner.sees("Your products are being imported")
    finish_import()
    expect(owner.find("import-status")).to_have_text("Imported")
    assert Product.objects.filter(status="draft").count() == 20
    drain()


def finish_import() -> None:
    """The worker's part; the page looks again by itself."""
    while work_on_imports():
        pass


def send_in(owner: Colleague) -> None:
    """A new shop's goods are looked at before they are on sale."""
    owner.page.goto("/merchant/catalog/product/")
    owner.choose_all("publish_selected", "20 products changed.")
    assert Product.objects.filter(status="pending").count() == 20


def agree(operator: Colleague) -> None:
    operator.page.goto("/admin/")
    operator.page.locator("a.tile", has_text=operator.say("Goods to approve")).click()
    operator.choose_all("approve_selected", "20 products are approved.")
    assert Product.objects.filter(status="published").count() == 20
    drain()
