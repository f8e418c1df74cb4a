"""Two companies that buy: a hotel that has the trade prices of the shop whose login is printed, and a school that asks for them."""

import datetime as dt

from accounts.models import Company, CompanyRole, User
from accounts.services.companies import accept_invitation, invite_colleague, open_company
from catalog.models import PriceList, Product, Variant
from catalog.rules.quantities import Tier
from catalog.services.price_lists import NewRow, create_price_list, set_rows
from catalog.services.trade_accounts import approve_request, ask_trade_prices
from core.money import charge_step
from merchants.models import Merchant
from shop.demo.history import OFTEN
from shop.demo.market import ACTOR, person

HOTEL, COLLEAGUE, SCHOOL = "company@demo.jishi", "buyer@demo.jishi", "school@demo.jishi"
GOODS = 6


def open_companies(now: dt.datetime) -> None:
    """Both are made once."""
    if Company.objects.exists():
        return
    shop = Merchant.objects.get(slug=OFTEN)
    hotel = person(HOTEL, "Shen Yi")
    open_company(
        user=hotel, name="Lotus Lake Hotels", tax_number="91330106MA2LOTUS0X", country="CN", address="88 Lakeside Road, Hangzhou",
        contact="Shen Yi", email=HOTEL, phone="+86 571 8800 2200",
    )  # fmt: skip
    _colleague(hotel, now)
    account = ask_trade_prices(
        user=hotel, merchant=shop, message="Uniforms for three houses, some 300 pieces a year.", at=now - dt.timedelta(days=9)
    )
    when = now - dt.timedelta(days=8)
    approve_request(account_id=account.pk, merchant=shop, price_list_id=_price_list(shop).pk, actor=ACTOR, at=when)
    school = person(SCHOOL, "Zhou Min", language="zh-hans")
    open_company(
        user=school, name="东湖实验学校", tax_number="12420106MB0SCHOOL5", country="CN", address="武汉市东湖路 12 号", contact="周敏",
        email=SCHOOL, phone="+86 27 8765 0012",
    )  # fmt: skip
    ask_trade_prices(user=school, merchant=shop, message="每学期采购校服约 200 套，能开发票吗？", at=now - dt.timedelta(days=1))


def _colleague(administrator: User, now: dt.datetime) -> None:
    colleague = person(COLLEAGUE, "Qian Le")
    invitation = invite_colleague(user=administrator, email=COLLEAGUE, role=CompanyRole.BUYER, language="en", at=now)
    accept_invitation(invitation_id=invitation.pk, user=colleague)


def _price_list(shop: Merchant) -> PriceList:
    """Some goods at twelve percent less, and a fifth less from twenty pieces on; the first is sold from five pieces on."""
    goods = Variant.objects.filter(merchant=shop, is_active=True, product__status=Product.Status.PUBLISHED)
    some = list(goods.filter(pk__in=goods.order_by("product", "position").distinct("product").values("pk")).order_by("sku")[:GOODS])
    price_list = create_price_list(merchant=shop, name="Hotels and schools", currency=some[0].currency)
    rows = [NewRow(row.sku, [Tier(1, _less(row, 88)), Tier(20, _less(row, 80))], 0 if number else 5) for number, row in enumerate(some)]
    return set_rows(price_list_id=price_list.pk, rows=rows)


def _less(variant: Variant, percent: int) -> int:
    step = charge_step(variant.currency)
    return variant.price_minor * percent // 100 // step * step
