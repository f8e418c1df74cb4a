"""What the numbers mean that cards keep their facets as beside the texts.

PostgreSQL makes them: eight bytes for each facet, its hash. A thousand cards' facets then are counted as numbers, and only the few hundred
different ones are said as texts, which a process remembers once it has read them.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterable, Iterator, Sequence

from catalog.models import ProductCard
from catalog.rules.facets import split

# The name of a facet and its value.
Token = tuple[str, str]
# A token and its number take some 250 bytes.
REMEMBERED = 100_000
_tokens: dict[int, Token] = {}


def tokens_of(codes: set[int], cards: Iterable[tuple[bytes, Sequence[int]]]) -> dict[int, Token]:
    """What the numbers mean. `cards` are the keys and numbers of those that have them, which say those not seen before; one statement.

    A number is left out whose card has changed since it was found and does not say it any more.
    """
    unknown = {code for code in codes if code not in _tokens}
    if not unknown:
        return {code: _tokens[code] for code in codes}
    learnt = _said_by(_saying(unknown, cards))
    found = {code: token for code in codes if (token := _tokens.get(code) or learnt.get(code))}
    if len(_tokens) > REMEMBERED:
        _tokens.clear()
    _tokens.update(learnt)
    return found


def _saying(unknown: set[int], cards: Iterable[tuple[bytes, Sequence[int]]]) -> Iterator[uuid.UUID]:
    """Cards that together have all of the numbers."""
    left = set(unknown)
    for key, codes in cards:
        if not left.isdisjoint(codes):
            left.difference_update(codes)
            yield uuid.UUID(bytes=key)


def _said_by(keys: Iterable[uuid.UUID]) -> dict[int, Token]:
    learnt: dict[int, Token] = {}
    for facets, codes in ProductCard.objects.filter(pk__in=list(keys)).values_list("facets", "facet_codes"):
        learnt.update(zip(struct.unpack(f">{len(facets)}Q", codes), map(split, facets), strict=True))
    return learnt
