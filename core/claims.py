"""Due rows as a queue that several workers take from."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from django.db import models, transaction

T = TypeVar("T", bound=models.Model)


def claimed(due: models.QuerySet[T], limit: int, move_on: Callable[[T], Mapping[str, Any]]) -> Iterator[T]:
    """Up to `limit` of the rows that are due, in their order, one at a time and none that another worker has.

    `move_on` says what is written so that a row is no longer due. That is committed before the row is handed out, so nobody holds a
    lock while the work is done; a row whose worker dies is due again at the moment written.
    """
    for _ in range(limit):
        with transaction.atomic(durable=True):
            row = due.select_for_update(skip_locked=True, no_key=True).first()
            if row is None:
                return
            changes = move_on(row)
            for name, value in changes.items():
                setattr(row, name, value)
            row.save(update_fields=[*changes])
        yield row


def each_claimed(due: models.QuerySet[T], limit: int, move_on: Callable[[T], Mapping[str, Any]], work: Callable[[T], object]) -> int:
    """Do `work` with each row of `claimed`; returns how many there were."""
    count = 0
    for row in claimed(due, limit, move_on):
        work(row)
        count += 1
    return count
