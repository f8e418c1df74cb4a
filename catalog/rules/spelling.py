"""What a misspelt or spelt-out word may have meant: distance of words, letters left out, and pinyin cut into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LONGEST = 40
TWO_ERRORS_FROM = 8
LONGEST_WITH_TWO = 20
SHORTEST = 3
MOST_PINYIN = 30
SHORTEST_PINYIN = 2


def deletions(word: str) -> list[str]:
    """The word and all that is left of it when one letter is missing; two words one edit apart share one of them."""
    return sorted({word, *_shorter(word)})


def second_deletions(word: str) -> list[str]:
    """What is left of a long word when two letters are missing: a deletion of another word where that has one letter less or other, and
    this one a letter too many besides. Empty for words in which one error only is forgiven.
    """
    if not TWO_ERRORS_FROM <= len(word) <= LONGEST_WITH_TWO:
        return []
    return sorted({shortest for shorter in _shorter(word) for shortest in _shorter(shorter)})


def _shorter(word: str) -> set[str]:
    return {word[:index] + word[index + 1 :] for index in range(len(word))}


def distance(one: str, other: str) -> int:
    """Edits between two words: a letter more, less or other, or two neighbours swapped (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def is_near(typed: str, word: str) -> bool:
    """One error is forgiven, two in long words; the shortest words and numbers are taken as they are."""
    allowed = 2 if min(len(typed), len(word)) >= TWO_ERRORS_FROM else 1
    return len(typed) >= SHORTEST and distance(typed, word) <= allowed


def parts_of(text: str) -> list[str]:
    """Every part of a text that may be a word's pinyin, for one question to the vocabulary."""
    if len(text) > MOST_PINYIN or not (text.isascii() and text.isalpha()):
        return []
    ends = range(len(text) + 1)
    return sorted({text[start:end] for start in ends for end in ends if end - start >= SHORTEST_PINYIN})


def cut(text: str, known: Mapping[str, int]) -> tuple[str, ...]:
    """A text cut into known parts, into as few as possible, of these the ones that the most products have; empty where it cannot be.

    Args:
        known: how many products have a word with this pinyin.
    """
    best: list[tuple[int, int, tuple[str, ...]] | None] = [(0, 0, ())] + [None] * len(text)
    for end in range(1, len(text) + 1):
        options = [
            (so_far[0] + 1, so_far[1] - _weight(known[part]), (*so_far[2], part))
            for start in range(max(0, end - LONGEST), end)
            if (so_far := best[start]) is not None and (part := text[start:end]) in known
        ]
        best[end] = min(options) if options else None
    last = best[len(text)]
    return last[2] if last else ()


def _weight(documents: int) -> int:
    """Twice as many products weigh one more."""
    return documents.bit_length()


def ranked(typed: str, words: Sequence[tuple[str, int]]) -> list[str]:
    """The words that `typed` may have been, nearest first, then by how many products have them."""
    near = [(distance(typed, word), -documents, word) for word, documents in words if is_near(typed, word)]
    return [word for _, _, word in sorted(near)]
