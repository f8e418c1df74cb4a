"""What somebody typed into the palette, read as the several things it may be."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from core.backoffice.base import plain_text

MOST_LETTERS = 100
LEAST_OF_A_NUMBER = 3
LEAST_OF_AN_ADDRESS = 3
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]*")
_GROUP, _GROUPED = 4, 12


@dataclass(frozen=True)
class Term:
    """One line without blanks around it; every reading is empty (or None) where the text cannot be that."""

    text: str

    @classmethod
    def of(cls, typed: str) -> Term:
        return cls(plain_text(typed, MOST_LETTERS))

    @property
    def number(self) -> str:
        """The beginning of a number such as ABCD-EFGH-JKMN-1, also where it was typed without its hyphens or with blanks."""
        letters = "".join(self.text.split()).upper()
        if len(letters) < LEAST_OF_A_NUMBER or not _NUMBER.fullmatch(letters):
            return ""
        if "-" in letters or len(letters) > _GROUPED + 1:
            return letters
        groups = [letters[start : start + _GROUP] for start in range(0, _GROUPED, _GROUP)]
        return "-".join(group for group in [*groups, letters[_GROUPED:]] if group)

    @property
    def code(self) -> str:
        """What a carrier or a provider calls something: one word of ASCII."""
        word = "".join(self.text.split())
        return word if len(word) >= LEAST_OF_A_NUMBER and word.isascii() else ""

    @property
    def address(self) -> str:
        """The beginning of an e-mail address."""
        word = self.text.lower()
        return word if len(word) >= LEAST_OF_AN_ADDRESS and word.isascii() and " " not in word else ""

    @property
    def key(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.text)
        except ValueError:
            return None

    @property
    def ordinal(self) -> int | None:
        """A small number such as that of a statement."""
        digits = self.text.removeprefix("#")
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 6 else None

    @property
    def day(self) -> dt.date | None:
        try:
            return dt.date.fromisoformat(self.text)
        except ValueError:
            return None
