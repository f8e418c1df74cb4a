"""Reads about shelves: which run low, how long they last, how old the goods on them are."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from core.subqueries import of_its
from logistics.models import StockMovement

SOLD_WITHIN = dt.timedelta(days=30)

# Goods leave in the order they came, so what lies there came with the latest deliveries that add up to it.
_FIGURES = """
SELECT s.id,
    coalesce((SELECT -sum(m.delta) FROM logistics_stockmovement m
              WHERE m.stock_id = s.id AND m.reason = 'shipped' AND m.created_at > %s), 0)::bigint,
    (SELECT min(came.created_at) FROM (
        SELECT m.created_at, sum(m.delta) OVER (ORDER BY m.created_at DESC, m.id DESC) - m.delta AS newer
        FROM logistics_stockmovement m WHERE m.stock_id = s.id AND m.delta > 0
    ) came WHERE came.newer < s.on_hand)
FROM logistics_stock s WHERE s.id = ANY(%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class ShelfFigures:
    """`sold` pieces were sent in the last 30 days; `oldest_at` is when the oldest of what lies there came, None on an empty shelf."""

    sold: int
    oldest_at: dt.datetime | None

    def cover_days(self, available: int) -> int | None:
        """For how many days what is there lasts at that pace; None where nothing was sold."""
        return max(available, 0) * SOLD_WITHIN.days // self.sold if self.sold > 0 else None


def shelf_figures(stock_ids: Collection[uuid.UUID], at: dt.datetime) -> dict[uuid.UUID, ShelfFigures]:
    """What was sold from these shelves and how old the goods on them are. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [at - SOLD_WITHIN, list(stock_ids)])
        return {pk: ShelfFigures(sold, oldest_at) for pk, sold, oldest_at in cursor.fetchall()}


def low(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Stock rows with no more pieces left to sell than their own threshold, or their warehouse's where they have none."""
    return rows.filter(on_hand__lte=F("reserved") + Coalesce(F("low_at"), F("warehouse__low_stock_at")))


def covered_for_less(rows: QuerySet[Any], days: int, at: dt.datetime) -> QuerySet[Any]:
    """Stock rows of goods that sell and last for fewer days than that."""
    sent = StockMovement.objects.filter(reason=StockMovement.Reason.SHIPPED, created_at__gt=at - SOLD_WITHIN)
    wanted = rows.annotate(sold_lately=_moved(sent, sign=-1)).annotate(needed=F("sold_lately") * days)
    few: QuerySet[Any] = wanted.filter(needed__gt=(F("on_hand") - F("reserved")) * SOLD_WITHIN.days)
    return few


def older_than(rows: QuerySet[Any], days: int, at: dt.datetime) -> QuerySet[Any]:
    """Stock rows on which something has lain for longer than so many days."""
    came = StockMovement.objects.filter(delta__gt=0, created_at__gt=at - dt.timedelta(days=days))
    old: QuerySet[Any] = rows.annotate(came_lately=_moved(came)).filter(on_hand__gt=F("came_lately"))
    return old


def _moved(movements: QuerySet[Any], sign: int = 1) -> Coalesce:
    """The sum of these movements of a stock row, the outer query's."""
    return Coalesce(sign * of_its(movements, "stock", Sum("delta")), Value(0), output_field=IntegerField())
