"""Every address of the product, every verb, eight kinds of caller: what the table does not open stays shut, and nothing of B gets out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.admin import merchant_site
from merchants.permissions import Duty
from tests.backoffice.test_isolation import FILLED
from tests.backoffice.walk import snapshot
from tests.isolation.routes import Route, routes, table
from tests.isolation.world import SECRETS, World, make_world

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


class Crawl:
    """Asks for every address with every verb, one caller after the other in the same world, and keeps what should not have been.

    A verb that a guest is refused as unknown to the address was refused before anybody looked who asks, so it is asked once for all
    callers; the API looks first.
    """

    def __init__(self, world: World) -> None:
        self.world, self.audiences, self.routes = world, table(), routes()
        self.browsers = {caller: world.browser_of(caller) for caller in INSIDE}  # some are given a key for it
        self.unknown: dict[str, set[str]] = {}
        self.asked = 0
        self.wrong: list[tuple[str, str, str, int, list[str]]] = []

    def _verbs(self, route: Route) -> tuple[str, ...]:
        # The admin sites' views know two verbs; whatever else comes is one of them to Django.
        verbs = VERBS[:2] if route.pattern.startswith(("/admin/", "/merchant/")) else VERBS
        return tuple(verb for verb in verbs if verb not in self.unknown.get(route.pattern, ()))

    def ask_as(self, caller: str) -> None:
        cache.clear()  # nobody is refused because of how often those before have asked
        client = self.browsers[caller]
        for route in self.routes:
            for verb, answer in _answers(client, self.world.url(route), verbs=self._verbs(route)):
                self._look(caller, route, verb, answer)
            if route.name.endswith("logout") and "key" not in caller:
                client = self.world.browser_of(caller)

    def _look(self, caller: str, route: Route, verb: str, answer: Any) -> None:
        self.asked += 1
        text = _text(answer)
        leaked = [secret for secret in SECRETS if secret.lower() in text]
        is_shut = _is_open(self.audiences[route.pattern], caller) or answer.status_code in SHUT
        if leaked or answer.status_code >= 500 or not is_shut:
            self.wrong.append((caller, verb, self.world.url(route), answer.status_code, leaked))
        if caller == "guest" and answer.status_code == 405 and not route.pattern.startswith("/api/"):
            self.unknown.setdefault(route.pattern, set()).add(verb)


def test_what_is_not_open_to_a_caller_stays_shut_and_nothing_of_b_gets_out() -> None:
    crawl = Crawl(make_world())
    before = snapshot(crawl.world.b.merchant)

    for caller in INSIDE:
        crawl.ask_as(caller)

    assert crawl.wrong == []
    assert crawl.asked > 2 * len(INSIDE) * len(crawl.routes) - sum(map(len, crawl.unknown.values())) * len(INSIDE)
    after = snapshot(crawl.world.b.merchant)
    changed = {name for name, rows in before.items() if after[name] != rows} - SAID_BY_SHOPPERS
    assert {name: [row for row in after[name] if row not in before[name]] for name in changed} == {}


def test_the_crawl_knows_a_leak_when_it_meets_one() -> None:
    """Negative control: B's own buyer sees what the others must not."""
    world = make_world()
    client = Client()
    client.force_login(world.buyer)

    answer = client.get(f"/orders/{world.known['/pay/']['number']}/")

    assert answer.status_code == 200
    assert any(secret.lower() in _text(answer) for secret in SECRETS)
