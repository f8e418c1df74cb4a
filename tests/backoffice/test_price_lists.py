"""A merchant makes price lists and decides which company has which."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import PriceList, TradeAccount, Variant
from catalog.services.trade_accounts import ask_trade_prices
from tests.factories.accounts import make_user
from tests.factories.companies import administrator_of, give_list, make_company, make_price_list
from tests.factories.merchants import make_membership
from tests.factories.orders import make_goods

pytestmark = pytest.mark.django_db
LIST = {"name": "Hotels", "currency": "USD", "is_active": "on"}


@pytest.fixture
def goods() -> Variant:
    return make_goods(price=1_000)


@pytest.fixture
def owner(client: Client, goods: Variant) -> Client:
    client.force_login(make_membership(goods.merchant, make_user(), "owner").user)
    return client


def make(owner: Client, table: str = "", **more: Any) -> Any:
    return owner.post(reverse("merchant:catalog_pricelist_add"), {**LIST, "table": table, **more}, follow=True)


@pytest.mark.parametrize(
    "table",
    [
        "SKU,From quantity,Price,Least quantity\n{sku},1,9.00,10\n{sku},100,8.5,\n",
        "sku\tfrom\tprice\tmoq\n{sku}\t1\t9.00\t10\n{sku}\t100\t8.50\t\n",
        "货号,起始数量,单价,起订量\n{sku},100,8.50,\n{sku},1,9,10\n",
    ],
)
def test_prices_are_pasted_as_a_table(owner: Client, goods: Variant, table: str) -> None:
    make(owner, table.format(sku=goods.sku))

    price_list = PriceList.objects.get()
    row = price_list.rows.get()
    assert (price_list.merchant, price_list.name, row.variant, row.least) == (goods.merchant, "Hotels", goods, 10)
    assert row.steps == [[1, 900], [100, 850]]


def test_saving_a_list_as_it_is_changes_nothing(owner: Client, goods: Variant) -> None:
    price_list = make_price_list(goods, (1, 900), (10, 800), least=3)
    url = reverse("merchant:catalog_pricelist_change", args=[price_list.pk])
    form = owner.get(url).context["adminform"].form

    owner.post(url, {"name": price_list.name, "currency": "USD", "is_active": "on", "table": form.fields["table"].initial})
    same = PriceList.objects.get()
    owner.post(url, {"name": "New name", "currency": "USD", "table": ""})

    assert same.version == price_list.version
    changed = PriceList.objects.get()
    assert (changed.name, changed.is_active, changed.rows.count(), changed.version) == ("New name", False, 0, price_list.version + 2)


def test_a_file_takes_the_place_of_the_table(owner: Client, goods: Variant) -> None:
    file = SimpleUploadedFile("prices.csv", f"SKU;Price\n{goods.sku};7,50\n".encode("utf-16"))

    make(owner, "SKU,Price\nnonsense,1\n", file=file)

    assert PriceList.objects.get().rows.get().steps == [[1, 750]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Name,Cost\nx,1\n", "must name the columns"),
        ("SKU,Price\nunknown,9\n", "you have no such SKU"),
        ("SKU,Price\n{sku},0\n", "Row 1: A price must be above zero."),
        ("SKU,Price\n{sku},9.999\n", "Row 1:"),
        ("SKU,Price\n,9\n", "Row 1: The SKU is missing."),
        ("SKU,From,Price\n{sku},1,9\n{sku},10,9\n", "get lower"),
        ("SKU,From,Price\n{sku},1,9\n{sku},1,8\n", "get lower"),
        ("SKU,From,Price\n{sku},many,9\n", "Row 1: This is not a number."),
        ("SKU,From,Price\n{sku},1.5,9\n", "whole number"),
        ('SKU,Price\n"{sku},9\n', "Row 1:"),
        ("SKU,Price\n", "Prices"),
    ],
)
def test_each_row_that_cannot_be_used_is_told_and_nothing_is_kept(owner: Client, goods: Variant, table: str, said: str) -> None:
    answer = make(owner, table.format(sku=goods.sku))

    assert answer.status_code == 200
    assert said in answer.text
    assert not PriceList.objects.exists()


def test_another_shops_sku_is_as_unknown_as_one_that_never_was(owner: Client) -> None:
    theirs = make_goods()

    answer = make(owner, f"SKU,Price\n{theirs.sku},9\n")

    assert f"{theirs.sku}: you have no such SKU" in answer.text
    assert not PriceList.objects.exists()


@pytest.mark.parametrize("changes", [{"name": ""}, {"currency": "XXX"}, {"valid_from": "2030-02-02", "valid_until": "2030-02-01"}])
def test_a_list_needs_a_name_a_currency_and_days_in_order(owner: Client, changes: Any) -> None:
    answer = make(owner, **changes)

    assert answer.status_code == 200
    assert not PriceList.objects.exists()


def test_a_company_is_offered_a_list_by_its_number(owner: Client, goods: Variant) -> None:
    price_list, company = make_price_list(goods, (1, 900)), make_company()
    add = reverse("merchant:catalog_tradeaccount_add")

    unknown = owner.post(add, {"number": "C-0000", "price_list": str(price_list.pk)})
    owner.post(add, {"number": company.number.lower(), "price_list": str(price_list.pk)})
    twice = owner.post(add, {"number": company.number, "price_list": str(price_list.pk)})

    assert "No company has this number." in unknown.text
    account = TradeAccount.objects.get()
    assert (account.company, account.status, account.price_list) == (company, "invited", price_list)
    assert twice.status_code == 200
    page = reverse("merchant:catalog_tradeaccount_change", args=[account.pk])
    assert company.tax_number not in owner.get(page).text
    browser = Client()
    browser.force_login(administrator_of(company))
    assert goods.merchant.name in browser.get("/account/company/shops/").text
    browser.post(f"/account/company/shops/{account.pk}/accept/")
    account.refresh_from_db()
    assert account.status == "approved"
    assert company.tax_number in owner.get(page).text


def test_a_list_of_another_shop_cannot_be_given(owner: Client, goods: Variant) -> None:
    company, theirs = make_company(), make_price_list(make_goods(), (1, 900))
    account = ask_trade_prices(user=administrator_of(company), merchant=goods.merchant, message="", at=timezone.now())

    owner.post(reverse("merchant:catalog_tradeaccount_approve", args=[account.pk]), {"_form_submitted": "1", "price_list": str(theirs.pk)})
    owner.post(reverse("merchant:catalog_tradeaccount_add"), {"number": make_company().number, "price_list": str(theirs.pk)})

    account.refresh_from_db()
    assert (account.status, account.price_list) == ("requested", None)
    assert TradeAccount.objects.count() == 1


def test_refusing_ending_and_another_list(owner: Client, goods: Variant) -> None:
    first, second = make_price_list(goods, (1, 900)), make_price_list(goods, (1, 800))
    company, refused = make_company(), make_company()
    account = give_list(company, first)
    other = ask_trade_prices(user=administrator_of(refused), merchant=goods.merchant, message="", at=timezone.now())

    def press(action: str, row: TradeAccount, **values: str) -> None:
        owner.post(reverse(f"merchant:catalog_tradeaccount_{action}", args=[row.pk]), {"_form_submitted": "1", **values})
        row.refresh_from_db()

    press("another_list", account, price_list=str(second.pk))
    assert account.price_list == second
    press("end", account, reason="No orders")
    press("refuse", other, reason="Only hotels")
    assert (account.status, account.note, other.status, other.note) == ("ended", "No orders", "refused", "Only hotels")


def test_lists_and_accounts_cost_as_many_statements_however_many_there_are(
    owner: Client, goods: Variant, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements() -> list[int]:
        counts = []
        for page in ("pricelist", "tradeaccount"):
            with CaptureQueriesContext(connection) as seen:
                owner.get(reverse(f"merchant:catalog_{page}_changelist"))
            counts.append(len(seen))
        return counts

    give_list(make_company(), make_price_list(goods, (1, 900)))
    statements()
    one = statements()
    for _ in range(4):
        give_list(make_company(), make_price_list(goods, (1, 900)))

    assert statements() == one


def test_the_operator_sees_companies_and_may_block_one(client: Client, goods: Variant) -> None:
    company = make_company(name="Lotus Hotels")
    give_list(company, make_price_list(goods, (1, 900)))
    client.force_login(make_user(is_staff=True, is_superuser=True))

    listed = client.get(reverse("admin:accounts_company_changelist")).text
    client.post(reverse("admin:accounts_company_change", args=[company.pk]), {"name": "Other"})

    assert "Lotus Hotels" in listed
    assert "Lotus Hotels" in client.get(reverse("admin:catalog_tradeaccount_changelist")).text
    company.refresh_from_db()
    assert (company.name, company.is_active) == ("Lotus Hotels", False)
