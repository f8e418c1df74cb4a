from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import transaction

from accounts.models import User
from catalog.models import Product
from core.states import StaleState
from recommend.facts import ForProduct, ForUser
from recommend.models import ItemNeighbours, ModelVersion, UserRecommendation

BATCH = 500
T = TypeVar("T")


def write_users(version: ModelVersion, rows: Iterable[ForUser]) -> Iterator[int]:
    """Store rows in batches, each in a transaction of its own; yields how many are stored so far.

    Raises:
        StaleState: the version is no longer in training, because somebody gave this process up for dead.
    """
    done = 0
    for batch in _batches(rows):
        with transaction.atomic():
            _still_ours(version)
            known = set(User.objects.filter(pk__in=[row.user for row in batch]).values_list("pk", flat=True))
            UserRecommendation.objects.bulk_create(
                UserRecommendation(version=version, user_id=row.user, products=row.products, scores=row.scores, stars=row.stars)
                for row in batch
                if uuid.UUID(row.user) in known
            )
        yield (done := done + len(batch))


def write_products(version: ModelVersion, rows: Iterable[ForProduct]) -> Iterator[int]:
    """The same for neighbours of products."""
    done = 0
    for batch in _batches(rows):
        with transaction.atomic():
            _still_ours(version)
            known = set(Product.objects.filter(pk__in=[row.product for row in batch]).values_list("pk", flat=True))
            ItemNeighbours.objects.bulk_create(
                ItemNeighbours(version=version, product_id=row.product, products=row.products, scores=row.scores)
                for row in batch
                if uuid.UUID(row.product) in known
            )
        yield (done := done + len(batch))


def _still_ours(version: ModelVersion) -> None:
    if not ModelVersion.objects.select_for_update().filter(pk=version.pk, status=ModelVersion.Status.TRAINING).exists():
        raise StaleState


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
