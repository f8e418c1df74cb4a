"""Which rows of a comparison differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_COMPARED = 4


@dataclass(frozen=True, slots=True)
class FactRow:
    """One attribute over all compared products; an empty text where a product does not name it."""

    name: str
    values: tuple[str, ...]

    @property
    def is_different(self) -> bool:
        return len({value.casefold() for value in self.values}) > 1


def fact_rows(facts: Sequence[Sequence[tuple[str, str]]]) -> list[FactRow]:
    """The attributes of several products beside each other, in the order they first occur; names are compared without regard to case.

    What a product names more than once is joined.
    """
    names: dict[str, str] = {}
    tables: list[dict[str, str]] = []
    for product in facts:
        table: dict[str, str] = {}
        for name, value in product:
            key = name.strip().casefold()
            names.setdefault(key, name)
            table[key] = f"{table[key]}, {value}" if key in table else value
        tables.append(table)
    return [FactRow(name, tuple(table.get(key, "") for table in tables)) for key, name in names.items()]
