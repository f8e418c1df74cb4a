from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Company, CompanyRole, User
from accounts.services.companies import accept_invitation, invite_colleague, open_company
from catalog.models import PriceList, TradeAccount, Variant
from catalog.rules.quantities import Tier
from catalog.selectors.trade import Trader
from catalog.services.price_lists import NewRow, create_price_list, set_rows
from catalog.services.trade_accounts import approve_request, ask_trade_prices
from merchants.models import Merchant
from tests.factories.accounts import make_user

_number = count(1)


def make_company(administrator: User | None = None, **overrides: Any) -> Company:
    """A company with one administrator, opened through the real service."""
    number = next(_number)
    fields = {
        "name": f"Company {number}",
        "tax_number": f"TAX-{number}",
        "country": "CN",
        "address": "9 Trade Road, Shanghai",
        "contact": "Wang Wei",
        "email": f"office{number}@example.com",
        "phone": "+86 21 5555 0000",
        **overrides,
    }
    return open_company(user=administrator or make_user(), **fields)


def administrator_of(company: Company) -> User:
    return company.members.filter(company_role=CompanyRole.ADMINISTRATOR).earliest("created_at")


def make_colleague(company: Company, role: str = CompanyRole.BUYER, **overrides: Any) -> User:
    """One more person of a company, invited and come."""
    user, now = make_user(**overrides), timezone.now()
    invitation = invite_colleague(user=administrator_of(company), email=user.email, role=role, language="en", at=now)
    accept_invitation(invitation_id=invitation.pk, user=user)
    return user


def make_price_list(variant: Variant, *steps: tuple[int, int], least: int = 0, **overrides: Any) -> PriceList:
    """A list with one row; `steps` are quantities and prices of a piece in minor units of US dollars."""
    fields = {"name": f"List {next(_number)}", "currency": "USD", **overrides}
    price_list = create_price_list(merchant=variant.merchant, **fields)
    return set_rows(price_list_id=price_list.pk, rows=[NewRow(variant.sku, [Tier(*step) for step in steps], least)])


def give_list(company: Company, price_list: PriceList) -> TradeAccount:
    """The company has asked the merchant, and got this list."""
    merchant: Merchant = price_list.merchant
    now = timezone.now()
    account = ask_trade_prices(user=administrator_of(company), merchant=merchant, message="", at=now)
    return approve_request(account_id=account.pk, merchant=merchant, price_list_id=price_list.pk, actor="merchant:test", at=now)


def trader_for(company: Company) -> Trader:
    return Trader(company.pk, timezone.localdate())
