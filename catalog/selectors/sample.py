"""What a query finds, read once: which of it the chosen facets fit, and how often each facet comes.

PostgreSQL would take longer to count fifteen facets of a thousand rows than to say them, and would visit the rows anew for each question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import BinaryField, BooleanField, Expression, F, Func, OrderBy, Q, QuerySet, Value
from numpy.typing import NDArray

from catalog.models import ProductCard
from catalog.rules import facets as names
from catalog.selectors.facet_codes import tokens_of

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


@dataclass(frozen=True, slots=True)
class Sample:
    """At most 1,000 products that a query finds but for its facets `chosen`; `is_whole` says that these are all of them.

    Then they are in the order that was asked for. Of each product there is a key, a row of `_HEAD` and, in `lacking`, whether it has none
    of the values of each facet chosen. All their facets stand one after the other: `spelled` says which, by place in `tokens`, and
    `owners` whose.
    """

    keys: Sequence[bytes]
    heads: NDArray[np.int32]
    lacking: NDArray[np.bool_]
    tokens: Sequence[str]
    spelled: NDArray[np.intp]
    owners: NDArray[np.intp]
    chosen: Selected
    is_whole: bool

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def fitting(self) -> Sequence[bytes]:
        """The keys of the products that have a value of each facet chosen."""
        if not self.chosen:
            return self.keys
        return [self.keys[place] for place in np.flatnonzero(~self.lacking.any(axis=0)).tolist()]

    def counts(self) -> Counts:
        """How often each facet comes. Of each name the 24 values that fit most are kept, all categories, and what is chosen."""
        lacks = self.lacking.sum(axis=0)
        fits = lacks == 0
        # A facet's own choice does not shrink its own counts.
        but_for = {name: fits | (self.lacking[row] & (lacks == 1)) for row, name in enumerate(self.chosen)}
        found: dict[str, dict[str, tuple[int, int]]] = {}
        present, fitting = self._times(np.ones_like(fits)), self._times(fits)
        own = {name: self._times(rows) for name, rows in but_for.items()}
        for place, (token, count) in enumerate(zip(self.tokens, present, strict=True)):
            name, value = names.split(token)  # both empty where nobody says it any more
            found.setdefault(name, {})[value] = (own.get(name, fitting)[place], count)
        for name, flags in _flags(self.heads).items():
            rows = but_for.get(name, fits)
            counted = {value: (int((rows & has).sum()), int(has.sum())) for value, has in flags.items()}
            found[name] = {value: pair for value, pair in counted.items() if pair[1]}
        return {name: _most(name, values, self.chosen.get(name, ())) for name, values in found.items()}

    def _times(self, rows: NDArray[np.bool_]) -> list[int]:
        """How many of these products have each of the tokens."""
        times: list[int] = np.bincount(self.spelled[rows[self.owners]], minlength=len(self.tokens)).tolist()
        return times


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
    rows = np.frombuffer(told_heads, _HEADS)
    is_whole, rows = len(rows) <= LOOKED_AT, rows[:LOOKED_AT]
    heads, keys = rows["head"].astype(np.int32), rows["key"].tolist()
    owners = np.repeat(np.arange(len(keys)), heads & _HOW_MANY)
    codes = np.frombuffer(told_codes, ">u8")[: len(owners)].astype(np.uint64)
    found, first, spelled = np.unique(codes, return_index=True, return_inverse=True)
    tokens = tokens_of(found.tolist(), lambda places: [keys[owners[first[place]]] for place in places])
    lacking = np.ones((len(chosen), len(keys)), np.bool_)
    for row, (name, values) in enumerate(chosen.items()):
        lacking[row] = ~_has_any(name, values, heads, tokens, spelled, owners)
    return Sample(keys, heads, lacking, tokens, spelled, owners, chosen, is_whole)


# How many facets a card has, and what changes with each sale and rating: whether it is in stock, is reduced, and its whole stars.
_HOW_MANY, _IN_STOCK, _REDUCED, _STARS_FROM = 0xFFFF, 1 << 16, 1 << 17, 18
_HEAD = Func(
    template=f"""int4send(octet_length(facet_codes) / 8 | CASE WHEN in_stock THEN {_IN_STOCK} ELSE 0 END
        | CASE WHEN discount_bps > 0 THEN {_REDUCED} ELSE 0 END
        | (CASE WHEN stars_count > 0 THEN stars_sum / stars_count ELSE 0 END << {_STARS_FROM})) || uuid_send(product_id)""",
    output_field=BinaryField(),
)
_HEADS = np.dtype([("head", ">i4"), ("key", "V16")])


def _flags(heads: NDArray[np.int32]) -> dict[str, dict[str, NDArray[np.bool_]]]:
    """Which products have each value of the facets that are not kept as texts."""
    stars = heads >> _STARS_FROM
    return {
        names.STOCK: {"1": heads & _IN_STOCK > 0},
        names.REDUCED: {"1": heads & _REDUCED > 0},
        names.STARS: {str(least): stars >= least for least in names.STARS_AT_LEAST},
    }


def _has_any(
    name: str,
    values: tuple[str, ...],
    heads: NDArray[np.int32],
    tokens: Sequence[str],
    spelled: NDArray[np.intp],
    owners: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Which products have any of the values of a facet."""
    if name == names.STARS:
        return heads >> _STARS_FROM >= max(names.least_stars(values), 1)
    if name in {names.STOCK, names.REDUCED}:
        return _flags(heads)[name]["1"]
    wanted = {names.facet(name, value) for value in values}
    is_wanted = np.fromiter((token in wanted for token in tokens), np.bool_, len(tokens))
    has = np.zeros(len(heads), np.bool_)
    has[owners[is_wanted[spelled]]] = True
    return has


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
