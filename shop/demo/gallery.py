"""Composes the demo's pictures, two processes side by side: three views of each product, shop logos, category tiles."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from PIL import Image

from shop.demo import source
from shop.demo.pictures import compose_category_tile, compose_logo, compose_product_picture

VIEWS = 3
SIZE = 960
SMALL_PICTURE_WIDTHS = (160, 320)


def compose_galleries(work: list[tuple[UUID, dict[str, Any]]]) -> Iterator[int]:
    """Give each product its three pictures; yields how many products are done."""
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1), mp_context=get_context("spawn"), initializer=_set_up) as pool:
        waiting = [pool.submit(_compose, product_id, row) for product_id, row in work]
        for done, future in enumerate(as_completed(waiting), start=1):
            future.result()
            yield done


def _set_up() -> None:
    import django

    django.setup()


def _compose(product_id: UUID, row: dict[str, Any]) -> None:
    from catalog.models import Product
    from catalog.services.pictures import add_picture, make_renditions

    product = Product.objects.get(pk=product_id)
    for view in range(product.pictures.count(), VIEWS):
        image = compose_product_picture(row["picture"], source.PICTURES, size=SIZE, variant=view)
        picture = add_picture(product=product, image=image, position=view, alt=row["title"])
        make_renditions(picture_id=picture.pk, formats=("webp",))


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
