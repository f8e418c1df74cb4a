import datetime as dt
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image
from pytest_django import Settings

from catalog.errors import LastPicture, PictureNotFound
from catalog.models import Picture, ProductCard
from catalog.selectors import picture_url
from catalog.services.pictures import add_picture, make_renditions, media_path, order_pictures, remove_files, remove_picture
from catalog.services.products import hide_product
from catalog.tasks import render_missing_pictures
from core import imaging
from core.errors import InvalidPicture
from core.ids import uuid7
from core.models import OutboxEvent
from core.outbox import relay
from tests.factories.catalog import NOW, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def photo(size: tuple[int, int] = (700, 350), mode: str = "RGB", fmt: str = "JPEG", **saving: object) -> bytes:
    image = Image.frombytes("RGB", (7, 5), random.Random(7).randbytes(105)).resize(size).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, fmt, **saving)
    return buffer.getvalue()


def with_trailing_zip() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "x")
    return photo() + archive.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")


HOSTILE = {
    "nothing": b"",
    "text": b"hello",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html named jpg": b"<html><body>hello</body></html>",
    "script after the picture": photo() + b"<SCRIPT>alert(1)</SCRIPT>",
    "script in a comment": photo(comment=b"<script>alert(1)</script>"),
    "archive after the picture": with_trailing_zip(),
    "bomb of 41 megapixels": bomb(8_200, 5_001),
    "bomb of 169 megapixels": bomb(13_000, 13_000),
    "bomb of 4,000,000 megapixels": bomb(2_000_000, 2_000_000),
    "half a picture": photo()[:600],
    "a kind we do not take": photo(fmt="TIFF"),
    "21 MB": photo() + b"\0" * 21_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_a_plain_picture_is_refused(name: str) -> None:
    product = make_product()

    with pytest.raises(InvalidPicture):
        add_picture(product=product, image=HOSTILE[name])

    assert not Picture.objects.exists()
    assert not (media_path("products")).exists()


@pytest.mark.parametrize(
    ("mode", "fmt"), [("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("P", "GIF"), ("RGB", "AVIF")]
)
def test_pictures_of_every_usual_kind_are_stored(mode: str, fmt: str) -> None:
    picture = add_picture(product=make_product(), image=photo(mode=mode, fmt=fmt), alt="A\0 lantern")

    assert (picture.width, picture.height, picture.alt) == (700, 350, "A lantern")
    with Image.open(media_path(picture.original)) as stored:
        assert stored.format == "WEBP"


def test_a_stored_picture_is_upright_and_says_nothing_about_its_maker() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"

    picture = add_picture(product=make_product(), image=photo(exif=exif.tobytes(), comment=b"Secret"))

    assert (picture.width, picture.height) == (350, 700)
    stored = media_path(picture.original).read_bytes()
    assert b"Secret" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert not image.getexif()
        assert "icc_profile" not in image.info


def test_a_large_picture_is_scaled_down() -> None:
    picture = add_picture(product=make_product(), image=photo((4_000, 1_000)))

    assert (picture.width, picture.height) == (2_560, 640)


def test_renditions_are_written_and_the_card_shows_them() -> None:
    product = make_product()
    picture = add_picture(product=product, image=photo(mode="RGBA", fmt="PNG"))
    before = ProductCard.objects.get(pk=product.pk)

    make_renditions(picture.pk)

    card = ProductCard.objects.get(pk=product.pk)
    assert (before.picture, before.tint) == ("", picture.tint)
    assert (card.picture, card.picture_widths, card.picture_formats) == (
        f"products/{picture.pk}",
        [160, 320, 480, 640],
        ["webp", "avif", "jpg"],
    )
    assert card.version == before.version + 1
    files = sorted(path.name for path in media_path(card.picture).iterdir())
    assert files == sorted(["original.webp", *(f"{width}.{fmt}" for width in (160, 320, 480, 640) for fmt in ("webp", "avif", "jpg"))])
    for fmt, kind in (("webp", "WEBP"), ("avif", "AVIF"), ("jpg", "JPEG")):
        with Image.open(media_path(f"{card.picture}/320.{fmt}")) as image:
            assert (image.format, image.size) == (kind, (320, 160))
    assert picture_url(card.picture, 320, "webp") == f"/media/products/{picture.pk}/320.webp"


def test_rendering_again_changes_nothing_shown() -> None:
    product = make_product()
    picture = add_picture(product=product, image=photo((200, 200)))
    make_renditions(picture.pk)
    version = ProductCard.objects.get(pk=product.pk).version

    make_renditions(picture.pk)

    assert ProductCard.objects.get(pk=product.pk).version == version


def test_a_picture_smaller_than_every_width_gets_the_smallest() -> None:
    picture = add_picture(product=make_product(), image=Image.new("RGB", (50, 50), "red"))

    assert make_renditions(picture.pk, formats=("jpg",)).widths == [160]


def test_renditions_the_broker_lost_are_made_by_the_sweep() -> None:
    picture = add_picture(product=make_product(), image=Image.new("RGB", (160, 90), "red"))
    assert OutboxEvent.objects.filter(name="PictureAdded", payload={"picture_id": str(picture.pk)}).exists()
    assert render_missing_pictures() == 0
    Picture.objects.update(created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    assert render_missing_pictures() == 1
    assert render_missing_pictures() == 0


def test_a_product_on_sale_keeps_its_last_picture() -> None:
    product = make_product()
    only = add_picture(product=product, image=Image.new("RGB", (160, 90), "red"))

    with pytest.raises(LastPicture):
        remove_picture(product_id=product.pk, picture_id=only.pk)

    assert Picture.objects.get() == only
    hide_product(product_id=product.pk, actor="system:test", at=NOW)
    remove_picture(product_id=product.pk, picture_id=only.pk)
    assert not Picture.objects.exists()


def test_what_is_undone_leaves_the_files() -> None:
    product = make_product()
    first, second = (add_picture(product=product, image=Image.new("RGB", (160, 90), colour)) for colour in ("red", "blue"))
    make_renditions(first.pk)

    with pytest.raises(RuntimeError), transaction.atomic():
        remove_picture(product_id=product.pk, picture_id=first.pk)
        raise RuntimeError
    relay(now=dt.datetime.now(dt.UTC))

    assert Picture.objects.filter(pk=first.pk).exists()
    assert media_path(first.original).exists()
    assert second.pk


def test_files_another_product_shows_stay() -> None:
    product, other = make_product(), make_product()
    first, second = (add_picture(product=product, image=Image.new("RGB", (160, 90), colour)) for colour in ("red", "blue"))
    Picture.objects.create(product=other, original=first.original, width=160, height=90)

    remove_picture(product_id=product.pk, picture_id=first.pk)
    relay(now=dt.datetime.now(dt.UTC))

    assert media_path(first.original).exists()
    assert remove_files(second.prefix) == 0


def test_of_a_removed_picture_only_what_orders_may_show_stays() -> None:
    product = make_product(published=False)
    picture = add_picture(product=product, image=Image.new("RGB", (700, 500), "red"))
    make_renditions(picture.pk)

    remove_picture(product_id=product.pk, picture_id=picture.pk)
    relay(now=dt.datetime.now(dt.UTC))

    kept = {f"{width}.{fmt}" for width in (160, 320) for fmt in ("webp", "avif", "jpg")}
    assert {path.name for path in media_path(picture.prefix).glob("*")} == kept
    with pytest.raises(PictureNotFound):
        make_renditions(picture.pk)


def test_the_tint_is_a_light_shade_of_the_picture() -> None:
    assert imaging.tint_of(Image.new("RGB", (9, 9), (200, 0, 0))) == "#f2c0c0"
    assert imaging.tint_of(Image.new("RGBA", (9, 9), (0, 0, 0, 0))) == "#ffffff"


def test_pictures_can_be_put_in_order_and_removed() -> None:
    product = make_product()
    first, second = (add_picture(product=product, image=Image.new("RGB", (160, 90), colour)) for colour in ("red", "blue"))
    for picture in (first, second):
        make_renditions(picture.pk, widths=(160,), formats=("jpg",))

    order_pictures(product_id=product.pk, picture_ids=[second.pk])
    assert ProductCard.objects.get(pk=product.pk).picture == second.prefix
    remove_picture(product_id=product.pk, picture_id=second.pk)
    assert ProductCard.objects.get(pk=product.pk).picture == first.prefix

    relay(now=dt.datetime.now(dt.UTC))
    assert [path.name for path in media_path(second.prefix).glob("*")] == ["160.jpg"]
    assert media_path(first.original).exists()
    with pytest.raises(PictureNotFound):
        remove_picture(product_id=make_product().pk, picture_id=first.pk)
    with pytest.raises(PictureNotFound):
        order_pictures(product_id=product.pk, picture_ids=[uuid7()])
    assert Picture.objects.get() == first
