"""Typed attributes in the product form: one field for each that the product's type asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.models import Product
from catalog.rules.attributes import Asked, value_of
from catalog.selectors.attributes import asked_of
from core.i18n import translated

PREFIX = "attribute_"


def attribute_fields(product: Product | None) -> dict[str, forms.Field]:
    """The fields for a product, by their names in the form; none before it has a category."""
    if product is None:
        return {}
    language = get_language() or "en"
    return {PREFIX + asked.spec.key.replace("-", "_"): _field(asked, product, language) for asked in asked_of(product.category)}


def values_of(form: Any) -> dict[str, str]:
    """What was changed, by the keys of the attributes: a merchant's own word for a choice stays until another is chosen."""
    if not any(name.startswith(PREFIX) for name in form.changed_data):
        return {}
    names = {PREFIX + asked.spec.key.replace("-", "_"): asked.spec.key for asked in asked_of(form.instance.category)}
    return {key: form.cleaned_data[name] for name, key in names.items() if name in form.changed_data}


def _field(asked: Asked, product: Product, language: str) -> forms.Field:
    said = value_of(product.attributes, asked)
    common: dict[str, Any] = {
        "label": translated({"name": asked.name}, asked.i18n, "name", language),
        "required": asked.is_required,
        "initial": said,
    }
    kind = asked.spec.kind
    if kind == "boolean":
        common["initial"] = asked.spec.value_key(said) or ""
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], widget=UnfoldAdminSelectWidget(), **common)
    if kind in {"choice", "colour"}:
        labels = [(key, translated({"label": label}, i18n, "label", language)) for key, (label, i18n) in asked.labels.items()]
        common["initial"] = asked.spec.value_key(said) or ""
        return forms.ChoiceField(choices=[("", "–"), *labels], widget=UnfoldAdminSelectWidget(), **common)
    if kind == "number" and asked.spec.unit:
        common["help_text"] = _("A number in %(unit)s.") % {"unit": asked.spec.unit}
    return forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget(), **common)
