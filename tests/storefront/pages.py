"""The storefront's addresses as its URL configuration lists them, for tests that try them all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import URLPattern
from django.urls.resolvers import RegexPattern

from storefront.urls import urlpatterns

PARAMETER = re.compile(r"<(?:[^:>]+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
# Addresses where signing in, out and mail are allauth's own business and throttled by it.
ENTRANCE = ("sign-in/", "sign-out/", "sign-up/", "password/", "account/password/", "account/email/", "account/again/", "account/inactive/")


@dataclass(frozen=True)
class Address:
    """One pattern. `fill("x")` is its path with every parameter replaced."""

    name: str
    route: str
    parameters: int

    def fill(self, raw: str) -> str:
        """The path with each parameter set to `raw`, which is put in as it is."""
        return "/" + re.sub(r"<>", lambda _: raw, self.route)

    def quoted(self, text: str) -> str:
        return self.fill(quote(text, safe=""))


def addresses() -> Iterator[Address]:
    """Every address of the storefront."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        text = str(pattern.pattern)
        if isinstance(pattern.pattern, RegexPattern):
            route = GROUP.sub("<>", text).strip("^$").replace("\\", "")
        else:
            route = PARAMETER.sub("<>", text)
        yield Address(str(pattern.name), route, route.count("<>"))
