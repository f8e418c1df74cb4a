"""Every page of both back offices can be looked at, in both languages, with rows in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from merchants.admin import merchant_site
from tests.backoffice.market import Shop

LANGUAGES = ("en", "zh-hans")
SINGLETONS = {"merchants_merchant", "logistics_shippingrate"}


def _names(site: Any) -> list[tuple[str, Any]]:
    return [(f"{model._meta.app_label}_{model._meta.model_name}", model_admin) for model, model_admin in site._registry.items()]


def _get(client: Client, url: str, language: str) -> Any:
    return client.get(url, headers={"accept-language": language})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_form_and_row_of_the_operator_can_be_read(shop: Shop, operator: User, client: Client, language: str) -> None:
    client.force_login(operator)

    for name, model_admin in _names(admin.site):
        pages = [reverse(f"admin:{name}_changelist")]
        if model_admin.can_add:
            pages.append(reverse(f"admin:{name}_add"))
        row = model_admin.model._default_manager.first()
        if row is not None:
            pages += [reverse(f"admin:{name}_change", args=[row.pk]), reverse(f"admin:{name}_history", args=[row.pk])]
        for url in pages:
            assert _get(client, url, language).status_code == 200, url


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_form_and_row_of_a_merchant_can_be_read(shop: Shop, client: Client, language: str) -> None:
    client.force_login(shop.owner)

    for name, model_admin in _names(merchant_site):
        expected = 302 if name in SINGLETONS else 200
        assert _get(client, reverse(f"merchant:{name}_changelist"), language).status_code == expected, name
        row = next(row for row in model_admin.model._default_manager.all() if _owner(row) == shop.merchant.pk)
        pages = [reverse(f"merchant:{name}_change", args=[row.pk]), reverse(f"merchant:{name}_history", args=[row.pk])]
        if model_admin.can_add:
            pages.append(reverse(f"merchant:{name}_add"))
        for url in pages:
            assert _get(client, url, language).status_code == 200, url


def _owner(row: Any) -> Any:
    for path in ("merchant_id", "product.merchant_id", "variant.merchant_id", "pk"):
        value = row
        for part in path.split("."):
            value = getattr(value, part, None)
        if value is not None:
            return value
    return None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "balance/", "imports/", "prices/"])
def test_the_merchants_own_pages_can_be_read(shop: Shop, client: Client, language: str, path: str) -> None:
    client.force_login(shop.owner)

    answer = _get(client, f"/merchant/{path}", language)

    assert answer.status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_operators_home_can_be_read(shop: Shop, operator: User, client: Client, language: str) -> None:
    client.force_login(operator)

    answer = _get(client, "/admin/", language)

    assert answer.status_code == 200
