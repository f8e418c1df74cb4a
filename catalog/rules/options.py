"""How a product's options ("Colour": Red, Blue) and its variants fit together.

A product keeps a list of `{"name": "Colour", "i18n": {"zh-hans": {"name": "颜色"}}, "values": [...]}` whose values are
`{"value": "Red", "i18n": {"zh-hans": {"value": "红色"}}, "swatch": "#c8321f"}`; a variant keeps `{"Colour": "Red"}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.i18n import translated


@dataclass(frozen=True, slots=True)
class OptionValue:
    value: str
    label: str
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice a shopper makes: `name` and `value` identify, `label` is shown."""

    name: str
    label: str
    values: tuple[OptionValue, ...]


def options_from_variants(variants: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """A product's options where the merchant gave only variants: names and values in the order they first occur."""
    found: dict[str, dict[str, None]] = {}
    for variant in variants:
        for name, value in variant.items():
            found.setdefault(name, {})[value] = None
    return [{"name": name, "i18n": {}, "values": [{"value": value, "i18n": {}} for value in values]} for name, values in found.items()]


def normalised_options(options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Options in their stored form; a value may also be given as plain text."""
    return [
        {
            "name": str(option["name"]),
            "i18n": dict(option.get("i18n") or {}),
            "values": [
                {"i18n": {}, **value} if isinstance(value, Mapping) else {"value": str(value), "i18n": {}} for value in option["values"]
            ],
        }
        for option in options
    ]


def variants_fit(options: Sequence[Mapping[str, Any]], variants: Sequence[Mapping[str, str]]) -> bool:
    """Whether every variant chooses one known value for each option, and no two choose the same."""
    known = {option["name"]: {value["value"] for value in option["values"]} for option in options}
    chosen = [tuple(variant.get(name) for name in known) for variant in variants]
    return len(set(chosen)) == len(chosen) and all(
        variant.keys() == known.keys() and all(value in known[name] for name, value in variant.items()) for variant in variants
    )


def options_in(options: Sequence[Mapping[str, Any]], language: str) -> tuple[Option, ...]:
    """Options with the labels of one language."""
    return tuple(
        Option(
            name=option["name"],
            label=translated(option, option.get("i18n"), "name", language),
            values=tuple(
                OptionValue(value["value"], translated(value, value.get("i18n"), "value", language), value.get("swatch", ""))
                for value in option["values"]
            ),
        )
        for option in options
    )


def in_order(options: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> dict[str, str]:
    """What a variant chooses in the order the product shows its options, which the database does not keep; unknown ones come last."""
    return {option["name"]: chosen[option["name"]] for option in options if option["name"] in chosen} | dict(chosen)


def labels_in(options: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], language: str) -> dict[str, str]:
    """What a variant chooses, as {label of the option: label of the value} in one language, in the product's order."""
    if not chosen:
        return {}
    known = {option.name: option for option in options_in(options, language)}
    return {
        known[name].label if name in known else name: next(
            (found.label for found in known[name].values if found.value == value) if name in known else iter(()), value
        )
        for name, value in in_order(options, chosen).items()
    }


def labels_by_language(options: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """labels_in for every language that some option or value is translated to."""
    if not chosen:
        return {}
    languages = {language for option in options for row in (option, *option["values"]) for language in row.get("i18n") or {}}
    return {language: labels_in(options, chosen, language) for language in sorted(languages)}
