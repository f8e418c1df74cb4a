"""What people search for, counted, so that it can be suggested to others."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from catalog.models import AskedQuery
from catalog.rules.queries import words_of
from catalog.rules.texts import storable
from catalog.rules.tokens import fold

MAX_TEXT = 60
KEPT_DAYS = 180
_NOTE = """
    INSERT INTO catalog_askedquery AS asked (folded, language, text, times, results, asked_on, is_hidden)
    VALUES (%s, %s, %s, 1, %s, %s, false)
    ON CONFLICT (language, folded) DO UPDATE
    SET times = asked.times + 1, results = excluded.results, asked_on = excluded.asked_on
"""


def note_query(*, text: str, language: str, results: int, on: dt.date) -> None:
    """Count a search that has found something. Long ones and those of signs or digits only are nobody else's business."""
    text = " ".join(storable(text).split())
    words = words_of(text)
    if results <= 0 or len(text) > MAX_TEXT or not words or all(word.text.isdigit() for word in words):
        return
    folded = " ".join(fold(text).split())[:100]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [folded, language, text, results, on])


def forget_queries(*, before: dt.date) -> int:
    """Remove what nobody has searched for since `before`; returns how many searches that were."""
    removed, _ = AskedQuery.objects.filter(asked_on__lt=before, is_hidden=False).delete()
    return removed
