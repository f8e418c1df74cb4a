"""Tests work with the rights of the application; these lines give them those of the tables' owner for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def as_owner() -> Iterator[None]:
    """On this connection, which was made by the owner and gave its rights away."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield
        cursor.execute("RESET ROLE")
