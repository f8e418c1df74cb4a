"""Features of pictures and the index made of them. Imported by workers only, because it brings numpy."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import islice

import numpy as np
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray
from PIL import Image

from catalog.likeness import index
from catalog.likeness.embedders import DIMENSIONS, VIEWS, codes_of, embedder_mark, views_of
from catalog.models import Picture, PictureFeatures
from catalog.selectors.likeness import EPOCH, index_folder, newer_than
from catalog.services.pictures import media_path
from core.imaging import flat

BATCH = 5_000
# So many pictures are searched beside the index file before it is worth a new one.
MOST_BESIDE = 2_000
AGE = dt.timedelta(days=1)


def look_at(*, picture: Picture, at: dt.datetime) -> None:
    """Keep what a stored picture looks like. One whose file is gone is noted as looking like nothing, so that it is not tried again."""
    try:
        with Image.open(media_path(picture.original)) as original:
            original.load()
            note_features(picture_id=picture.pk, image=original, at=at)
    except OSError:
        _note(picture.pk, np.zeros((VIEWS, DIMENSIONS), dtype=np.int8), at)


def note_features(*, picture_id: uuid.UUID, image: Image.Image, at: dt.datetime) -> None:
    """Keep what a picture looks like, in place of what was kept before. Nothing happens where the picture is gone."""
    _note(picture_id, views_of(flat(image)), at)


def _note(picture_id: uuid.UUID, vectors: NDArray[np.int8], at: dt.datetime) -> None:
    row = PictureFeatures(
        picture_id=picture_id,
        embedder=embedder_mark(),
        vectors=vectors.tobytes(),
        codes=codes_of(vectors).tobytes(),
        made_at=at,
    )
    if Picture.objects.filter(pk=picture_id).exists():
        PictureFeatures.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["picture"], update_fields=["embedder", "vectors", "codes", "made_at"]
        )


def pictures_without_features(limit: int) -> list[Picture]:
    """Rendered pictures the embedder in use has not seen, the oldest first."""
    seen = PictureFeatures.objects.filter(picture=OuterRef("pk"), embedder=embedder_mark())
    return list(Picture.objects.exclude(widths=[]).filter(~Exists(seen)).order_by("created_at", "pk")[:limit])


def refresh_index(*, at: dt.datetime) -> bool:
    """Write the index file anew where many pictures came after it, or it is a day old; returns whether it was."""
    made_at_us, _planes = index.newest(index_folder(), embedder_mark())
    made_at = EPOCH + dt.timedelta(microseconds=made_at_us)
    beside = newer_than(made_at).count()
    if beside <= MOST_BESIDE and not (made_at_us and beside and at - made_at > AGE):
        return False
    write_index(at=at)
    return True


def write_index(*, at: dt.datetime) -> None:
    """Write an index of all pictures the embedder in use has seen."""
    made_at_us = (at - EPOCH) // dt.timedelta(microseconds=1)
    index.write(index_folder(), embedder_mark(), made_at_us, _batches())


def _batches() -> Iterator[list[index.Entry]]:
    rows = newer_than(EPOCH).order_by().values_list("picture_id", "codes").iterator(chunk_size=BATCH)
    while batch := [(key, bytes(codes)) for key, codes in islice(rows, BATCH)]:
        yield batch
