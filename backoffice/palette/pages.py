"""Pages of a back office by their names: those of the sidebar that its person may open, and the forms for something new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from backoffice.palette.terms import Term

MOST_PAGES = 8


@dataclass(frozen=True)
class Page:
    title: str
    section: str
    icon: str
    link: str


def pages_named(site: Any, request: HttpRequest, term: Term) -> list[Page]:
    """Pages in whose name or section the term is, in any of our languages; names that begin with it come first."""
    wanted = term.text.lower()
    found: dict[str, tuple[int, Page]] = {}
    for page, names in _pages(site, request):
        rank = _rank(wanted, names)
        if rank is not None:
            found.setdefault(page.link, (rank, page))
    return [page for _rank, page in sorted(found.values(), key=lambda pair: pair[0])][:MOST_PAGES]


def _rank(wanted: str, names: list[str]) -> int | None:
    """0 for a title that begins with it, 1 for one that has it, 2 for a section; None for nothing of it."""
    *titles, section = names
    if any(title.startswith(wanted) for title in titles):
        return 0
    if any(wanted in title for title in titles):
        return 1
    return 2 if section.startswith(wanted) else None


def _pages(site: Any, request: HttpRequest) -> Iterator[tuple[Page, list[str]]]:
    for group in site.get_sidebar_list(request):
        section = str(group.get("title", ""))
        for item in group["items"]:
            if item["has_permission"]:
                yield (
                    Page(str(item["title"]), section, item["icon"], str(item["link"])),
                    [*_in_all_languages(item["title"]), section.lower()],
                )
    for app in site.get_app_list(request):
        for model in app["models"]:
            if model["add_url"]:
                kind = model["model"]._meta.verbose_name
                title = _("Add %(kind)s") % {"kind": kind}
                yield Page(title, str(model["name"]), "add", model["add_url"]), [title.lower(), *_in_all_languages(kind), ""]


def _in_all_languages(name: Any) -> list[str]:
    """A lazy text in each language of the site, in lower case."""
    said = []
    for code, _language in settings.LANGUAGES:
        with override(code):
            said.append(str(name).lower())
    return said
