"""Every address of the product, every verb, eight kinds of caller: what the table does not open stays shut, and nothing of B gets out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from merchants.admin import merchant_site
from merchants.permissions import Duty
from tests.backoffice.test_isolation import FILLED
from tests.backoffice.walk import snapshot
from tests.isolation.routes import Route, routes, table
from tests.isolation.world import SECRETS, make_world

pytestmark = pytest.mark.django_db
SHUT = {302, 400, 401, 403, 404, 405, 409}
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Everybody who is signed in may wait for goods of B.
SAID_BY_SHOPPERS = {"catalog.StockAlert.variant__merchant"}
# Which audiences a caller belongs to; their own rows only, and the rows of these addresses are B's.
INSIDE = {
    "guest": {"everyone"},
    "shopper": {"everyone", "signed-in"},
    "owner of A": {"everyone", "signed-in", "team"},
    "reader of A": {"everyone", "signed-in", "team"},
    "key of A": {"everyone", "partner"},
    "revoked key of B": {"everyone"},
    "staff without rights": {"everyone", "signed-in", "staff"},
    "staff for brands": {"everyone", "signed-in", "staff", "brands"},
}


def test_every_address_is_in_the_table_and_the_table_knows_no_other() -> None:
    """A new address needs a line in access.txt before it is let in."""
    found, known = {route.pattern for route in routes()}, set(table())

    assert sorted(found - known) == []
    assert sorted(known - found) == []


def test_the_table_says_the_same_duties_as_the_site() -> None:
    """Who changes a page's duty changes the table, too."""
    duties = {f"merchant:{name}": duty for _, name, duty, _ in merchant_site.pages}
    admins: dict[Any, Any] = merchant_site._registry
    for model, model_admin in admins.items():
        duties[f"merchant:{model._meta.app_label}_{model._meta.model_name}_changelist"] = model_admin.duty
    said = {route.name: table()[route.pattern] for route in routes() if route.name in duties}

    assert said == {name: f"team:{Duty(duty).value}" for name, duty in duties.items()}


def _answers(client: Client, url: str, *, verbs: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for verb in verbs:
        is_form = verb == "POST" and not url.startswith("/api/")
        body = FILLED if is_form else json.dumps(FILLED)
        kind = {} if is_form else {"content_type": "application/json"}
        yield verb, client.get(url) if verb == "GET" else getattr(client, verb.lower())(url, body, **kind)


def _text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return (body.decode(errors="replace") + str(dict(answer.headers))).lower()


def _is_open(audience: str, caller: str) -> bool:
    return audience.split(":", maxsplit=1)[0] in INSIDE[caller]


def _verbs(route: Route) -> tuple[str, ...]:
    # The admin sites' views know two verbs; whatever else comes is one of them to Django.
    return VERBS[:2] if route.pattern.startswith(("/admin/", "/merchant/")) else VERBS


@pytest.mark.parametrize("caller", INSIDE)
def test_what_is_not_open_to_a_caller_stays_shut_and_nothing_of_b_gets_out(caller: str) -> None:
    world = make_world()
    client, audiences = world.browser_of(caller), table()
    before = snapshot(world.b.merchant)

    wrong = []
    for route in routes():
        url = world.url(route)
        for verb, answer in _answers(client, url, verbs=_verbs(route)):
            text = _text(answer)
            leaked = [secret for secret in SECRETS if secret.lower() in text]
            is_shut = _is_open(audiences[route.pattern], caller) or answer.status_code in SHUT
            if leaked or answer.status_code >= 500 or not is_shut:
                wrong.append((verb, url, answer.status_code, leaked))
        if route.name.endswith("logout") and "key" not in caller:
            client = world.browser_of(caller)

    assert wrong == []
    after = snapshot(world.b.merchant)
    assert {name for name, rows in before.items() if after[name] != rows} <= SAID_BY_SHOPPERS


def test_the_crawl_knows_a_leak_when_it_meets_one() -> None:
    """Negative control: B's own buyer sees what the others must not."""
    world = make_world()
    client = Client()
    client.force_login(world.buyer)

    answer = client.get(f"/orders/{world.known['/pay/']['number']}/")

    assert answer.status_code == 200
    assert any(secret.lower() in _text(answer) for secret in SECRETS)
