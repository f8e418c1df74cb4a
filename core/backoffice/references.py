"""Readable names of opaque references: an app that knows what a reference is registers how it is called."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

Namer = Callable[[Collection[uuid.UUID]], dict[uuid.UUID, str]]
Linker = Callable[[Collection[uuid.UUID]], dict[uuid.UUID, str]]
_namers: list[Namer] = []
_linkers: list[Linker] = []


def names_references(function: Namer) -> Namer:
    """Register a function that gives the numbers of those references it knows, in one statement."""
    _namers.append(function)
    return function


def links_references(function: Linker) -> Linker:
    """Register a function that gives the operator's page of those references it knows, in one statement."""
    _linkers.append(function)
    return function


def reference_links(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Addresses of the operator's pages of the references; those nobody knows are left out."""
    found: dict[uuid.UUID, str] = {}
    for linker in _linkers:
        unknown = [reference for reference in references if reference not in found]
        found |= linker(unknown) if unknown else {}
    return found


def reference_names(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the references are called; those nobody knows are left out."""
    found: dict[uuid.UUID, str] = {}
    for namer in _namers:
        unknown = [reference for reference in references if reference not in found]
        found |= namer(unknown) if unknown else {}
    return found


def name_references(rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Give each row `<field>_name` for its reference fields: the number, or the end of the key."""
    wanted = {value for row in rows for field in fields if (value := getattr(row, field))}
    names = reference_names(wanted) if wanted else {}
    for row in rows:
        for field in fields:
            value = getattr(row, field)
            setattr(row, f"{field}_name", names.get(value, f"…{str(value)[-8:]}") if value else "")
