"""UPL01 to UPL05 at every door through which pictures come: each is refused in words or becomes a harmless picture of ours."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from catalog.models import Picture, Product
from merchants.models import Membership
from orders.models import AfterSalesCase, CasePhoto
from tests.backoffice.test_work import _product_form
from tests.catalog.test_likeness import packshot
from tests.factories.accounts import make_user
from tests.factories.catalog import make_category
from tests.factories.merchants import make_membership, make_merchant
from tests.storefront.test_cases import delivered, guest_of, last_step

pytestmark = pytest.mark.django_db
SECRET = b"Secret Camera 47.11N"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"


def encoded(fmt: str, image: Image.Image | None = None, **saving: Any) -> bytes:
    buffer = io.BytesIO()
    (image or packshot(3).resize((120, 90))).save(buffer, fmt, **saving)
    return buffer.getvalue()


def png(width: int, height: int, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = zlib.compress(rows or b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.sh", "rm -rf /")
    return buffer.getvalue()


def animated() -> bytes:
    frames = [packshot(3).resize((80, 80)), packshot(4).resize((80, 80))]
    return encoded("GIF", frames[0], save_all=True, append_images=frames[1:], duration=100, loop=0)


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 6.0, 36.0)})
    return encoded("JPEG", exif=exif.tobytes(), comment=SECRET)


REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "html.jpg": b"<!doctype html><html><body><script>alert(1)</script></body></html>",
    "gif that is a script": b"GIF89a/*" + encoded("GIF")[8:] + b"*/=1;<script>alert(1)</script>",
    "jpeg that is an archive": encoded("JPEG") + zipped(),
    "jpeg that is a document": b"%PDF-1.7\n" + encoded("JPEG"),
    "png with a document in front": b"\n%PDF-1.4\n" + png(4, 4),
    "php.png": encoded("PNG") + b"<?php system($_GET['c']); ?>",
    "pixel bomb": png(13_000, 13_000),
    "truncated": encoded("JPEG")[:700],
    "nothing": b"\0" * 100,
}
HARMLESS = {
    "animated gif": animated(),
    "cmyk jpeg": encoded("JPEG", packshot(3).resize((120, 90)).convert("CMYK")),
    "16-bit png": png(40, 30, depth=16, colour=0, rows=b"".join(b"\0" + b"\x7f\xff" * 40 for _row in range(30))),
    "rotated, with place and camera": with_place(),
}
NAMES = ["../../etc/passwd", "a\0b.jpg", "x" * 500 + ".jpg", "\u202egpj.exe", "<img src=x onerror=alert(1)>.jpg", "..", "照片.jpg"]


@dataclass(frozen=True)
class Door:
    """A way in: sends a file, and says which files of ours lie where afterwards."""

    send: Callable[[SimpleUploadedFile], Any]
    rows: Callable[[], int]


def merchants_door() -> Door:
    merchant, category = make_merchant(), make_category()
    browser = Client()
    browser.force_login(make_membership(merchant, make_user(email="owner@x.example"), Membership.Role.OWNER).user)
    variants = [{"sku": "SILK-R", "options": "Colour: Red", "price_minor": "19.99"}]

    def send(file: SimpleUploadedFile) -> Any:
        form = _product_form(None, variants, category=str(category.pk), new_pictures=file)
        return browser.post(reverse("merchant:catalog_product_add"), form)

    return Door(send, lambda: Picture.objects.count() + Product.objects.count())


def search_door() -> Door:
    browser = Client()
    return Door(lambda file: browser.post("/search/image/", {"photo": file}), lambda: 0)


def complaint_door() -> Door:
    walk = delivered()
    browser = guest_of(walk)

    def send(file: SimpleUploadedFile) -> Any:
        return browser.post(f"/orders/{walk.order.number}/return/", {**last_step(browser, walk), "photos": [file]})

    return Door(send, lambda: CasePhoto.objects.count() + AfterSalesCase.objects.count())


DOORS = {"a merchant's product": merchants_door, "search by picture": search_door, "a complaint": complaint_door}


def stored(settings: Settings) -> list[Path]:
    folders = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_lets_anything_but_pictures_in(door: str, settings: Settings) -> None:
    """UPL01, UPL02, UPL03."""
    settings.IMAGE_SEARCHES_PER_MINUTE = 1_000
    way = DOORS[door]()
    before = way.rows()

    for name, content in REFUSED.items():
        answer = way.send(SimpleUploadedFile("photo.jpg", content, "image/jpeg"))

        text = answer.content.decode()
        assert answer.status_code in {200, 400, 422}, name  # the back offices give a form back with 200
        assert "not a picture we can use" in text, name
        assert "<script>alert(1)" not in text, name
        assert way.rows() == before, name
        assert stored(settings) == [], name


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", HARMLESS)
def test_unusual_pictures_become_plain_ones(door: str, name: str, settings: Settings) -> None:
    way = DOORS[door]()
    before = way.rows()

    answer = way.send(SimpleUploadedFile("photo.jpg", HARMLESS[name], "image/jpeg"))

    assert answer.status_code == 302
    assert way.rows() == before + (0 if door == "search by picture" else 2)
    for path in stored(settings):
        data = path.read_bytes()
        assert SECRET not in data
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, getattr(image, "n_frames", 1), image.mode in {"RGB", "RGBA"}) == ("WEBP", 1, True)
            assert not image.getexif()
            if name.startswith("rotated"):
                assert image.height > image.width


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_is_of_no_account(door: str, name: str, settings: Settings) -> None:
    """UPL05."""
    way = DOORS[door]()
    file = SimpleUploadedFile("photo.jpg", encoded("JPEG"), "image/jpeg")
    file.__dict__["_name"] = name

    assert way.send(file).status_code in {302, 400, 422}

    assert all(path.suffix == ".webp" for path in stored(settings))
    assert all(Path(settings.MEDIA_ROOT).parent in path.resolve().parents for path in stored(settings))
