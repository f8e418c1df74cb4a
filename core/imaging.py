"""Turning bytes from strangers into pictures of ours, and pictures into renditions. Knows no models."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

from PIL import Image, ImageOps

from core.errors import InvalidPicture

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 2_560
ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
# A picture that is a page, a script or a document as well was made to deceive somebody.
FOREIGN = (b"<script", b"<svg", b"<html", b"<!doctype", b"<?php", b"<iframe")
SAVING: dict[str, tuple[str, dict[str, Any]]] = {
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "avif": ("AVIF", {"quality": 60, "speed": 8}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
}
# Pillow only warns between its limit and twice that; here a bomb is an error from the first pixel too many.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def decode(data: bytes) -> Image.Image:
    """The picture in `data`, upright, at most 2,560 pixels a side, RGB or RGBA, without any metadata.

    Size and kind are read from the header; nothing is decoded before they are found good.

    Raises:
        InvalidPicture: not one of the accepted kinds, above 20 MB or 40 megapixels, broken, or also something else than a picture.
    """
    if len(data) > MAX_BYTES or _is_polyglot(data):
        raise InvalidPicture
    try:
        with Image.open(io.BytesIO(data), formats=ACCEPTED) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InvalidPicture
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image.load()
            return clean(image)
    except InvalidPicture:
        raise
    except Exception as error:  # what a decoder raises on hostile input has no common base
        raise InvalidPicture from error


def _is_polyglot(data: bytes) -> bool:
    lowered = data.lower()
    return b"%pdf-" in lowered[:1_024] or any(mark in lowered for mark in FOREIGN) or zipfile.is_zipfile(io.BytesIO(data))


def clean(image: Image.Image) -> Image.Image:
    """The first frame as plain pixels: upright, RGB or RGBA, at most 2,560 a side. Raises InvalidPicture above 40 megapixels."""
    if image.width * image.height > MAX_PIXELS:
        raise InvalidPicture
    upright = ImageOps.exif_transpose(image)
    pixels = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    pixels.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    return plain


def encode(image: Image.Image, fmt: str, **options: Any) -> bytes:
    """The picture as a file of `webp`, `avif` or `jpg`; transparency becomes white in the latter."""
    name, saving = SAVING[fmt]
    buffer = io.BytesIO()
    (flat(image) if fmt == "jpg" else image).save(buffer, name, **saving | options)
    return buffer.getvalue()


def flat(image: Image.Image) -> Image.Image:
    """The picture on white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def at_width(image: Image.Image, width: int) -> Image.Image:
    """The picture scaled to a width in pixels."""
    return image.resize((width, max(round(image.height * width / image.width), 1)), Image.Resampling.LANCZOS, reducing_gap=3)


def tint_of(image: Image.Image) -> str:
    """The average colour, made light: what a tile shows until its picture has come. Such as "#f3e4dc"."""
    red, green, blue = flat(image).resize((1, 1), Image.Resampling.BOX).convert("RGB").tobytes()
    return "#" + "".join(f"{255 - (255 - channel) // 4:02x}" for channel in (red, green, blue))
