"""Columns of a query that are computed from the parts of each row."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def of_its(rows: QuerySet[Any], field: str, aggregate: Aggregate) -> Subquery:
    """An aggregate of those `rows` whose `field` is the outer row, NULL without any; PostgreSQL computes it for the rows of a page only.

    A join with GROUP BY would read the parts of all rows to show one page of them.
    """
    own = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Subquery(own.annotate(found=aggregate).values("found"))


def count_of_its(model: type[Model], field: str) -> Coalesce:
    """How many rows of a model have the outer row in their `field`."""
    return Coalesce(of_its(model._default_manager.all(), field, Count("pk")), 0)
