"""Who may take a slug: what something else once had stays its own."""

from __future__ import annotations

from django.db import connection

from catalog.models import FormerSlug


def hold_slug(kind: str, slug: str) -> None:
    """Let nobody else take or leave this slug until the transaction ends: two tables know slugs, so no index can."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('slug'), hashtext(%s))", [f"{kind}:{slug}"])


def is_free(kind: str, slug: str, target: str) -> bool:
    """Whether no other row was ever found under this slug."""
    return not FormerSlug.objects.filter(kind=kind, slug=slug).exclude(target=target).exists()
