"""Products found by a picture. Imported only where somebody searches so, because it brings numpy."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db.models import QuerySet
from numpy.typing import NDArray
from PIL import Image

from catalog.likeness import index
from catalog.likeness.embedders import DIMENSIONS, VIEWS, embedder_mark, likeness, query_of
from catalog.models import PictureFeatures
from catalog.selectors.cards import Card, cards_by_ids
from core.remembered import remembered

CANDIDATES = 400
# Newer than the index file; should a worker be away for long, the newest so many are found nevertheless.
TAIL = 20_000
TAIL_SECONDS = 2
# A row is written at most so long before its transaction ends.
OVERLAP = dt.timedelta(minutes=1)
# Below this, what is found has nothing to do with the picture.
LEAST_LIKENESS = 0.45
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Likely:
    """A picture that may look like the one searched with; `likeness` is 1 for the same."""

    picture_id: uuid.UUID
    product_id: uuid.UUID
    likeness: float


def query_from(image: Image.Image) -> bytes:
    """What a search needs of a picture: 384 bytes, from which nobody can draw it again."""
    return query_of(image).tobytes()


def look_alikes(query: bytes, limit: int, language: str) -> list[Card]:
    """Visible products by how much their most alike picture looks like the query, the most alike first; four statements at most."""
    return cards_by_ids(products_like(query, limit), language)


def products_like(query: bytes, limit: int) -> list[uuid.UUID]:
    """Keys of visible products in the order of their likeness, without those that have none."""
    found = alike(query, PictureFeatures.objects.filter(picture__product__card__is_visible=True))
    enough = [row.product_id for row in found if row.likeness >= LEAST_LIKENESS]
    return list(dict.fromkeys(enough))[:limit]


def alike(query: bytes, among: QuerySet[PictureFeatures]) -> list[Likely]:
    """The nearest pictures among those given, the most alike first, ties by key."""
    wanted = np.frombuffer(query, dtype=np.int8).reshape(-1, DIMENSIONS)
    keys = nearest_pictures(wanted)
    rows = list(among.filter(embedder=embedder_mark(), picture_id__in=keys).values_list("picture_id", "picture__product_id", "vectors"))
    vectors = np.frombuffer(b"".join(bytes(row[2]) for row in rows), dtype=np.int8).reshape(len(rows), VIEWS, DIMENSIONS)
    found = [
        Likely(picture_id, product_id, float(score))
        for (picture_id, product_id, _vectors), score in zip(rows, likeness(wanted, vectors), strict=True)
    ]
    return sorted(found, key=lambda row: (-row.likeness, row.picture_id))


def alike_to_picture(picture_id: uuid.UUID, among: QuerySet[PictureFeatures]) -> list[Likely]:
    """The nearest to a picture that was looked at, or to any of its crops; nothing for one that was not, or whose file is gone."""
    row = (
        PictureFeatures.objects.filter(picture_id=picture_id, embedder=embedder_mark()).values_list("picture__original", "vectors").first()
    )
    if row is None:
        return []
    try:
        with Image.open(Path(settings.MEDIA_ROOT) / row[0]) as image:
            mirrored = query_of(image)[1:].tobytes()
    except OSError:
        return []
    return alike(bytes(row[1]) + mirrored, among)


def nearest_pictures(query: NDArray[np.int8]) -> Sequence[uuid.UUID]:
    """The candidates of the index file and of what came after it."""
    made_at, planes = index.newest(index_folder(), embedder_mark())
    return list({*index.nearest(planes, query, CANDIDATES), *index.nearest(_tail(made_at), query, CANDIDATES)})


def _tail(made_at_us: int) -> index.Planes:
    return remembered(f"likeness:{embedder_mark()}:{made_at_us}", TAIL_SECONDS, lambda: index.planes_of(_entries_since(made_at_us)))


def _entries_since(made_at_us: int) -> list[index.Entry]:
    since = EPOCH + dt.timedelta(microseconds=made_at_us) - OVERLAP
    rows = newer_than(since if made_at_us else EPOCH).order_by("-made_at")[:TAIL]
    return [(key, bytes(codes)) for key, codes in rows.values_list("picture_id", "codes")]


def newer_than(since: dt.datetime) -> QuerySet[PictureFeatures]:
    return PictureFeatures.objects.filter(embedder=embedder_mark(), made_at__gte=since)


def index_folder() -> Path:
    """Where the index lies; seen by web server and worker alike, served to nobody."""
    return Path(settings.PRIVATE_ROOT) / "likeness"
