"""How Chinese words sound, in Latin letters without tones: "手机" is "shouji", its initials "sj"."""

from __future__ import annotations

from functools import lru_cache

from catalog.rules.tokens import fold


@lru_cache(maxsize=4_096)
def syllables(text: str) -> tuple[str, ...]:
    """One syllable for each character; ü is v, as people type it. Empty where a character has no known sound."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its tables take 50 MB, which most processes never need

    folded = fold(text)
    found = tuple(lazy_pinyin(folded, errors="ignore"))
    return found if len(found) == len(folded) else ()


def pinyin(text: str) -> str:
    """The sound of a text as one word; empty where a character has none."""
    return "".join(syllables(text))


def initials(text: str) -> str:
    """The first letters of the syllables of a text."""
    return "".join(syllable[0] for syllable in syllables(text))
