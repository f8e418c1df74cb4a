"""The vocabulary of the search: the words of visible products, counted by PostgreSQL from the search documents themselves."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from catalog.models import Term
from catalog.rules.pinyin import initials, pinyin
from catalog.rules.spelling import deletions
from catalog.rules.tokens import is_chinese

BATCH = 2_000
_LOCK_SPACE = 20_012  # of PostgreSQL's advisory locks with two keys; orders has the one before
# Words of descriptions, numbers, heads and joins are not what people mean to type.
_COUNT = """
    CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
    SELECT word COLLATE "C" AS word, ndoc AS documents
    FROM ts_stat('SELECT search FROM catalog_productcard WHERE is_visible', 'abc')
    WHERE word !~ '[0-9=+]' AND length(word) <= 40
"""
_CHANGED = """
    SELECT counted.word, counted.documents FROM counted LEFT JOIN catalog_term term USING (word)
    WHERE term.documents IS DISTINCT FROM counted.documents ORDER BY counted.word
"""
_GONE = "DELETE FROM catalog_term term WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = term.word)"


@transaction.atomic
def learn_words() -> int:
    """Count the words of all visible products anew; returns how many are new or counted otherwise. While one counts, others do nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [_LOCK_SPACE])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_COUNT)
        cursor.execute(_CHANGED)
        changed = cursor.fetchall()
        for start in range(0, len(changed), BATCH):
            _learn(changed[start : start + BATCH])
        cursor.execute(_GONE)
        cursor.execute("DROP TABLE counted")
    return len(changed)


def _learn(rows: Sequence[tuple[str, int]]) -> None:
    terms = [_term(word, documents) for word, documents in rows]
    Term.objects.bulk_create(terms, update_conflicts=True, unique_fields=["word"], update_fields=["documents"])


def _term(word: str, documents: int) -> Term:
    if not is_chinese(word):
        return Term(word=word, documents=documents, deletions=deletions(word))
    return Term(word=word, documents=documents, pinyin=pinyin(word), initials=initials(word) if len(word) > 1 else "")
