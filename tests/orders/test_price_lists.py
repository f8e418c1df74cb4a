"""What a company pays: in the cart, when placing, and what the order keeps of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Company, User
from accounts.services.companies import leave_company
from catalog.models import Variant
from catalog.rules.quantities import Tier
from catalog.services.price_lists import NewRow, set_rows, update_price_list
from catalog.services.trade_accounts import end_by_merchant
from core.exchange.rules import own
from orders.errors import PriceChanged, PurchaseNumberInvalid, QuantityNotSold
from orders.models import Checkout, OrderLine
from orders.selectors import cart_view
from orders.services.carts import acknowledge_prices, add_to_cart, set_quantity
from tests.factories.accounts import make_user
from tests.factories.companies import administrator_of, give_list, make_colleague, make_company, make_price_list, trader_for
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_buyer, make_goods, place

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def goods() -> Variant:
    return make_goods(price=1_000, stock=500)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def buyer(company: Company) -> User:
    return make_colleague(company)


def put(user: User, goods: Variant, company: Company | None, quantity: int = 1, **more: Any) -> Any:
    trader = trader_for(company) if company else None
    return add_to_cart(user=user, token=None, variant_id=goods.pk, quantity=quantity, at=timezone.now(), trader=trader, **more)


def buy(user: User, cart: Any, company: Company | None, number: str = "", **more: Any) -> Checkout:
    trader = trader_for(company) if company else None
    who = make_buyer(user, company_id=company.pk if company else None, purchase_number=number)
    total = cart_view(cart, trader=trader).total_minor
    return place(cart, user=user, buyer=who, **{"expected_total_minor": total, **more})


def line_of(cart: Any, company: Company | None) -> Any:
    return cart_view(cart, trader=trader_for(company) if company else None).parcels[0].lines[0]


def test_a_member_pays_what_the_list_says_and_the_order_keeps_it(goods: Variant, company: Company, buyer: User) -> None:
    price_list = make_price_list(goods, (1, 800), (10, 600))
    give_list(company, price_list)

    cart = put(buyer, goods, company, 12)
    line = line_of(cart, company)
    checkout = buy(buyer, cart, company, "PO-4711")

    assert (line.price_minor, line.single_minor, line.ordinary_minor, line.is_price_changed) == (600, 800, 1_000, False)
    kept = OrderLine.objects.get()
    assert (kept.price_minor, kept.total_minor, kept.ordinary_minor) == (600, 7_200, 1_000)
    assert (kept.price_list, kept.price_list_version, kept.price_list_row) == (price_list, price_list.version, price_list.rows.get().pk)
    assert (checkout.company, checkout.company_name, checkout.company_tax_number) == (company, company.name, company.tax_number)
    assert checkout.purchase_number == "PO-4711"


def test_nobody_else_pays_it(goods: Variant, company: Company) -> None:
    give_list(company, make_price_list(goods, (1, 500)))
    other = make_company()

    for user, theirs in ((make_user(), None), (administrator_of(other), other)):
        cart = put(user, goods, theirs)
        assert line_of(cart, theirs).price_minor == 1_000
        checkout = buy(user, cart, theirs)
        assert checkout.goods_minor == 1_000
    assert not OrderLine.objects.exclude(price_list=None).exists()


def test_saying_to_be_of_a_company_does_not_help(goods: Variant, company: Company) -> None:
    give_list(company, make_price_list(goods, (1, 500)))
    stranger = make_user()
    cart = put(stranger, goods, None)

    checkout = place(cart, user=stranger, buyer=make_buyer(stranger, company_id=company.pk, purchase_number="PO"))

    assert (checkout.goods_minor, checkout.company, checkout.purchase_number) == (1_000, None, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False},
        {"valid_from": timezone.localdate() + 2 * DAY},
        {"valid_until": timezone.localdate() - 2 * DAY},
    ],
)
def test_a_list_counts_only_while_it_is_in_use(goods: Variant, company: Company, buyer: User, changes: Any) -> None:
    price_list = make_price_list(goods, (1, 500))
    give_list(company, price_list)
    update_price_list(price_list_id=price_list.pk, **changes)

    assert line_of(put(buyer, goods, company), company).price_minor == 1_000


def test_a_blocked_company_buys_at_everybodys_prices(goods: Variant, company: Company, buyer: User) -> None:
    give_list(company, make_price_list(goods, (1, 500)))
    Company.objects.update(is_active=False)

    assert line_of(put(buyer, goods, company), company).price_minor == 1_000


def test_the_least_quantity_is_the_lists(goods: Variant, company: Company, buyer: User) -> None:
    give_list(company, make_price_list(goods, (1, 500), least=20))

    with pytest.raises(QuantityNotSold, match="20 pieces") as refused:
        put(buyer, goods, company, 19)
    cart = put(buyer, goods, company, 20)
    line_id = line_of(cart, company).line_id
    with pytest.raises(QuantityNotSold):
        set_quantity(cart=cart, line_id=line_id, quantity=5, trader=trader_for(company))

    assert refused.value.params["least"] == 20
    assert line_of(cart, company).quantity == 20
    assert put(make_user(), goods, None, 1).pieces == 1


def test_what_lies_in_the_cart_from_before_must_fit_when_placing(goods: Variant, company: Company, buyer: User) -> None:
    cart = put(buyer, goods, company, 5)
    give_list(company, make_price_list(goods, (1, 500), least=20))

    assert line_of(cart, company).problem == "wrong_quantity"
    with pytest.raises(QuantityNotSold):
        buy(buyer, cart, company)
    assert not Checkout.objects.exists()


def test_a_changed_list_is_told_before_anything_is_placed(goods: Variant, company: Company, buyer: User) -> None:
    price_list = make_price_list(goods, (1, 500))
    give_list(company, price_list)
    cart = put(buyer, goods, company, 2)
    seen = cart_view(cart, trader=trader_for(company)).total_minor
    set_rows(price_list_id=price_list.pk, rows=[NewRow(goods.sku, [Tier(1, 550)])])

    with pytest.raises(PriceChanged):
        buy(buyer, cart, company, expected_total_minor=seen)

    assert not Checkout.objects.exists()
    assert line_of(cart, company).is_price_changed
    assert acknowledge_prices(cart=cart, trader=trader_for(company)) == 1
    assert not line_of(cart, company).is_price_changed
    assert buy(buyer, cart, company).goods_minor == 1_100


def test_whoever_has_left_is_told_everybodys_price(goods: Variant, company: Company, buyer: User) -> None:
    account = give_list(company, make_price_list(goods, (1, 500)))
    cart = put(buyer, goods, company)
    seen = cart_view(cart, trader=trader_for(company)).total_minor
    leave_company(user=buyer)

    with pytest.raises(PriceChanged):
        buy(buyer, cart, company, expected_total_minor=seen)

    assert not Checkout.objects.exists()
    end_by_merchant(account_id=account.pk, merchant=goods.merchant, reason="", actor="merchant:x", at=timezone.now())
    assert line_of(cart, company).price_minor == 1_000


def test_a_list_in_another_currency_is_converted_and_the_lowest_wins(goods: Variant, company: Company, buyer: User) -> None:
    make_rates()
    give_list(company, make_price_list(goods, (1, 100), currency="EUR"))
    euro = into("EUR")

    in_euro = cart_view(put(buyer, goods, company, conversion=euro), None, euro, trader_for(company)).parcels[0].lines[0]
    in_dollars = line_of(put(buyer, goods, company), company)

    assert in_euro.price_minor == 100
    assert in_dollars.price_minor == into("USD").price(100, "EUR") or in_dollars.price_minor == 1_000
    assert own("USD").price(100, "EUR") is None


def test_a_purchase_number_is_short_and_printable(goods: Variant, company: Company, buyer: User) -> None:
    cart = put(buyer, goods, company)

    for number in ("x" * 41, "PO\x00"):
        with pytest.raises(PurchaseNumberInvalid):
            buy(buyer, cart, company, number)

    assert not Checkout.objects.exists()
    assert buy(buyer, cart, company, "  PO   7 ").purchase_number == "PO 7"


def test_ordinary_shoppers_cost_no_statement_more_and_a_company_always_as_many(
    goods: Variant, company: Company, buyer: User, django_assert_num_queries: Any
) -> None:
    cart = put(make_user(), goods, None)
    with django_assert_num_queries(4):
        cart_view(cart)
    theirs = put(buyer, goods, company)
    with django_assert_num_queries(5):
        cart_view(theirs, trader=trader_for(company))
    for _ in range(3):
        more = make_goods(price=1_000, stock=50)
        give_list(company, make_price_list(more, (1, 700)))
        put(buyer, more, company)
    with django_assert_num_queries(5):
        assert {line.price_minor for parcel in cart_view(theirs, trader=trader_for(company)).parcels for line in parcel.lines} == {
            1_000,
            700,
        }
