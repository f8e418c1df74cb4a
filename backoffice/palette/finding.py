"""What the search of each back office answers (COMMAND in the settings of the sites)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backoffice.palette.kinds import MERCHANT_KINDS, OPERATOR_KINDS
from backoffice.palette.pages import pages_named
from backoffice.palette.rows import Asked, Kind, Row, read
from backoffice.palette.terms import Term
from core.backoffice.display import TONES, label
from merchants.admin.site import merchant_of, merchant_site


@dataclass(frozen=True)
class Finding:
    title: str
    detail: str
    icon: str
    link: str
    state: str = ""


@dataclass(frozen=True)
class Group:
    heading: str | Promise
    findings: list[Finding] = field(default_factory=list)


def merchant_findings(request: HttpRequest, typed: str) -> list[Group]:
    """Pages the member's role may open, and rows of their own shop."""
    return _findings(merchant_site, request, MERCHANT_KINDS, Asked(Term.of(typed), merchant_of(request)))


def operator_findings(request: HttpRequest, typed: str) -> list[Group]:
    """Pages and rows that this person of the staff may see."""
    return _findings(admin.site, request, OPERATOR_KINDS, Asked(Term.of(typed)))


def _findings(site: Any, request: HttpRequest, kinds: Sequence[Kind], asked: Asked) -> list[Group]:
    if not asked.term.text:
        return []
    pages = [Finding(page.title, page.section, page.icon, page.link) for page in pages_named(site, request, asked.term)]
    seen = [kind for kind in kinds if site.get_model_admin(kind.model).has_view_permission(request)]
    groups = [Group(_("Pages"), pages)]
    rows = read(seen, asked)
    groups += [Group(kind.heading, [_of_row(site, row) for row in rows if row.kind is kind]) for kind in seen]
    return [group for group in groups if group.findings]


def _of_row(site: Any, row: Row) -> Finding:
    meta = row.kind.model._meta
    link = reverse(f"{site.name}:{meta.app_label}_{meta.model_name}_change", args=[row.key])
    return Finding(row.title, row.detail, row.kind.icon, link, _state(row))


def _state(row: Row) -> str:
    """The status in words, in the colour of its meaning."""
    if not row.state:
        return ""
    words: Any = row.kind.model._meta.get_field(row.kind.state).flatchoices  # type: ignore[union-attr]
    return label(dict(words).get(row.state, row.state), TONES.get(row.state, "neutral"))
