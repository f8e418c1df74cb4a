"""Statements that may take as long as the whole database needs: checks and reports that read everything, never a request."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Longer than any worker lets a task run; a statement nobody waits for any more ends by itself.
MOST = "600s"


@contextmanager
def patience() -> Iterator[None]:
    """The transaction's statements may take ten minutes in place of the connection's limit, until the block ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        usual = cursor.fetchone()[0]
        cursor.execute("SET LOCAL statement_timeout = %s", [MOST])
        yield
        cursor.execute("SET LOCAL statement_timeout = %s", [usual])
