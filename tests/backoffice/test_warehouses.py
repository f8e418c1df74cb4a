"""Where goods lie, in the words of whoever reads."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from core.countries import COUNTRIES
from logistics.models import Warehouse
from logistics.services import create_warehouse
from merchants.models import Merchant
from tests.backoffice.market import Shop


@pytest.fixture
def hangzhou(shop: Shop) -> Shop:
    """A shop whose city has a Chinese name, with a warehouse there."""
    Merchant.objects.filter(pk=shop.merchant.pk).update(city="Hangzhou", i18n={"zh-hans": {"city": "杭州"}})
    Warehouse.objects.filter(pk=shop.warehouse.pk).update(city="Hangzhou")
    shop.merchant.refresh_from_db()
    return shop


def test_a_warehouses_city_is_its_own_word_or_that_of_its_merchant_in_the_same_city(hangzhou: Shop) -> None:
    places = [("Hangzhou", {}), ("Hangzhou", {"zh-hans": {"city": "杭州市"}}), ("Wuhan", {})]
    houses = [
        create_warehouse(merchant=hangzhou.merchant, code=str(number), name="Hall", kind="front", city=city, i18n=i18n)
        for number, (city, i18n) in enumerate(places)
    ]

    with override("zh-hans"):
        assert [house.town for house in houses] == ["杭州", "杭州市", "Wuhan"]
    with override("en"):
        assert [house.town for house in houses] == ["Hangzhou", "Hangzhou", "Wuhan"]


@pytest.mark.parametrize("page", ["admin:merchants_merchant_changelist", "admin:logistics_warehouse_changelist"])
def test_the_operator_reads_cities_in_chinese(hangzhou: Shop, operator: User, client: Client, page: str) -> None:
    client.force_login(operator)

    shown = client.get(reverse(page), headers={"accept-language": "zh-hans"}).content.decode()

    assert "杭州" in shown
    assert "Hangzhou" not in shown


def test_a_merchant_chooses_the_country_of_a_warehouse_by_its_name(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)
    url = reverse("merchant:logistics_warehouse_add")
    house = {"code": "OSAKA", "name": "Osaka hall", "name_zh": "", "kind": "overseas", "city": "Osaka", "postcode": "", "priority": "5"}

    form = client.get(url, headers={"accept-language": "zh-hans"}).context["adminform"].form
    with override("zh-hans"):
        offered = list(form.fields["country"].choices)
    refused = client.post(url, house | {"country": "XX"})
    client.post(url, house | {"country": "JP"})

    assert [code for code, _ in offered] == list(COUNTRIES)
    assert ("JP", "日本") in offered
    assert form["country"].value() == "CN"
    assert refused.status_code == 200
    assert Warehouse.objects.get(code="OSAKA").country == "JP"
