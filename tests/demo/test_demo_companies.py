"""The demo has a company with trade prices and another that asks for them."""

import pytest
from django.utils import timezone

from accounts.models import Company
from catalog.models import PriceList, TradeAccount
from shop.demo.companies import open_companies
from shop.demo.history import OFTEN
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_goods, make_seller


@pytest.mark.django_db
def test_two_companies_are_opened_once() -> None:
    seller = make_seller(slug=OFTEN)
    goods = [make_goods(merchant=seller) for _ in range(8)]

    for _ in range(2):
        open_companies(timezone.now())
    drain()

    hotel, school = Company.objects.order_by("created_at")
    assert (hotel.members.count(), school.members.count()) == (2, 1)
    rows = PriceList.objects.get(merchant=seller).rows
    assert (rows.count(), rows.filter(least=5).count(), len(goods)) == (6, 1, 8)
    assert dict(TradeAccount.objects.values_list("company__name", "status")) == {hotel.name: "approved", school.name: "requested"}
    assert Mail.objects.filter(kind="company_invited").count() == 0
