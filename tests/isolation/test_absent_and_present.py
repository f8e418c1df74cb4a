"""What A reads of its own back office and over the API is the same whether B exists or not: no count, no order and no hint of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from catalog.models import Category
from merchants.admin import merchant_site
from merchants.models import ApiKey
from merchants.services.api_keys import create_api_key
from tests.backoffice import market
from tests.backoffice.market import Shop, make_shop
from tests.backoffice.walk import addresses, rows_of
from tests.factories.catalog import make_category
from tests.isolation.routes import routes, table

pytestmark = pytest.mark.django_db
# New with every answer, whoever asks: tokens of forms, nonces of scripts, the moment.
NEW_EACH_TIME = re.compile(r'(?<=token" value=")[\w-]+|(?<=nonce=")[\w=+/-]+|"X-CSRFToken": "\w+"|\b\d\d:\d\d(:\d\d)?\b')


@pytest.fixture
def a(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Categories are everybody's: both shops sell in the same one."""
    category: Category = make_category()
    monkeypatch.setattr(market, "make_category", lambda: category)
    return make_shop("ANTELOPE")


def _back_office(shop: Shop) -> Iterator[str]:
    for address in addresses(merchant_site):
        if address.kind in {"row", "row_action"}:
            yield from (address.url("merchant", pk) for pk in rows_of(address.model_admin, shop.merchant)[:1])
        elif address.kind != "open":
            yield address.url("merchant")
            yield address.url("merchant") + "?q=BARR"


def _partner_lists() -> Iterator[str]:
    known = table()
    yield from (route.pattern for route in routes() if known[route.pattern] == "partner" and not route.parameters)


def _read(client: Client, urls: list[str]) -> dict[str, str]:
    answers = {url: client.get(url) for url in urls}
    bodies = {url: b"".join(answer) if answer.streaming else answer.content for url, answer in answers.items()}
    return {url: NEW_EACH_TIME.sub("", f"{answers[url].status_code} {body.decode(errors='replace')}") for url, body in bodies.items()}


def test_what_a_reads_is_the_same_with_b_and_without(a: Shop) -> None:
    _, secret = create_api_key(merchant=a.merchant, name="script", scopes=list(ApiKey.Scope.values), user=None)
    browser, script = Client(), Client(headers={"Authorization": f"Bearer {secret}"})
    browser.force_login(a.owner)
    pages, lists = list(_back_office(a)), list(_partner_lists())
    _read(script, lists)
    _read(browser, pages)  # what was opened last is remembered, so that both readings below are second ones
    without = _read(browser, pages) | _read(script, lists)

    make_shop("BARRACUDA")

    with_b = _read(browser, pages) | _read(script, lists)
    assert len(without) > 100
    assert {url for url, text in without.items() if with_b[url] != text} == set()
