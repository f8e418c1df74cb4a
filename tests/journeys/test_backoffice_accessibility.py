"""axe over the pages of both back offices, light and dark, phone and desktop, English and Chinese: nothing serious, nothing critical.

What there is to look at is asked of the sites, so a new page or model is looked at without anybody remembering it. Pages of their own,
and those with a template of their own, are seen in every look. The lists and forms of the other models are made by the same templates:
each model is seen by one page, in turn, and each kind of page in every look.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from accounts.models import User
from merchants.admin import merchant_site
from payments.models import LedgerAccount
from tests.backoffice.market import Shop, make_shop
from tests.backoffice.walk import Address, addresses, rows_of
from tests.factories.accounts import make_user
from tests.journeys.test_accessibility import SIZES, against

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Each size in either light, each light at either size, and either language in all four of them.
LOOKS = [("phone", "light", "zh-CN"), ("phone", "dark", "en-US"), ("desktop", "light", "en-US"), ("desktop", "dark", "zh-CN")]
# Answers that are no page: data for scripts, files.
NO_PAGES = {"autocomplete", "jsi18n", "search", "import-failed", "export-products", "customs-form", "payments_ledgeraccount_statement_csv"}
NO_PAGES |= {"payments_ledgeraccount_trial_balance_csv"}
# Of the shop's members, once they are signed in, beside the sites.
SECURITY = ["/account/security/", "/account/security/app/", "/account/security/passkeys/add/", "/account/again/"]
OWN_TEMPLATES = (
    "change_form_template", "change_list_template", "change_form_before_template", "change_form_after_template", "list_before_template",
    "list_after_template",
)  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """A page; `kind` is empty for one of its own, which is seen in every look."""

    url: str
    kind: str = ""


def sights(site: Any, shop: Shop) -> Iterator[Sight]:
    for address in addresses(site):
        if address.kind in {"open", "row_action", "list_action"} or address.name in NO_PAGES or not _is_there(address):
            continue
        if address.kind != "row":
            yield Sight(address.url(site.name), "" if _is_its_own(address) else address.action or address.kind)
        elif keys := _keys(site, address, shop):
            yield Sight(address.url(site.name, keys[0]), "" if _is_its_own(address) else address.action)


def _is_there(address: Address) -> bool:
    """Whether the model's admin has such a page at all."""
    may = {"add": "can_add", "delete": "can_delete"}.get(address.action)
    return may is None or getattr(address.model_admin, may)


def _is_its_own(address: Address) -> bool:
    if address.kind in {"site", "page"} or address.action == "own":
        return True
    names = OWN_TEMPLATES[:1] + OWN_TEMPLATES[2:4] if address.kind == "row" else OWN_TEMPLATES[1:2] + OWN_TEMPLATES[4:]
    return address.action in {"change", "changelist"} and any(getattr(address.model_admin, name, None) for name in names)


def _keys(site: Any, address: Address, shop: Shop) -> list[Any]:
    if site is merchant_site:
        return rows_of(address.model_admin, shop.merchant)
    model = address.model_admin.model if address.model_admin else LedgerAccount
    return list(model._base_manager.order_by("pk").values_list("pk", flat=True)[:1])


def seen_in(look: int, found: list[Sight]) -> list[str]:
    """All pages of their own; of the others every fourth of each kind, so that a model's pages are spread over the looks."""
    turns: dict[str, Iterator[int]] = {}
    turn = [next(turns.setdefault(sight.kind, itertools.count())) for sight in found]
    return [sight.url for sight, number in zip(found, turn, strict=True) if not sight.kind or number % len(LOOKS) == look]


def signed_in(browser: Browser, server: str, user: User, look: tuple[str, str, str]) -> Page:
    size, scheme, locale = look
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(base_url=server, viewport=SIZES[size], color_scheme=scheme, locale=locale)
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])
    return context.new_page()


@pytest.mark.parametrize("look", range(len(LOOKS)), ids=["-".join(look) for look in LOOKS])
def test_pages_of_both_back_offices(shop_server: str, browser: Browser, look: int) -> None:
    shop = make_shop("ANTELOPE")
    operator = make_user(email="operator@example.com", is_staff=True, is_superuser=True)

    said = []
    for user, site in ((shop.owner, merchant_site), (operator, admin.site)):
        page = signed_in(browser, shop_server, user, LOOKS[look])
        for url in [*seen_in(look, list(sights(site, shop))), *(SECURITY if user is operator else [])]:
            answer = page.goto(url)
            assert answer is not None
            assert answer.status == 200, url
            said += against(page, url)
        page.context.close()

    assert not said, "\n".join(said)
