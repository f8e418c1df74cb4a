"""How pictures reach a page: formats, sizes, what comes first, and how long browsers keep them."""

import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from catalog.models import Picture
from catalog.services.pictures import WIDTHS, add_picture, make_renditions
from catalog.tasks import complete_pictures
from core.imaging import at_width, encode
from storefront.pictures import picture, preload_picture, tint_class
from tests.catalog.test_likeness import packshot
from tests.factories.catalog import NOW, make_product

pytestmark = pytest.mark.django_db
PHONE_WIDTH = 640
MOST_BYTES = 100_000


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_there_are_five_widths() -> None:
    assert len(WIDTHS) == 5


def test_the_main_picture_of_a_phone_is_at_most_a_hundred_kilobytes_in_avif() -> None:
    sizes = [len(encode(at_width(packshot(number), PHONE_WIDTH), "avif")) for number in range(0, 190, 19)]

    assert max(sizes) <= MOST_BYTES


def test_a_products_first_picture_is_preloaded_and_the_others_wait(client: Client) -> None:
    product = make_product()
    for view in (0, 1):
        make_renditions(add_picture(product=product, image=packshot(5, view)).pk)

    page = client.get(f"/p/{product.slug}/").content.decode()

    assert (
        len(
            re.findall(
                r'<link rel="preload" as="image" type="image/avif" imagesrcset="[^"]+" imagesizes="[^"]+" fetchpriority="high">', page
            )
        )
        == 1
    )
    pictures = re.findall(r"<picture>.*?</picture>", page, re.DOTALL)
    assert 'fetchpriority="high"' in pictures[0]
    assert 'loading="lazy"' in pictures[1]
    for shown in pictures:
        assert 'type="image/avif"' in shown and 'type="image/webp"' in shown and ".jpg" in shown
        assert 'width="640" height="640"' in shown and 'sizes="' in shown and 'class="tint-' in shown
    preloaded = re.search(r'imagesrcset="([^"]+)"', page)
    assert preloaded is not None and preloaded[1] in pictures[0]


def test_a_picture_is_kept_for_a_year_and_never_taken_for_something_else(client: Client) -> None:
    made = make_renditions(add_picture(product=make_product(), image=packshot(5)).pk, widths=(160,))

    answer = client.get(f"/media/{made.prefix}/160.avif")

    assert answer["Content-Type"] == "image/avif"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_pictures_that_lack_a_format_get_it_by_and_by() -> None:
    made = make_renditions(add_picture(product=make_product(), image=packshot(5)).pk, widths=(160,), formats=("webp", "jpg"))
    assert complete_pictures() == 0
    Picture.objects.update(created_at=NOW)

    assert complete_pictures() == 1
    assert complete_pictures() == 0

    made.refresh_from_db()
    assert set(made.formats) == {"webp", "avif", "jpg"}
    cache.clear()


def test_a_picture_without_renditions_is_neither_preloaded_nor_broken() -> None:
    assert preload_picture("", [], [], "100vw") == ""
    assert "picture-none" in picture("", [], [], "Lamp")


@pytest.mark.parametrize(
    ("tint", "name"),
    [("#ffffff", "tint-333"), ("#bfbfbf", "tint-000"), ("#f3e4dc", "tint-221"), ("#000000", "tint-000"), ("red", ""), ("", "")],
)
def test_a_tint_is_one_of_sixty_four_classes(tint: str, name: str) -> None:
    assert tint_class(tint) == name
