"""The pages of companies, and of their trade prices."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company, User
from accounts.services.companies import invite_colleague
from catalog.models import TradeAccount, Variant
from catalog.rules.quantities import Tier
from catalog.services.price_lists import NewRow, set_rows
from core import outbox
from orders.models import Checkout
from orders.printing import pdf_of
from orders.services.papers import issue_invoice
from support.links import company_join_url
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.companies import administrator_of, give_list, make_colleague, make_company, make_price_list
from tests.factories.merchants import make_membership
from tests.factories.orders import ADDRESS, make_goods

FIELDS = {
    "name": "Lotus Hotels", "tax_number": "91310000", "country": "CN", "address": "9 Trade Road", "contact": "Wang Wei",
    "email": "office@example.com", "phone": "+86 21 5555 0000",
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def shopper(client: Client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def test_who_is_not_signed_in_is_asked_to(client: Client, goods: Variant) -> None:
    for path in ("/account/company/", "/account/company/shops/", "/account/company/shops/ask/?shop=x", "/account/company/join/x/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_from_a_shops_page_to_trade_prices(client: Client, shopper: User, goods: Variant) -> None:
    ask = f"/account/company/shops/ask/?shop={goods.merchant.slug}"
    assert ask in client.get(f"/p/{goods.product.slug}/").text
    assert ask in client.get(f"/s/{goods.merchant.slug}/").text

    opened = client.get(ask, follow=True)
    assert "Open your company" in opened.text
    client.post("/account/company/", FIELDS)
    company = Company.objects.get()
    assert company.number in client.get("/account/company/").text
    sent = client.post(ask, {"message": "A hundred a month"}, follow=True)
    assert "The shop has been asked." in sent.text
    again = client.post(ask, {"message": ""})
    assert again.status_code == 409

    account = TradeAccount.objects.get()
    price_list = make_price_list(goods, (1, 1_100))
    client.force_login(make_membership(goods.merchant, make_user(), "owner").user)
    home = client.get("/merchant/").text
    assert "Companies that ask for prices" in home
    client.post(
        reverse("merchant:catalog_tradeaccount_approve", args=[account.pk]), {"_form_submitted": "1", "price_list": str(price_list.pk)}
    )
    outbox.relay(now=timezone.now())
    assert set(Mail.objects.values_list("kind", flat=True)) >= {"trade_approved"}

    client.force_login(shopper)
    page = client.get(f"/p/{goods.product.slug}/")
    assert "Trade price of Lotus Hotels" in page.text
    assert page["Cache-Control"] == "private, no-store"
    client.post("/cart/add/", {"variant": str(goods.pk), "quantity": "2"})
    cart = client.get("/cart/").text
    assert "Trade price of Lotus Hotels" in cart
    assert "$22.00" in cart
    assert 'name="purchase_number"' in client.get("/checkout/").text


def test_what_is_no_company_is_said_field_by_field(client: Client, shopper: User) -> None:
    answer = client.post("/account/company/", {**FIELDS, "name": "", "country": "XX"})

    assert answer.status_code == 422
    assert not Company.objects.exists()


def test_a_colleague_comes_by_the_link_in_the_mail(client: Client) -> None:
    company, colleague = make_company(name="Lotus Hotels"), make_user()
    client.force_login(administrator_of(company))
    client.post("/account/company/invite/", {"email": colleague.email, "role": "buyer"})
    assert colleague.email in client.get("/account/company/").text
    link = company_join_url(company.invitations.get().pk)

    stranger = client.get(link)
    client.force_login(colleague)
    shown = client.get(link)
    joined = client.post(link, follow=True)

    assert stranger.status_code == 409
    assert "Buy for Lotus Hotels?" in shown.text
    assert "You buy for Lotus Hotels now." in joined.text
    assert client.get(link).status_code == 409
    assert client.get("/account/company/join/made-up/").status_code == 409


def test_roles_and_leaving(client: Client) -> None:
    company = make_company()
    administrator, buyer = administrator_of(company), make_colleague(company)
    client.force_login(administrator)

    assert client.post("/account/company/leave/").status_code == 409
    client.post(f"/account/company/people/{buyer.pk}/administrator/")
    assert client.post("/account/company/leave/", follow=True).status_code == 200
    assert client.post(f"/account/company/people/{buyer.pk}/buyer/").status_code == 404
    client.force_login(buyer)
    assert client.post(f"/account/company/people/{buyer.pk}/nothing/").status_code == 404
    assert client.post(f"/account/company/people/{buyer.pk}/remove/").status_code == 409
    assert list(company.members.all()) == [buyer]


def test_buyers_see_the_company_and_change_nothing(client: Client, goods: Variant) -> None:
    company = make_company()
    invite_colleague(user=administrator_of(company), email="x@example.com", role="buyer", language="en", at=timezone.now())
    give_list(company, make_price_list(goods, (1, 900)))
    account = TradeAccount.objects.get()
    client.force_login(make_colleague(company))

    page = client.get("/account/company/").text

    assert company.name in page
    assert "x@example.com" not in page
    assert client.post("/account/company/", FIELDS).status_code == 403
    assert client.post("/account/company/invite/", {"email": "y@example.com", "role": "buyer"}).status_code == 403
    assert client.post(f"/account/company/shops/{account.pk}/end/").status_code == 403
    assert client.post(f"/account/company/shops/ask/?shop={goods.merchant.slug}", {"message": ""}).status_code == 403
    account.refresh_from_db()
    assert account.status == "approved"


def test_another_companys_account_does_not_exist(client: Client, goods: Variant) -> None:
    company = make_company()
    account = give_list(company, make_price_list(goods, (1, 900)))
    client.force_login(administrator_of(make_company()))

    for action in ("accept", "end", "x"):
        assert client.post(f"/account/company/shops/{account.pk}/{action}/").status_code == 404
    assert company.name not in client.get("/account/company/shops/").text
    account.refresh_from_db()
    assert account.status == "approved"


@pytest.mark.parametrize("price", [1_237])
def test_a_companys_price_is_in_nobody_elses_bytes(client: Client, goods: Variant, price: int) -> None:
    """The canary: company A's price and name, on every page and fragment that shows the goods, drawn for A first and last."""
    company, other = make_company(name="Canary Works"), make_company()
    give_list(company, make_price_list(goods, (1, price)))
    slug = goods.product.slug
    pages = [
        f"/p/{slug}/", f"/p/{slug}/?v={goods.pk}", f"/p/{slug}/?stars=5", "/", f"/s/{goods.merchant.slug}/", "/search/?q=lantern",
        "/cart/", "/cart/mini/", "/checkout/", "/wishlist/", "/recent/", f"/compare/?p={goods.product.pk}", "/account/company/shops/",
        f"/api/v1/products/{slug}/", "/api/v1/products/",
    ]  # fmt: skip

    def bytes_for(user: User | None) -> dict[str, bytes]:
        browser = Client()
        if user is not None:
            browser.force_login(user)
        browser.post("/cart/add/", {"variant": str(goods.pk), "quantity": "1"})
        seen = {}
        for path in pages:
            for header in ({}, {"HX-Request": "true"}):
                seen[f"{path} {header}"] = browser.get(path, headers=header).content
        seen["refused"] = browser.post("/cart/add/", {"variant": str(goods.pk), "quantity": "99999"}).content
        return seen

    before = bytes_for(None)
    theirs = bytes_for(administrator_of(company))
    others: list[User | None] = [None, make_user(), administrator_of(other)]

    assert any(b"Canary Works" in body for body in theirs.values())
    assert any(b"12.37" in body for body in theirs.values())
    for seen in (before, *map(bytes_for, others)):
        for path, body in seen.items():
            assert b"Canary Works" not in body, path
            for spelling in (b"12.37", b">12<", b"1237", b".37"):
                assert spelling not in body.replace(str(goods.pk).encode(), b""), (path, spelling)


def test_a_members_product_page_costs_always_as_many_statements_more(client: Client, goods: Variant) -> None:
    def statements(user: User) -> int:
        client.force_login(user)
        client.get(f"/p/{goods.product.slug}/")
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/p/{goods.product.slug}/")
        return len(seen)

    company = make_company()
    ordinary, member = statements(make_user()), statements(make_colleague(company))
    give_list(company, make_price_list(goods, (1, 900), (10, 800), (100, 700)))

    assert member == ordinary + 1
    with_list = statements(make_colleague(company))
    give_more = make_company()
    give_list(give_more, make_price_list(goods, (1, 900)))
    assert statements(make_colleague(give_more)) == with_list


def test_an_order_shows_company_number_and_what_others_pay(client: Client, goods: Variant) -> None:
    company = make_company(name="Lotus Hotels")
    give_list(company, make_price_list(goods, (1, 1_100)))
    buyer = make_colleague(company)
    client.force_login(buyer)
    client.post("/cart/add/", {"variant": str(goods.pk), "quantity": "2"})
    form = client.get("/checkout/").context["form"]
    values = {name: form[name].value() for name in ("key", "seen_total", "seen_currency")}
    place = {**ADDRESS, "email": buyer.email, "gateway": "sandbox"}

    long = client.post("/checkout/", {**values, **place, "purchase_number": "x" * 41})
    client.post("/checkout/", {**values, **place, "purchase_number": "PO-<b>77"})

    assert long.status_code == 422
    checkout = Checkout.objects.get()
    assert (checkout.company, checkout.purchase_number, checkout.goods_minor) == (company, "PO-<b>77", 2_200)
    page = client.get(f"/orders/{checkout.number}/").text
    assert "PO-&lt;b&gt;77" in page
    assert "Lotus Hotels" in page
    assert "Trade price" in page
    checkout.orders.update(status="paid", paid_at=timezone.now())
    invoice = issue_invoice(order_id=checkout.orders.get().pk, at=timezone.now())
    assert invoice.content["purchase_number"] == "PO-<b>77"
    assert (invoice.content["buyer"]["name"], invoice.content["buyer"]["tax_number"]) == ("Lotus Hotels", company.tax_number)
    assert pdf_of(invoice).startswith(b"%PDF")
    client.force_login(make_membership(goods.merchant, make_user(), "owner").user)
    seen = client.get(reverse("merchant:orders_merchantorder_change", args=[checkout.orders.get().pk])).text
    assert "PO-&lt;b&gt;77" in seen
    assert "price list List" in seen


def test_a_price_that_changed_is_said_before_a_companys_order_is_placed(client: Client, goods: Variant) -> None:
    company = make_company()
    price_list = make_price_list(goods, (1, 1_100))
    give_list(company, price_list)
    buyer = make_colleague(company)
    client.force_login(buyer)
    client.post("/cart/add/", {"variant": str(goods.pk), "quantity": "1"})
    form = client.get("/checkout/").context["form"]
    values = {name: form[name].value() for name in ("key", "seen_total", "seen_currency")}
    set_rows(price_list_id=price_list.pk, rows=[NewRow(goods.sku, [Tier(1, 1_150)])])
    place = {**ADDRESS, "email": buyer.email, "gateway": "sandbox"}

    answer = client.post("/checkout/", {**values, **place})

    assert answer.status_code == 409
    assert not Checkout.objects.exists()


@pytest.mark.parametrize("path", ["/cart/", "/cart/mini/", "/checkout/"])
def test_a_companys_cart_costs_one_statement_more_at_any_length(client: Client, goods: Variant, path: str) -> None:
    company = make_company()

    def statements(user: User, *more: Variant) -> int:
        client.force_login(user)
        for variant in (goods, *more):
            client.post("/cart/add/", {"variant": str(variant.pk), "quantity": "1"})
        client.get(path, headers={"HX-Request": "true"} if "mini" in path else {})
        with CaptureQueriesContext(connection) as seen:
            client.get(path, headers={"HX-Request": "true"} if "mini" in path else {})
        return len(seen)

    ordinary, member = statements(make_user()), statements(make_colleague(company))
    others = [make_goods(merchant=goods.merchant) for _ in range(3)]
    for variant in others:
        make_price_list(variant, (1, 500))
    give_list(company, make_price_list(goods, (1, 1_100)))

    assert member == ordinary + 1
    assert statements(make_colleague(company), *others) == statements(make_user(), *others) + 1
