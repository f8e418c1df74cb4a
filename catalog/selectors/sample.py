"""What a query finds, read once: which of it the chosen facets fit, and how often each facet comes.

PostgreSQL would take longer to count fifteen facets of a thousand rows than to say them, and would visit the rows anew for each question.
"""

from __future__ import annotations

import itertools
import struct
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BinaryField, BooleanField, Expression, F, Func, OrderBy, Q, QuerySet, Value

from catalog.models import ProductCard
from catalog.rules import facets as names
from catalog.selectors.facet_codes import Token, tokens_of

LOOKED_AT = 1_000
MOST_VALUES = 24
_COLUMNS = ("codes", "head", "place", "key")
Selected = Mapping[str, tuple[str, ...]]
# Of each value of each facet: among what the other facets' choices fit, and in all.
Counts = Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order of cards: by a value, those without one last where `has_gaps`, ties by key."""

    by: Expression | F
    is_descending: bool = True
    ties_descend: bool = False
    has_gaps: bool = False

    def of(self, rows: QuerySet[ProductCard]) -> QuerySet[ProductCard]:
        first = OrderBy(self.by, descending=self.is_descending, nulls_last=True if self.has_gaps else None)
        return rows.order_by(first, "-product_id" if self.ties_descend else "product_id")

    @property
    def sql(self) -> str:
        """The same order of the columns that a sample reads."""
        *_, place, key = _COLUMNS
        gaps = " NULLS LAST" if self.has_gaps else ""
        return f"{place}{' DESC' if self.is_descending else ''}{gaps}, {key}{' DESC' if self.ties_descend else ''}"


@dataclass(slots=True)
class Alike:
    """Products that have none of the chosen values of the same facets: their keys and heads, and the codes of the facets of all of them."""

    keys: list[bytes] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """At most 1,000 products that a query finds but for its facets, by the facets `chosen` whose values they miss.

    `is_whole` says that these are all of them; then they are in the order that was asked for. `tokens` says what the codes mean.
    """

    groups: Mapping[tuple[str, ...], Alike]
    tokens: Mapping[int, Token]
    chosen: Selected
    is_whole: bool

    def __len__(self) -> int:
        return sum(len(group.keys) for group in self.groups.values())

    @property
    def fitting(self) -> Sequence[bytes]:
        """The keys of the products that have a value of each facet chosen."""
        found = self.groups.get(())
        return found.keys if found else []

    def counts(self) -> Counts:
        """How often each facet comes. Of each name the 24 values that fit most are kept, all categories, and what is chosen."""
        present: Counter[Token] = Counter()
        fitting: Counter[Token] = Counter()
        for missed, group in self.groups.items():
            found = self._times(group)
            present.update(found)
            if not missed:
                fitting.update(found)
            elif len(missed) == 1:  # a facet's own choice does not shrink its own counts
                fitting.update({token: count for token, count in found.items() if token[0] == missed[0]})
        named: dict[str, dict[str, tuple[int, int]]] = {}
        for token, count in present.items():
            named.setdefault(token[0], {})[token[1]] = (fitting[token], count)
        return {name: _most(name, values, self.chosen.get(name, ())) for name, values in named.items()}

    def _times(self, group: Alike) -> dict[Token, int]:
        """How many of these products have each facet."""
        found = {self.tokens[code]: count for code, count in Counter(group.codes).items() if code in self.tokens}
        heads = Counter(head >> _FLAGS_FROM for head in group.heads)
        for token, has in FLAGS.items():
            if count := sum(many for head, many in heads.items() if has(head << _FLAGS_FROM)):
                found[token] = count
        return found


def _most(name: str, values: Mapping[str, tuple[int, int]], chosen: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    if name == names.CATEGORY or len(values) <= MOST_VALUES:
        return values
    ordered = sorted(values, key=lambda value: (-values[value][0], -values[value][1], value))
    return {value: values[value] for place, value in enumerate(ordered) if place < MOST_VALUES or value in chosen}


def sample_of(rows: QuerySet[ProductCard], chosen: Selected, sorting: Sorting | None = None) -> Sample:
    """Look at the cards of a query that the facets chosen do not narrow yet, in an order where one is given; one statement, and one more
    where a facet was not seen by this process before.

    They come as two strings of bytes: the driver would take longer to make a thousand rows than PostgreSQL takes to find them.
    """
    columns = ("facet_codes", _HEAD, sorting.by, "product_id") if sorting else ("facet_codes", _HEAD)
    sql, params = rows.order_by().values_list(*columns)[: LOOKED_AT + 1].query.sql_with_params()
    order = f" ORDER BY {sorting.sql}" if sorting else ""
    called = ", ".join(_COLUMNS[: len(columns)])
    both = f"string_agg(codes, ''::bytea{order}), string_agg(head, ''::bytea{order})"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {both} FROM ({sql}) AS found ({called})", params)  # noqa: S608  # all of it is Django's and our own
        codes, heads = (bytes(told or b"") for told in cursor.fetchone())
    return _read(codes, heads, chosen)


def _read(told_codes: bytes, told_heads: bytes, chosen: Selected) -> Sample:
    rows = list(_HEAD_OF_ROW.iter_unpack(told_heads))
    is_whole, rows = len(rows) <= LOOKED_AT, rows[:LOOKED_AT]
    codes = struct.unpack(f">{len(told_codes) // 8}Q", told_codes)
    ends = list(itertools.accumulate((head & _HOW_MANY for head, _ in rows), initial=0))
    own = [codes[start:end] for start, end in itertools.pairwise(ends)]
    tokens = tokens_of(set(codes[: ends[-1]]), zip((key for _, key in rows), own, strict=True))
    heads = [head for head, _ in rows]
    misses = [_misses(name, values, heads, own, tokens) for name, values in chosen.items()]
    groups: dict[tuple[str, ...], Alike] = {}
    for (head, key), mine, missed in zip(rows, own, zip(*misses, strict=True) if misses else itertools.repeat(()), strict=False):
        group = groups.get(missed) or groups.setdefault(missed, Alike())
        group.keys.append(key)
        group.heads.append(head)
        group.codes += mine
    return Sample({tuple(filter(None, missed)): group for missed, group in groups.items()}, tokens, chosen, is_whole)


# How many facets a card has, and what changes with each sale and rating: whether it is in stock, is reduced, and its whole stars.
_HOW_MANY, _FLAGS_FROM, _IN_STOCK, _REDUCED, _STARS_FROM = 0xFFFF, 16, 1 << 16, 1 << 17, 18
_HEAD = Func(
    template=f"""int4send(octet_length(facet_codes) / 8 | CASE WHEN in_stock THEN {_IN_STOCK} ELSE 0 END
        | CASE WHEN discount_bps > 0 THEN {_REDUCED} ELSE 0 END
        | (CASE WHEN stars_count > 0 THEN stars_sum / stars_count ELSE 0 END << {_STARS_FROM})) || uuid_send(product_id)""",
    output_field=BinaryField(),
)
_HEAD_OF_ROW = struct.Struct(">i16s")


def _with_stars(least: int) -> Callable[[int], bool]:
    return lambda head: head >> _STARS_FROM >= least


# The facets that are not kept as texts, by what a head says.
FLAGS: dict[Token, Callable[[int], bool]] = {
    (names.STOCK, "1"): lambda head: head & _IN_STOCK > 0,
    (names.REDUCED, "1"): lambda head: head & _REDUCED > 0,
    **{(names.STARS, str(least)): _with_stars(least) for least in names.STARS_AT_LEAST},
}


def _misses(
    name: str, values: tuple[str, ...], heads: Sequence[int], own: Sequence[tuple[int, ...]], tokens: Mapping[int, Token]
) -> list[str]:
    """The facet's name for each product that has none of the values, "" for the others."""
    if name in {names.STOCK, names.REDUCED, names.STARS}:
        has = _with_stars(max(names.least_stars(values), 1)) if name == names.STARS else FLAGS[name, "1"]
        return ["" if has(head) else name for head in heads]
    wanted = {(name, value) for value in values}
    lacks = frozenset(code for code, token in tokens.items() if token in wanted).isdisjoint
    return [name if lacks(mine) else "" for mine in own]


NOTHING = _read(b"", b"", {})


def among(keys: Sequence[bytes]) -> Func:
    """Whether a card has any of these keys, told to PostgreSQL as one text: it would take long to spell each, and to plan for each."""
    told = Value(f"{{{','.join(key.hex() for key in keys)}}}")
    return Func(
        F("product_id"),
        told,
        template="(%(expressions)s::uuid[]))))",
        arg_joiner=" = ANY(ARRAY(SELECT unnest(",
        output_field=BooleanField(),
    )


def has_stars(least: int) -> Q:
    """Cards whose ratings are so many stars on average, or more."""
    return Q(stars_count__gt=0, stars_sum__gte=F("stars_count") * least)


def is_reduced() -> Q:
    """Cards that cost less now than before."""
    return Q(discount_bps__gt=0)
