"""Pictures of products: stored once as our own encoding, then in several widths and formats."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from PIL import Image

from catalog.errors import LastPicture, OptionUnknown, PictureNotFound
from catalog.events import PictureAdded, PictureRemoved
from catalog.models import Picture, Product
from catalog.rules.pictures import KEPT_WIDTHS
from catalog.rules.texts import storable
from catalog.services.cards import refresh_card
from catalog.services.products import locked_product
from core.errors import InvalidPicture
from core.imaging import at_width, clean, decode, encode, tint_of
from core.outbox import publish

WIDTHS = (160, 320, 480, 640, 960)
FORMATS = ("webp", "avif", "jpg")
MAX_PICTURES = 30


@transaction.atomic
def add_picture(*, product: Product, image: Image.Image | bytes, position: int | None = None, alt: str = "") -> Picture:
    """Store a picture without its metadata; renditions follow in the background. `position` is the last one unless given.

    The file is ours from the first byte: decoded, turned upright, scaled to at most 2,560 pixels and encoded anew as WebP.

    Raises:
        InvalidPicture: see imaging.decode; also for the thirty-first picture of a product.
    """
    plain = decode(image) if isinstance(image, bytes) else clean(image)
    locked_product(product.pk)
    present = Picture.objects.filter(product=product)
    if present.count() >= MAX_PICTURES:
        raise InvalidPicture
    if position is None:
        position = (present.aggregate(last=Max("position"))["last"] or 0) + 1 if present.exists() else 0
    picture = Picture(product=product, width=plain.width, height=plain.height, position=position, tint=tint_of(plain))
    picture.alt = storable(alt).strip()[:200]
    picture.original = f"products/{picture.pk}/original.webp"
    write_file(media_path(picture.original), encode(plain, "webp", quality=90))
    picture.save(force_insert=True)
    publish(PictureAdded(str(picture.pk)))
    refresh_card(product.pk)
    return picture


def make_renditions(picture_id: uuid.UUID, widths: Sequence[int] = WIDTHS, formats: Sequence[str] = FORMATS) -> Picture:
    """Write a picture in every width (no wider than itself, but always the smallest) and format; then the card shows it.

    Repeating it writes the same files again, each at once, so a reader never meets half a picture.

    Raises:
        PictureNotFound: there is none.
    """
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None:
        raise PictureNotFound
    with Image.open(media_path(picture.original)) as original:
        original.load()
    fitting = [width for width in sorted(widths) if width <= original.width] or [min(widths)]
    for width in fitting:
        scaled = at_width(original, width)
        for fmt in formats:
            write_file(media_path(f"{picture.prefix}/{width}.{fmt}"), encode(scaled, fmt))
    with transaction.atomic():
        is_there = Picture.objects.filter(pk=picture_id).update(widths=fitting, formats=list(formats))
        refresh_card(picture.product_id)
    if not is_there:  # removed while its files were being written
        remove_files(picture.prefix)
        raise PictureNotFound
    picture.widths, picture.formats = fitting, list(formats)
    return picture


@transaction.atomic
def remove_picture(*, product_id: uuid.UUID, picture_id: uuid.UUID) -> None:
    """Take a picture off a product. Its files follow, but for the small ones that orders show.

    Raises:
        PictureNotFound: not a picture of this product.
        LastPicture: the product is on sale and has no other.
    """
    product = locked_product(product_id)
    picture = Picture.objects.filter(pk=picture_id, product_id=product_id).first()
    if picture is None:
        raise PictureNotFound
    if product.status == Product.Status.PUBLISHED and not Picture.objects.filter(product_id=product_id).exclude(pk=picture_id).exists():
        raise LastPicture
    picture.delete()
    publish(PictureRemoved(picture.prefix))
    _draw_anew(product_id)


def remove_files(prefix: str) -> int:
    """Delete what nobody shows any more of a removed picture; returns how many files. Again, it finds none.

    The small renditions stay for the orders that show them, and all of them where another product shows the same picture.
    """
    if Picture.objects.filter(original=f"{prefix}/original.webp").exists():
        return 0
    stay = {str(width) for width in KEPT_WIDTHS}
    gone = [path for path in media_path(prefix).glob("*") if path.stem not in stay]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _draw_anew(product_id: uuid.UUID) -> None:
    Product.objects.filter(pk=product_id).update(version=F("version") + 1)
    refresh_card(product_id)


@transaction.atomic
def order_pictures(*, product_id: uuid.UUID, picture_ids: Sequence[uuid.UUID]) -> None:
    """Show pictures in this order; those not named follow in their old one. Raises PictureNotFound for a stranger's."""
    locked_product(product_id)
    present = {row.pk: row for row in Picture.objects.filter(product_id=product_id).order_by("position", "created_at", "pk")}
    if not present.keys() >= set(picture_ids):
        raise PictureNotFound
    for position, key in enumerate(dict.fromkeys([*picture_ids, *present])):
        present[key].position = position
    Picture.objects.bulk_update(present.values(), ["position"])
    _draw_anew(product_id)


@transaction.atomic
def tie_picture(*, product_id: uuid.UUID, picture_id: uuid.UUID, option_name: str, option_value: str) -> None:
    """Say which value of which option a picture shows; two empty texts tie it to none.

    Raises:
        PictureNotFound: not a picture of this product.
        OptionUnknown: the product has no such option or value.
    """
    product = locked_product(product_id)
    known = {("", "")} | {(option["name"], value["value"]) for option in product.options for value in option["values"]}
    if (option_name, option_value) not in known:
        raise OptionUnknown
    if not Picture.objects.filter(pk=picture_id, product_id=product_id).update(option_name=option_name, option_value=option_value):
        raise PictureNotFound
    Product.objects.filter(pk=product_id).update(version=F("version") + 1)


def media_path(name: str) -> Path:
    """Where a stored file lies; names are ours, never a stranger's."""
    return Path(settings.MEDIA_ROOT) / name


def write_file(path: Path, data: bytes) -> None:
    """Put a file in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex}")
    fresh.write_bytes(data)
    fresh.replace(path)
