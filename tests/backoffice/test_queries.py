"""How many statements the pages need, and that more rows do not mean more statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from merchants.admin import merchant_site
from tests.backoffice.market import Shop, paid_order
from tests.factories.catalog import make_product, new_variant

MOST = 15


def _count(client: Client, url: str) -> int:
    client.get(url)  # content types and the like are remembered by the process
    with CaptureQueriesContext(connection) as statements:
        assert client.get(url).status_code in {200, 302}
    return len(statements)


def _more(shop: Shop) -> None:
    for number in range(3):
        paid_order(shop.product.variants.get(), "ANTELOPE", quantity=1)
        make_product(merchant=shop.merchant, category=shop.product.category, variants=[new_variant(sku=f"MORE-{number}")])


@pytest.mark.parametrize("site_name", ["merchant", "admin"])
def test_homes_and_lists_need_few_statements_and_no_more_with_more_rows(shop: Shop, operator: User, client: Client, site_name: str) -> None:
    site: Any = merchant_site if site_name == "merchant" else admin.site
    client.force_login(shop.owner if site_name == "merchant" else operator)
    urls = [reverse(f"{site_name}:index")]
    urls += [reverse(f"{site_name}:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in site._registry]
    if site_name == "merchant":
        urls += [reverse(f"merchant:{name}") for name in ("balance", "health", "health-orders")]

    before = {url: _count(client, url) for url in urls}
    _more(shop)
    after = {url: _count(client, url) for url in urls}

    assert {url: count for url, count in after.items() if count > MOST} == {}
    assert {url: (before[url], count) for url, count in after.items() if count > before[url]} == {}
