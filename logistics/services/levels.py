"""The one statement that changes the counters of stock rows."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import connection

from core.postgresql.statements import Prepared

# One round trip, all or nothing. `locked` takes the row locks in primary-key order, whatever plan joins them, so two
# callers with the same rows in opposite order cannot deadlock; it reads each row as it is once the lock is ours, so a
# decision is never made on what the statement's snapshot saw before it had to wait. The aggregate forces all of `locked`
# before the first row is changed. The new counters are its own: were they computed from the row that is changed, PostgreSQL
# would hold them against the table's CHECK by the snapshot's old version first, and refuse what fits. NO KEY: foreign keys
# that point at the rows are checked without waiting for us.
_SHIFT = Prepared(
    """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::integer[], %s::integer[]) AS w (id, on_hand, reserved)
), locked AS MATERIALIZED (
    SELECT s.id, s.on_hand + w.on_hand AS on_hand, s.reserved + w.reserved AS reserved, w.on_hand - w.reserved AS added
    FROM logistics_stock s JOIN wanted w ON w.id = s.id
    ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE logistics_stock s SET on_hand = l.on_hand, reserved = l.reserved
FROM locked l
WHERE s.id = l.id AND (SELECT bool_and(reserved BETWEEN 0 AND on_hand) AND count(*) = %s FROM locked)
RETURNING s.variant_id, l.on_hand - l.reserved, l.added,
    EXISTS (SELECT FROM catalog_bundleitem b WHERE b.component_id = s.variant_id AND b.quantity > 1)
"""
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to the counters of one stock row, in pieces."""

    stock_id: uuid.UUID
    on_hand: int = 0
    reserved: int = 0

    def __add__(self, other: Self) -> "Change":
        return Change(self.stock_id, self.on_hand + other.on_hand, self.reserved + other.reserved)


class CountersBroken(RuntimeError):
    """A stock row does not have what its reservations say it has; the invariant views show where."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """`touched_zero`: variants with a row whose availability became zero or was zero before, or whatever it is now where a bundle
    needs several pieces of it: that runs out earlier."""

    done: bool
    touched_zero: frozenset[uuid.UUID]


def shift(changes: Iterable[Change]) -> Shifted:
    """Add to the counters of stock rows: all of them, or none where one row would leave 0 ≤ reserved ≤ on hand.

    The rows stay locked until the transaction ends, also when nothing was changed.
    """
    sums: dict[uuid.UUID, Change] = {}
    for change in changes:
        sums[change.stock_id] = sums[change.stock_id] + change if change.stock_id in sums else change
    if not sums:
        return Shifted(done=True, touched_zero=frozenset())
    rows = list(sums.values())
    arguments: list[Any] = [[row.stock_id for row in rows], [row.on_hand for row in rows], [row.reserved for row in rows], len(rows)]
    with connection.cursor() as cursor:
        cursor.execute(_SHIFT, arguments)
        after = cursor.fetchall()
    zero = frozenset(variant_id for variant_id, free, added, is_counted in after if added and (is_counted or 0 in (free, free - added)))
    return Shifted(done=bool(after), touched_zero=zero)


def must_shift(changes: Iterable[Change]) -> frozenset[uuid.UUID]:
    """`shift` where the counters have to fit; returns the variants whose availability touched zero.

    Raises:
        CountersBroken: they do not fit, which no input can cause.
    """
    shifted = shift(changes)
    if not shifted.done:
        raise CountersBroken
    return shifted.touched_zero
