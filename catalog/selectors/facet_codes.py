"""What the numbers mean that cards keep their facets as beside the texts.

PostgreSQL makes them: eight bytes for each facet, its hash. A thousand cards' facets then are counted as numbers, and only the few hundred
different ones are said as texts, which a process remembers once it has read them.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable, Sequence

from catalog.models import ProductCard

# A token and its number take some 150 bytes.
REMEMBERED = 100_000
_tokens: dict[int, str] = {}


def tokens_of(codes: Sequence[int], keys_of: Callable[[Sequence[int]], Sequence[bytes]]) -> list[str]:
    """The facet of each number. Of those not seen before, `keys_of` says by their places the keys of cards that have them; one statement.

    A card that has changed since it was found may not say it any more; then it is an empty text, which is no facet's.
    """
    unknown = [place for place, code in enumerate(codes) if code not in _tokens]
    if not unknown:
        return [_tokens[code] for code in codes]
    learnt = _said_by({uuid.UUID(bytes=key) for key in keys_of(unknown)})
    found = [_tokens.get(code) or learnt.get(code, "") for code in codes]
    if len(_tokens) > REMEMBERED:
        _tokens.clear()
    _tokens.update(learnt)
    return found


def _said_by(keys: set[uuid.UUID]) -> dict[int, str]:
    learnt: dict[int, str] = {}
    for facets, codes in ProductCard.objects.filter(pk__in=keys).values_list("facets", "facet_codes"):
        learnt.update(zip(struct.unpack(f">{len(facets)}Q", codes), facets, strict=True))
    return learnt
