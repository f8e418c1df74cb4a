"""Typed attributes and their choices, as the operator keeps them. Cards follow a change by a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from catalog.models import Attribute, AttributeChoice, ProductType, TypeAttribute
from catalog.selectors.attributes import forget_labels
from catalog.services.cards import mark_stale

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class NewChoice:
    """A value of a choice or colour; `swatch` is like "#c8321f"."""

    key: str
    label: str
    i18n: Texts = field(default_factory=dict)
    swatch: str = ""
    aliases: tuple[str, ...] = ()


@transaction.atomic
def define_attribute(
    *,
    key: str,
    name: str,
    i18n: Texts,
    kind: str,
    unit: str = "",
    is_facet: bool = True,
    position: int = 0,
    choices: Sequence[NewChoice] = (),
) -> Attribute:
    """Make an attribute with its choices, or bring the one of this key up to date; choices not named stay."""
    values: dict[str, Any] = {"name": name, "i18n": dict(i18n), "kind": kind, "unit": unit, "is_facet": is_facet, "position": position}
    attribute, _ = Attribute.objects.update_or_create(key=key, defaults=values)
    for place, choice in enumerate(choices):
        described = {"label": choice.label, "i18n": dict(choice.i18n), "swatch": choice.swatch, "aliases": list(choice.aliases)}
        AttributeChoice.objects.update_or_create(attribute=attribute, key=choice.key, defaults={**described, "position": place})
    follow_attributes()
    return attribute


@transaction.atomic
def define_type(*, slug: str, name: str, i18n: Texts, attributes: Sequence[str], required: Sequence[str] = ()) -> ProductType:
    """Make a product type that has these attributes, by key and in this order, or bring the one of this slug up to date."""
    made, _ = ProductType.objects.update_or_create(slug=slug, defaults={"name": name, "i18n": dict(i18n)})
    known = {row.key: row for row in Attribute.objects.filter(key__in=attributes)}
    TypeAttribute.objects.filter(product_type=made).exclude(attribute__key__in=attributes).delete()
    for place, key in enumerate(attributes):
        asked = {"position": place, "is_required": key in required}
        TypeAttribute.objects.update_or_create(product_type=made, attribute=known[key], defaults=asked)
    return made


def follow_attributes() -> None:
    """Attributes or choices have changed: lists name them at once, cards find them soon."""
    transaction.on_commit(forget_labels, robust=True)
    mark_stale()
