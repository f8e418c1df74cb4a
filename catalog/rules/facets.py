"""What a list can be narrowed by. A card keeps its facets as texts `name=value`; an attribute's name is its key.

The shop's own facets have names of one letter: b brand, c condition, d days until it is sent, k category path, m merchant. Computed when
asked: p reduced, r stars at least, s in stock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.rules.tokens import fold

BRAND, CONDITION, DAYS, CATEGORY, MERCHANT, REDUCED, STARS, STOCK = "b", "c", "d", "k", "m", "p", "r", "s"
SENT_WITHIN = (1, 3)
STARS_AT_LEAST = (4, 3)
MOST_NUMBER = Decimal(10**9)
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?|[-+]?\.\d+")
_TRUE, _FALSE = frozenset({"yes", "true", "1", "是", "有", "支持"}), frozenset({"no", "false", "0", "否", "无", "不支持"})


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """A typed attribute as the rules see it. `choices` maps every folded word for a choice to its key, `swatches` its key to a colour."""

    key: str
    kind: str
    unit: str
    choices: Mapping[str, str]
    swatches: Mapping[str, str] = field(default_factory=dict)

    def value_key(self, value: str) -> str | None:
        """The value as a facet keeps it; None where it is no value of this attribute, or free text."""
        folded = fold(str(value)).strip()
        if self.kind in {"choice", "colour"}:
            return self.choices.get(folded)
        if self.kind == "boolean":
            return "yes" if folded in _TRUE else "no" if folded in _FALSE else None
        if self.kind == "number":
            number = number_of(folded, self.unit)
            return None if number is None else plain(number)
        return None


def number_of(text: str, unit: str) -> Decimal | None:
    """The number in "1,024 GB" or "15.6", where the unit is ours or none is said; None in all other texts."""
    match = _NUMBER.match(text)
    rest = text[match.end() :].strip() if match else ""
    if match is None or rest not in {"", fold(unit)}:
        return None
    try:
        number = Decimal(match.group().replace(",", ""))
    except InvalidOperation:
        return None
    return number if abs(number) <= MOST_NUMBER else None


def plain(number: Decimal) -> str:
    """A number without exponent and trailing zeros: "15.6", "128"."""
    return format(number.normalize(), "f")


def facet(name: str, value: object) -> str:
    return f"{name}={value}"


def least_stars(values: Iterable[str]) -> int:
    """How many stars are asked for at least, where several values were chosen; what is no number asks for five."""
    return min((int(value) for value in values if value.isdigit()), default=5)


def split(token: str) -> tuple[str, str]:
    """Name and value of a facet."""
    name, _, value = token.partition("=")
    return name, value


def facets_of(
    *,
    brand_slug: str,
    merchant_slug: str,
    condition: str,
    handling_days: int,
    category_paths: Iterable[str],
    attributes: Sequence[Mapping[str, Any]],
    options: Sequence[Mapping[str, Any]],
    specs: Mapping[str, AttributeSpec],
) -> list[str]:
    """The facets of a card, sorted. `specs` are the attributes that are facets, by each of their folded names; options count, too."""
    found = {facet(CONDITION, condition), facet(MERCHANT, merchant_slug)}
    found |= {facet(CATEGORY, path) for path in category_paths}
    found |= {facet(DAYS, days) for days in SENT_WITHIN if handling_days <= days}
    found |= {facet(BRAND, brand_slug)} if brand_slug else set()
    for name, value in _said(attributes, options):
        spec = specs.get(fold(name).strip())
        key = spec.value_key(value) if spec else None
        if spec and key is not None:
            found.add(facet(spec.key, key))
    return sorted(found)


def _said(attributes: Sequence[Mapping[str, Any]], options: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for attribute in attributes:
        yield attribute["name"], attribute["value"]
    for option in options:
        for value in option["values"]:
            yield option["name"], value["value"]


def swatches_of(options: Sequence[Mapping[str, Any]], specs: Mapping[str, AttributeSpec]) -> list[str]:
    """The colours a product comes in, for its card: the merchant's own, else those of the choices; none where there is one only."""
    found: dict[str, None] = {}
    for option in options:
        spec = specs.get(fold(option["name"]).strip())
        for value in option["values"]:
            own = value.get("swatch") or (spec.swatches.get(spec.value_key(value["value"]) or "") if spec else "")
            found |= {own: None} if own else {}
    return list(found) if len(found) > 1 else []
