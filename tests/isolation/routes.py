"""Every address of the product, and the table that says who may come there: `access.txt`, one line `audience route` for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("access.txt")
# The admin sites' pages of one app name all apps, in the order in which their models happened to be registered.
APP_LABELS = re.compile(r"\^\(\?P<app_label>[^)]*\)/\$")
AUDIENCES = {"everyone", "signed-in", "holder", "partner", "operator", "staff", "brands", "team"}


@dataclass(frozen=True)
class Route:
    """An address pattern as Django spells it from the root, with the namespaced name where it has one."""

    pattern: str
    name: str
    parameters: dict[str, Any]


def routes() -> list[Route]:
    """All routes of the product, each pattern once."""
    found = {route.pattern: route for route in _below(get_resolver().url_patterns)}
    return list(found.values())


def _below(patterns: list[Any], namespace: str = "", prefix: str = "", above: dict[str, Any] | None = None) -> Iterator[Route]:
    for pattern in patterns:
        parameters = {**(above or {}), **(getattr(pattern.pattern, "converters", {}) or _groups(pattern))}
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _below(pattern.url_patterns, inner, prefix + str(pattern.pattern), parameters)
        elif isinstance(pattern, URLPattern):
            route = APP_LABELS.sub("<app_label>/", f"/{prefix}{pattern.pattern}")
            yield Route(route, f"{namespace}{pattern.name}" if pattern.name else "", parameters)


def _groups(pattern: Any) -> dict[str, Any]:
    return dict.fromkeys(pattern.pattern.regex.groupindex)


def table() -> dict[str, str]:
    """Audience by route pattern; a word after `team` is the duty."""
    found: dict[str, str] = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            audience, pattern = line.split(None, 1)
            if pattern in found or audience.split(":")[0] not in AUDIENCES:
                raise ValueError(line)
            found[pattern] = audience
    return found
