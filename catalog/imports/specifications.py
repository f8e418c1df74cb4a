"""Several attributes in one cell, as merchants and other marketplaces write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from catalog.imports.fields import MAX_ATTRIBUTE_NAME
from catalog.imports.reasons import Unfit

MAX_VALUE = 500
_PARTS = re.compile(r"[;\n\r|；]+")


def attributes_in(cell: str) -> list[tuple[str, str]]:
    """Pairs of name and value, each name once.

    JSON is understood (an object, or a list of {"key", "value"} or {"name", "value"}), the same with Ruby's arrows, and lines or parts
    of `Name: value`. What has a value but no name is left out of the former two, because nobody could say what it is.

    Raises:
        Unfit: none of these.
    """
    stripped = cell.strip()
    if stripped[:1] in {"{", "["}:
        pairs = list(_of_json(stripped))
    else:
        parts = [part for part in _PARTS.split(stripped) if part.strip()]
        pairs = [_of_part(part) for part in parts]
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(" ".join(name.split())[:MAX_ATTRIBUTE_NAME], " ".join(value.split())[:MAX_VALUE])
    return list(found.items())


def _of_part(part: str) -> tuple[str, str]:
    name, colon, value = part.replace("：", ":").partition(":")
    if not colon or not name.strip() or not value.strip():
        raise Unfit("attributes_unclear")
    return name, value


def _of_json(text: str) -> Iterator[tuple[str, str]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = json.loads(_without_arrows(text))
        except (ValueError, RecursionError) as error:
            raise Unfit("attributes_unclear") from error
    yield from _pairs(value)


def _without_arrows(text: str) -> str:
    """Ruby's `"key"=>nil` as JSON, outside of quotation marks only."""
    pieces = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(piece if piece.startswith('"') else piece.replace("=>", ":").replace("nil", "null") for piece in pieces)


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(inner := next(iter(value.values())), list | dict):
            yield from _pairs(inner)
            return
        if "value" in value and value.keys() <= {"key", "name", "value"}:
            value = {value.get("key") or value.get("name") or "": value["value"]}
        for name, text in value.items():
            if name and isinstance(text, str | int | float) and str(text).strip():
                yield str(name), str(text)
    elif isinstance(value, list):
        for item in value:
            yield from _pairs(item) if isinstance(item, dict) else ()
    else:
        raise Unfit("attributes_unclear")
