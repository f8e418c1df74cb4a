"""Forgetting what things cost long ago; remembering is done by the database."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from catalog.rules.price_history import KEPT

# The last row before the limit stays: it says what was asked when the kept time began.
_FORGET = """
DELETE FROM catalog_pricechange WHERE id IN (
    SELECT old.id FROM catalog_pricechange old
    WHERE old.at < %(limit)s AND EXISTS (
        SELECT FROM catalog_pricechange next
        WHERE next.variant_id = old.variant_id AND next.currency = old.currency AND next.at < %(limit)s
            AND (next.at, next.id) > (old.at, old.id)
    )
    ORDER BY old.at LIMIT %(most)s
)
"""


def forget_old_prices(*, at: dt.datetime, limit: int = 5_000) -> int:
    """Delete changes of prices that are older than 400 days, but for the one that was still in force then; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"limit": at - KEPT, "most": limit})
        return int(cursor.rowcount)
