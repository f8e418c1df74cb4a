"""Typed attributes: how cards find the facets in what merchants wrote, and how lists and forms name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from catalog.models import Attribute, AttributeChoice, Category, TypeAttribute
from catalog.rules.attributes import Asked
from catalog.rules.facets import AttributeSpec
from catalog.rules.tokens import fold
from core.i18n import translated
from core.remembered import forget, remembered

KEY = "facet labels"
SECONDS = 30.0
_STEP = int(Category.steplen)


@dataclass(frozen=True, slots=True)
class ChoiceLabel:
    label: str
    i18n: Mapping[str, Mapping[str, str]]
    swatch: str
    position: int


@dataclass(frozen=True, slots=True)
class FacetLabels:
    """How a facet and its values are called; `choices` by key."""

    name: str
    i18n: Mapping[str, Mapping[str, str]]
    kind: str
    unit: str
    position: int
    choices: Mapping[str, ChoiceLabel]

    def title(self, language: str) -> str:
        return translated({"name": self.name}, self.i18n, "name", language)

    def label(self, value: str, language: str) -> str:
        """The value in words, such as "128 GB", "Yes" or "Dark blue"."""
        if self.kind == Attribute.Kind.NUMBER:
            return f"{value} {self.unit}".strip()
        if self.kind == Attribute.Kind.BOOLEAN:
            return gettext("Yes") if value == "yes" else gettext("No")
        choice = self.choices.get(value)
        return translated({"label": choice.label}, choice.i18n, "label", language) if choice else value

    def order(self, value: str) -> tuple[Decimal, str]:
        """Numbers by size, choices as the operator has put them."""
        if self.kind == Attribute.Kind.NUMBER:
            return Decimal(value), value
        choice = self.choices.get(value)
        return Decimal(choice.position if choice else 0), value


def specs_by_name() -> dict[str, AttributeSpec]:
    """The attributes that are facets, by their key and their folded names in every language; two statements."""
    found: dict[str, AttributeSpec] = {}
    for row in Attribute.objects.filter(is_facet=True).exclude(kind=Attribute.Kind.TEXT).prefetch_related("choices"):
        spec = _spec(row)
        for name in (row.key, row.name, *(texts.get("name", "") for texts in row.i18n.values())):
            found.setdefault(fold(name).strip(), spec)
    return found


def _spec(row: Attribute) -> AttributeSpec:
    choices = {word: choice.key for choice in row.choices.all() for word in _words_for(choice)}
    swatches = {choice.key: choice.swatch for choice in row.choices.all() if choice.swatch}
    return AttributeSpec(row.key, row.kind, row.unit, choices, swatches)


def _words_for(choice: AttributeChoice) -> list[str]:
    words = [choice.key, choice.label, *(texts.get("label", "") for texts in choice.i18n.values()), *choice.aliases]
    return [fold(word).strip() for word in words if word]


def facet_labels() -> dict[str, FacetLabels]:
    """The attributes that are facets by key, as of the last seconds."""
    return remembered(KEY, SECONDS, _labels)


def forget_labels() -> None:
    forget(KEY)


def _labels() -> dict[str, FacetLabels]:
    rows = Attribute.objects.filter(is_facet=True).order_by("position", "key").prefetch_related("choices")
    return {
        row.key: FacetLabels(
            name=row.name,
            i18n=row.i18n,
            kind=row.kind,
            unit=row.unit,
            position=number,
            choices={one.key: ChoiceLabel(one.label, one.i18n, one.swatch, one.position) for one in row.choices.all()},
        )
        for number, row in enumerate(rows)
    }


def attributes_for(category: Category) -> list[TypeAttribute]:
    """The attributes of products of a category: the set of its own product type, else of the nearest above that has one."""
    above = [category.path[:end] for end in range(_STEP, len(category.path) + 1, _STEP)]
    nearest = Category.objects.filter(path__in=above, product_type__isnull=False).order_by("-path").first()
    if nearest is None:
        return []
    rows = TypeAttribute.objects.filter(product_type_id=nearest.product_type_id).order_by("position", "pk")
    return list(rows.select_related("attribute").prefetch_related("attribute__choices"))


def asked_of(category: Category) -> list[Asked]:
    """What is asked of products of a category, as the rules see it; at most four statements."""
    return [
        Asked(
            spec=_spec(row.attribute),
            name=row.attribute.name,
            i18n=row.attribute.i18n,
            is_required=row.is_required,
            labels={choice.key: (choice.label, choice.i18n) for choice in row.attribute.choices.all()},
        )
        for row in attributes_for(category)
    ]
