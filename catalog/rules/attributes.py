"""What may be said of a product for a typed attribute, and how it is kept beside what merchants write freely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.rules.facets import AttributeSpec
from catalog.rules.tokens import fold

MAX_TEXT = 200
YES_NO = {"yes": ("Yes", "是"), "no": ("No", "否")}
Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute that a product's type asks for. `labels` are the texts of each choice, by its key."""

    spec: AttributeSpec
    name: str
    i18n: Texts
    is_required: bool
    labels: Mapping[str, tuple[str, Texts]]


def said(asked: Asked, text: str) -> dict[str, Any] | None:
    """The attribute as a product keeps it; None where the text is no value of it.

    A number comes with its unit, a choice with its translations, so that a page needs nothing else.
    """
    text = " ".join(str(text).split())
    value = asked.spec.value_key(text) if asked.spec.kind != "text" else text[:MAX_TEXT]
    if not value or (asked.spec.kind == "text" and len(text) > MAX_TEXT):
        return None
    label, others = _label(asked, value)
    names = {language: texts["name"] for language, texts in asked.i18n.items() if texts.get("name")}
    i18n = {language: {"name": names.get(language, asked.name), "value": others.get(language, label)} for language in {*names, *others}}
    return {"key": asked.spec.key, "name": asked.name, "value": label, "i18n": i18n}


def _label(asked: Asked, value: str) -> tuple[str, dict[str, str]]:
    """The value in words, and in the other languages where they differ."""
    if asked.spec.kind == "number":
        return f"{value} {asked.spec.unit}".strip(), {}
    if asked.spec.kind == "boolean":
        return YES_NO[value][0], {"zh-hans": YES_NO[value][1]}
    label, i18n = asked.labels.get(value, (value, {}))
    return label, {language: texts["label"] for language, texts in i18n.items() if texts.get("label")}


def merged(
    present: Sequence[Mapping[str, Any]], asked: Sequence[Asked], values: Mapping[str, Mapping[str, Any] | None]
) -> list[dict[str, Any]]:
    """The attributes of a product with the typed ones as they are now, in the order of the type and in front of the free ones.

    Args:
        values: by key; None takes an attribute away.
    """
    names = {name: one.spec.key for one in asked for name in _names(one)}
    before = {key: row for row in present if (key := _key_of(row, names))}
    typed = [values.get(one.spec.key, before.get(one.spec.key)) for one in asked]
    free = [dict(row) for row in present if not _key_of(row, names)]
    return [dict(row) for row in typed if row] + free


def value_of(present: Sequence[Mapping[str, Any]], asked: Asked) -> str:
    """What a product says for an attribute, by its key or by any of its names; empty where it says nothing."""
    names = dict.fromkeys(_names(asked), asked.spec.key)
    return next((str(row["value"]) for row in present if _key_of(row, names) == asked.spec.key), "")


def _names(asked: Asked) -> list[str]:
    return [fold(name).strip() for name in (asked.name, *(texts.get("name", "") for texts in asked.i18n.values())) if name]


def _key_of(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return str(row.get("key") or names.get(fold(str(row["name"])).strip(), ""))
