"""Photos of reviews: kept outside of what the web server serves; renditions are there only while the photo is shown."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image

from catalog.errors import TooManyReviewPhotos
from catalog.events import ReviewPhotosChanged
from catalog.models import ModerationItem, Review, ReviewAddition, ReviewPhoto
from catalog.rules.reviews import looks_like
from catalog.services.held import hold
from catalog.services.pictures import FORMATS, media_path, write_file
from core.imaging import at_width, decode, encode, flat, tint_of
from core.outbox import publish

WIDTHS = (160, 640, 1280)
Status = ReviewPhoto.Status


def private_path(photo: ReviewPhoto) -> Path:
    """Where the file of a photo lies."""
    return Path(settings.PRIVATE_ROOT) / photo.file


def keep_photos(review: Review, photos: Sequence[bytes], *, at: dt.datetime, addition: ReviewAddition | None = None) -> None:
    """Store photos of a review whose row the caller holds; one that looks like a hidden one waits for a check.

    Raises:
        TooManyReviewPhotos, InvalidPicture: nothing was stored.
    """
    if not photos:
        return
    there = review.photos.filter(addition=addition).exclude(status=Status.WITHDRAWN)
    count = there.count()
    if count + len(photos) > settings.REVIEW_PHOTOS:
        raise TooManyReviewPhotos(most=settings.REVIEW_PHOTOS)
    images = [decode(data) for data in photos]
    known = list(ReviewPhoto.objects.filter(status=Status.HIDDEN).values_list("fingerprint", flat=True))
    rows = [_keep(review, image, at, addition, count + number) for number, image in enumerate(images)]
    for row in rows:
        if any(looks_like(row.fingerprint, other) for other in known):
            hold(row, ModerationItem.Kind.PHOTO, "picture", product_id=review.product_id, at=at)
    publish(ReviewPhotosChanged([str(row.pk) for row in rows]))


def _keep(review: Review, image: Image.Image, at: dt.datetime, addition: ReviewAddition | None, position: int) -> ReviewPhoto:
    photo = ReviewPhoto(review=review, addition=addition, position=position, created_at=at, width=image.width, height=image.height)
    photo.tint, photo.fingerprint = tint_of(image), fingerprint_of(image)
    photo.file = f"reviews/{photo.pk}.webp"
    write_file(private_path(photo), encode(image, "webp", quality=88))
    photo.save(force_insert=True)
    return photo


def fingerprint_of(image: Image.Image) -> int:
    """64 signed bits: whether each of 8 × 8 spots is brighter than its neighbour to the right (a difference hash)."""
    spots = flat(image).convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (spots[row * 9 + column] > spots[row * 9 + column + 1])
    return bits - 2**64 if bits >= 2**63 else bits


def settle_photo(photo_id: uuid.UUID) -> bool:
    """Make the renditions of a photo that is shown, or take away those of one that is not; returns whether it is shown.

    What was decided while the pictures were being written is looked at again with the row locked, so a hidden photo never stays behind.
    """
    shown = ReviewPhoto.objects.shown().filter(pk=photo_id).first()
    if shown is not None and not shown.widths:
        _render(shown)
    with transaction.atomic():
        photo = ReviewPhoto.objects.select_for_update(of=("self",)).filter(pk=photo_id).first()
        is_shown = photo is not None and ReviewPhoto.objects.shown().filter(pk=photo_id).exists()
        if not is_shown:
            shutil.rmtree(media_path(f"reviews/{photo_id}"), ignore_errors=True)
        if photo is None:
            return False
        widths = _fitting(photo) if is_shown else []
        if photo.widths != widths:
            ReviewPhoto.objects.filter(pk=photo_id).update(widths=widths, formats=list(FORMATS) if is_shown else [])
        if photo.status == Status.WITHDRAWN:
            private_path(photo).unlink(missing_ok=True)
        return is_shown


def _fitting(photo: ReviewPhoto) -> list[int]:
    return [width for width in WIDTHS if width <= photo.width] or [min(WIDTHS)]


def _render(photo: ReviewPhoto) -> None:
    with Image.open(private_path(photo)) as original:
        original.load()
    for width in _fitting(photo):
        scaled = at_width(original, width)
        for fmt in FORMATS:
            write_file(media_path(f"{photo.prefix}/{width}.{fmt}"), encode(scaled, fmt))


def tell_photos(photos: QuerySet[ReviewPhoto] | Iterable[ReviewPhoto]) -> None:
    """Have the renditions follow what has become of these photos."""
    keys = [str(photo.pk) for photo in photos]
    if keys:
        publish(ReviewPhotosChanged(keys))


def late_photos(*, before: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Photos from before that moment that are shown without renditions, or not shown with some."""
    rows = ReviewPhoto.objects.filter(created_at__lt=before).order_by("created_at")
    bare = rows.shown().filter(widths=[]).values_list("pk", flat=True)
    left = rows.exclude(widths=[]).not_shown().values_list("pk", flat=True)
    return [*bare[:limit], *left[:limit]]
