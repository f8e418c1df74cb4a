"""A proposed change beside what is there now, field by field and word by word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.models import Product, Proposal
from catalog.rules.differences import word_difference
from catalog.services.approval import stale_fields
from core.backoffice.display import label

TAGS = {"same": "{}", "old": '<del class="difference-old">{}</del>', "new": '<ins class="difference-new">{}</ins>'}


def difference(old: str, new: str) -> SafeString:
    """The new text with what it takes out struck and what it brings underlined."""
    return format_html_join("", "{}", ((format_html(TAGS[piece.kind], piece.text),) for piece in word_difference(old, new)))


def differences(proposal: Proposal) -> SafeString:
    """All fields of a proposal, those that are stale marked."""
    stale = set(stale_fields(proposal)) if proposal.status == Proposal.Status.PENDING else set()
    rows = [
        (name, label(_("changed since"), "danger") if field in stale else "", difference(old, new))
        for field, change in proposal.changes.items()
        for name, old, new in _texts(field, change["old"], change["new"])
    ]
    table = format_html_join("", '<tr><th scope="row">{} {}</th><td>{}</td></tr>', rows)
    return format_html('<table class="differences"><tbody>{}</tbody></table>', table)


def _texts(field: str, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    """(name, old text, new text) of a field; translations are one for each language and text that differs."""
    if field == "i18n":
        for language in sorted({*old, *new}):
            before, after = old.get(language, {}), new.get(language, {})
            for name in sorted({*before, *after}):
                if before.get(name, "") != after.get(name, ""):
                    yield f"{_named(name)} ({language})", before.get(name, ""), after.get(name, "")
        return
    yield _named(field), _said(field, old), _said(field, new)


def _named(field: str) -> str:
    try:
        described: Any = Product._meta.get_field(field)
    except FieldDoesNotExist:
        return field
    return str(capfirst(described.verbose_name))


def _said(field: str, value: Any) -> str:
    described: Any = Product._meta.get_field(field)
    if value is None or value == "":
        return ""
    if described.is_relation:
        row = described.related_model._default_manager.filter(pk=value).first()
        return str(row) if row else str(value)
    if described.choices:
        return str(dict(described.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(described, models.JSONField) else str(value)
