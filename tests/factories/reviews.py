from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Sequence
from typing import Any

from PIL import Image

from accounts.models import User
from catalog.models import Product, Review
from catalog.services.review_photos import settle_photo
from catalog.services.reviews import Author, Details, write_review
from core.ids import uuid7
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product, new_variant


def photo_file(seed: int = 0, *, size: tuple[int, int] = (900, 600), fmt: str = "JPEG") -> bytes:
    """A picture with spots that differ by seed."""
    shades = random.Random(seed)
    spots = Image.new("RGB", (9, 8))
    spots.putdata([(shade, shade, 90) for shade in (shades.randrange(256) for _ in range(72))])
    written = io.BytesIO()
    spots.resize(size, Image.Resampling.NEAREST).save(written, fmt)
    return written.getvalue()


def make_sized(**overrides: Any) -> Product:
    """A product of which one chooses a size."""
    variants = [new_variant(options={"Size": size}) for size in ("S", "M")]
    return make_product(variants=variants, **overrides)


def make_review(
    product: Product | None = None,
    *,
    user: User | None = None,
    stars: int = 5,
    text: str = "Fine.",
    photos: Sequence[bytes] = (),
    at: dt.datetime = NOW,
    **details: Any,
) -> Review:
    """A review through the real service; its photos have their renditions."""
    written = write_review(
        product_id=(product or make_product()).pk,
        author=Author((user or make_user()).pk, "L***a"),
        order_line=uuid7(),
        stars=stars,
        text=text,
        language="en",
        at=at,
        details=Details(photos=photos, **details),
    )
    for photo in written.photos.all():
        settle_photo(photo.pk)
    return written
