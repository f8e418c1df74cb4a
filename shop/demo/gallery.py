"""Composes the demo's pictures: one view of each product while it loads, two more afterwards, shop logos, category tiles."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import django
from django.conf import settings
from django.utils import timezone
from PIL import Image

from shop.demo import source
from shop.demo.colours import OPTION, painted
from shop.demo.pictures import compose_category_tile, compose_logo, compose_product_picture

VIEWS = 3
CLOSE_UP = 2
SIZE = 800
WIDTHS = (160, 320, 480, 640)
# AVIF costs ten times the processor time of these two; the worker adds it once the demo is there.
FORMATS = ("webp", "jpg")
SMALL_PICTURE_WIDTHS = (160, 320)


@contextmanager
def composing(work: list[tuple[UUID, dict[str, Any]]], done: Callable[[], None]) -> Iterator[None]:
    """Compose the main picture of each product in processes beside the block's own work; ends when both are done.

    `done` is called after each product, from another thread.
    """
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1), mp_context=get_context("spawn"), initializer=_set_up) as pool:
        waiting = [pool.submit(compose, product_id, row, views=1) for product_id, row in work]
        for future in waiting:
            future.add_done_callback(lambda _: done())
        yield
        for future in waiting:
            future.result()


def _set_up() -> None:
    django.setup()


def compose(product_id: UUID, row: dict[str, Any], *, views: int = VIEWS) -> None:
    """Give a product the first so many of its pictures, and with the last of them one for each colour; what is there already stays."""
    # Here, because the picture processes import this file before Django is set up.
    from catalog.models import Product  # noqa: PLC0415
    from catalog.services.likeness import look_at  # noqa: PLC0415
    from catalog.services.pictures import add_picture, make_renditions, tie_picture  # noqa: PLC0415

    product = Product.objects.get(pk=product_id)
    present = set(product.pictures.values_list("option_value", flat=True))
    for colour, recipe in painted(row) if views == VIEWS else ():
        if colour in present:
            continue
        image = compose_product_picture(recipe, source.PICTURES, size=SIZE)
        picture = add_picture(product=product, image=image, position=VIEWS, alt=f"{row['title']}, {colour}")
        look_at(picture=make_renditions(picture_id=picture.pk, widths=WIDTHS, formats=FORMATS), at=timezone.now())
        tie_picture(product_id=product.pk, picture_id=picture.pk, option_name=OPTION, option_value=colour)
    for view in range(product.pictures.filter(option_name="").count(), views):
        image = compose_product_picture(row["picture"], source.PICTURES, size=SIZE, variant=view)
        picture = add_picture(product=product, image=image, position=view, alt=row["title"])
        look_at(picture=make_renditions(picture_id=picture.pk, widths=WIDTHS, formats=FORMATS), at=timezone.now())


def snapshots(slug: str) -> list[bytes]:
    """What somebody who complains about a product has photographed: it, from close by. Nothing for a product that is not the demo's."""
    recipes = [row["picture"] for row in source.rows("products") if row["slug"] == slug]
    return [_jpeg(compose_product_picture(recipe, source.PICTURES, size=SIZE, variant=CLOSE_UP)) for recipe in recipes]


def _jpeg(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()


def store(image: Image.Image, prefix: str) -> str:
    """Write a logo or tile as WebP in the widths pages ask for; returns the prefix."""
    folder = Path(settings.MEDIA_ROOT) / prefix
    folder.mkdir(parents=True, exist_ok=True)
    for width in SMALL_PICTURE_WIDTHS:
        image.resize((width, width), Image.Resampling.LANCZOS).save(folder / f"{width}.webp", quality=85)
    return prefix


def logo(row: dict[str, Any]) -> str:
    return store(compose_logo(row["logo"], source.PICTURES, size=max(SMALL_PICTURE_WIDTHS)), f"shops/{row['slug']}")


def tile(row: dict[str, Any]) -> str:
    return store(compose_category_tile(row, source.PICTURES, size=max(SMALL_PICTURE_WIDTHS)), f"categories/{row['slug']}")
