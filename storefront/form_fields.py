"""How the storefront draws one field of a form."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.conf import settings
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

FIELD = """<div class="{css}">
  <label class="block text-sm font-medium mb-1" for="{id}">{label}{optional}</label>
  {control}{hint}{error}
</div>"""
OPTIONAL = ' <span class="muted font-normal">{}</span>'
HINT = '<div class="text-sm muted mt-1 [&_a]:underline [&_a]:underline-offset-2 [&_ul]:list-disc [&_ul]:ps-4" id="{}_hint">{}</div>'
ERROR = '<p class="field-error mt-1" id="{}_error">{}</p>'


def form_field(
    field: BoundField, autocomplete: str = "", testid: str = "", css: str = "", hint: str = "", inputmode: str = ""
) -> SafeString:
    """A labelled control with its error beside it and tied to it; the attributes are set on the widget.

    An empty field of a form that is `ALIKE_FOR_ALL` looks the same in every copy of it, so it is drawn once per language.
    """
    arguments = (autocomplete, testid, css, str(hint), inputmode)
    form: Any = field.form
    if form.is_bound or not getattr(form, "ALIKE_FOR_ALL", False) or field.value() != form.base_fields[field.name].initial:
        return _form_field(field, *arguments)
    key = (type(form), field.auto_id, get_language(), arguments)
    if key not in _empty_fields or settings.DEBUG:
        _empty_fields[key] = _form_field(field, *arguments)
    return _empty_fields[key]


_empty_fields: dict[Hashable, SafeString] = {}


def _form_field(field: BoundField, autocomplete: str, testid: str, css: str, hint: str, inputmode: str) -> SafeString:
    attributes = field.field.widget.attrs
    kind = "select" if field.widget_type == "select" else "textarea" if field.widget_type == "textarea" else "input"
    attributes["class"] = f"{kind} w-full {kind}-error" if field.errors else f"{kind} w-full"
    for name, value in (("autocomplete", autocomplete), ("data-testid", testid), ("inputmode", inputmode)):
        if value:
            attributes[name] = value
    notes = [f"{field.auto_id}_{part}" for part, is_there in (("error", field.errors), ("hint", hint or field.help_text)) if is_there]
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    if field.errors:
        attributes["aria-invalid"] = "true"
    said = hint or field.help_text
    return format_html(
        FIELD,
        css=css,
        id=field.id_for_label,
        label=field.label,
        optional="" if field.field.required or field.name in getattr(field.form, "needed", ()) else format_html(OPTIONAL, _("(optional)")),
        control=field,
        hint=format_html(HINT, field.auto_id, said) if said else "",
        error=format_html(ERROR, field.auto_id, " ".join(map(str, field.errors))) if field.errors else "",
    )
