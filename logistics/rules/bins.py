"""How bins are named and where they stand: aisle, rack and level, such as A-03-2, with a zone before them where there are several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

CODE = re.compile(r"(?:([A-Z0-9]{1,10})-)?([A-Z]{1,2}|[1-9][0-9]?)-([0-9]{1,3})-([0-9]{1,2})")
AISLE = re.compile(r"[A-Z]{1,2}|[1-9][0-9]?")
NUMBER = re.compile(r"[0-9]{1,3}")
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class BinName:
    """The parts of a bin's code."""

    zone: str
    aisle: str
    rack: int
    level: int

    @property
    def code(self) -> str:
        return "-".join(part for part in (self.zone, self.aisle, f"{self.rack:02}", str(self.level)) if part)

    @property
    def aisle_number(self) -> int:
        """Which aisle it is from the left, from 1."""
        return aisle_number(self.aisle)

    def along_cm(self, rack_cm: int) -> int:
        """How far the middle of its rack is from the front."""
        return max(self.rack - 1, 0) * rack_cm + rack_cm // 2


def bin_name(text: str) -> BinName | None:
    """The parts of a code as people type it; None for what is none."""
    found = CODE.fullmatch(text.strip().upper().replace("－", "-"))
    return BinName(found[1] or "", found[2], int(found[3]), int(found[4])) if found else None


def aisle_number(aisle: str) -> int:
    """A is 1, Z 26, AA 27; a number is itself."""
    if aisle.isdigit():
        return int(aisle)
    number = 0
    for letter in aisle:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def named(text: str, *, are_aisles: bool = False) -> list[str] | None:
    """What "A-F", "1–12" or "A, C, D" names, in its order and each once; None for what names nothing or too much."""
    found: list[str] = []
    for part in re.split(r"[,，、;\s]+", re.sub(r"\s*[-–—~～至]\s*", "-", text.strip().upper())):
        names = _span(part, AISLE if are_aisles else NUMBER)
        if names is None or len(found) + len(names) > MOST_NAMED:
            return None
        found += names
    return list(dict.fromkeys(found))


def _span(part: str, pattern: re.Pattern[str]) -> list[str] | None:
    ends = part.split("-")
    if len(ends) > 2 or not all(pattern.fullmatch(end) for end in ends) or ends[0].isdigit() != ends[-1].isdigit():
        return None
    first, last = aisle_number(ends[0]), aisle_number(ends[-1])
    if not 0 <= last - first < MOST_NAMED:
        return None
    return [str(number) if ends[0].isdigit() else _letters(number) for number in range(first, last + 1)]


def _letters(number: int) -> str:
    return (chr(64 + (number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)


def grid(zone: str, aisles: list[str], racks: list[str], levels: list[str]) -> Iterator[BinName]:
    """Every bin of a block of racks, aisle by aisle."""
    for aisle, rack, level in product(aisles, racks, levels):
        yield BinName(zone, aisle, int(rack), int(level))
