"""What two texts differ in, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

# A tag, a Latin word or number, a run of spaces, or one character: Han characters are words of their own.
WORD = re.compile(r"<[^<>]*>|[^\W\u3400-\u9fff\uf900-\ufaff]+|\s+|.", re.DOTALL)
# Comparing takes the square of the length.
MOST_WORDS = 4_000


class Piece(NamedTuple):
    kind: Literal["same", "old", "new"]
    text: str


def word_difference(old: str, new: str) -> list[Piece]:
    """The new text with what went out of the old one in its place; neighbouring words of a kind are one piece.

    Texts too long to compare are one old and one new piece.
    """
    if old == new:
        return [Piece("same", old)] if old else []
    before, after = WORD.findall(old), WORD.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return list(_present(old, new))
    pieces: list[Piece] = []
    for kind, start, end, since, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
        else:
            pieces += _present("".join(before[start:end]), "".join(after[since:until]))
    return pieces


def _present(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece("old", old)
    if new:
        yield Piece("new", new)
