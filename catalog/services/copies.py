"""Listing pictures that are another merchant's: found by the index, proved by alignment, decided by a person."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from PIL import Image

from catalog.errors import PictureNotFound
from catalog.events import PictureCopied
from catalog.models import CopySuspicion, Picture, PictureFeatures, Product
from catalog.services.pictures import media_path, remove_picture
from catalog.services.products import hide_product
from catalog.states import CopyStatus
from core.outbox import publish
from core.states import move_to

# The nearest so many are compared closely; a copy with all its distortions is always among the first few.
COMPARED = 8
LEAST_LIKENESS = 0.5


def look_for_copies(*, picture: Picture, at: dt.datetime) -> CopySuspicion | None:
    """Open an entry in the queue where a picture is nearly the same as an older one of another merchant.

    A merchant's own repeats are ignored, and so is what was allowed between the same two products before.
    """
    older = _nearest_of_others(picture)
    if not older:
        return None
    from catalog.likeness.alignment import SAME, sameness  # noqa: PLC0415  brings scipy, which only this needs

    with Image.open(media_path(picture.original)) as image:
        image.load()
        scored = [(_compared(image, row, sameness), row) for row in older]
    score, original = max(scored, key=lambda found: found[0])
    return _opened(picture, original, score, at) if score >= SAME else None


def _compared(image: Image.Image, other: Picture, sameness: object) -> float:
    try:
        with Image.open(media_path(other.original)) as original:
            original.load()
            return float(sameness(image, original))  # type: ignore[operator]
    except OSError:
        return 0.0


def _nearest_of_others(picture: Picture) -> list[Picture]:
    from catalog.selectors.likeness import alike_to_picture  # noqa: PLC0415  brings numpy, which a web process must not load

    merchant_id = Product.objects.values_list("merchant_id", flat=True).get(pk=picture.product_id)
    others = PictureFeatures.objects.exclude(picture__product__merchant_id=merchant_id).filter(picture__created_at__lt=picture.created_at)
    decided = CopySuspicion.objects.filter(product_id=picture.product_id, status=CopyStatus.ALLOWED).values("original_product_id")
    found = alike_to_picture(picture.pk, others.exclude(picture__product_id__in=decided))
    keys = [row.picture_id for row in found if row.likeness >= LEAST_LIKENESS][:COMPARED]
    return list(Picture.objects.filter(pk__in=keys).order_by("created_at", "pk"))


def _opened(picture: Picture, original: Picture, score: float, at: dt.datetime) -> CopySuspicion:
    row, _is_new = CopySuspicion.objects.get_or_create(
        picture=picture,
        defaults={
            "created_at": at,
            "product_id": picture.product_id,
            "prefix": picture.prefix,
            "original": original,
            "original_product_id": original.product_id,
            "original_prefix": original.prefix,
            "likeness": min(round(100 * score), 100),
        },
    )
    return row


@transaction.atomic
def allow_copy(*, suspicion_id: uuid.UUID, actor: str, at: dt.datetime, reason: str) -> CopySuspicion:
    """Both may show the picture, such as a maker's own photo. Raises PictureNotFound, IllegalTransition, StaleState."""
    row = _locked(suspicion_id)
    move_to(row, CopyStatus.ALLOWED, actor=actor, at=at, reason=reason)
    return row


@transaction.atomic
def confirm_copy(*, suspicion_id: uuid.UUID, actor: str, at: dt.datetime, reason: str) -> CopySuspicion:
    """Take the picture off its product and hide that, so that the merchant can put another picture there and publish it again.

    Raises:
        PictureNotFound, IllegalTransition, StaleState.
    """
    row = _locked(suspicion_id)
    move_to(row, CopyStatus.COPIED, actor=actor, at=at, reason=reason)
    # First, because a product on sale keeps its last picture.
    if Product.objects.filter(pk=row.product_id, status=Product.Status.PUBLISHED).exists():
        hide_product(product_id=row.product_id, actor=actor, at=at, reason=reason)
    if row.picture_id:
        remove_picture(product_id=row.product_id, picture_id=row.picture_id)
    publish(PictureCopied(str(row.pk), str(row.product_id), reason))
    return row


def _locked(suspicion_id: uuid.UUID) -> CopySuspicion:
    row: CopySuspicion | None = CopySuspicion.objects.select_for_update().filter(pk=suspicion_id).first()
    if row is None:
        raise PictureNotFound
    return row
