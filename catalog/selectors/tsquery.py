"""A tsquery as we spell it: PostgreSQL's own parser of words, which to_tsquery asks, would take our signs away."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Value


class Spelled(SearchQuery):
    """A tsquery given as its text, such as "'paper' & '=lantern'"."""

    def __init__(self, text: str) -> None:
        super().__init__(Value(text), search_type="raw")

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[-1])
        return f"{sql}::tsquery", list(params)
