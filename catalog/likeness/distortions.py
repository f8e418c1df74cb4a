"""What happens to a picture before somebody searches with it, for measuring how well it is found again. The same seed, the same result."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageEnhance, ImageOps

CROP = 0.8
BRIGHTER, DARKER = 1.25, 0.75
Distortion = Callable[[Image.Image, Random], Image.Image]


def recompressed(image: Image.Image, dice: Random) -> Image.Image:
    """Scaled to half and saved as a JPEG of quality 30 to 50."""
    return _jpeg(image.resize((max(image.width // 2, 1), max(image.height // 2, 1))), dice.randint(30, 50))


def brightened(image: Image.Image, dice: Random) -> Image.Image:
    return _jpeg(ImageEnhance.Brightness(image).enhance(BRIGHTER), 80)


def darkened(image: Image.Image, dice: Random) -> Image.Image:
    return _jpeg(ImageEnhance.Brightness(image).enhance(DARKER), 80)


def cropped_in_the_middle(image: Image.Image, dice: Random) -> Image.Image:
    return _jpeg(_cut(image, (1 - CROP) / 2, (1 - CROP) / 2), 80)


def cropped_anywhere(image: Image.Image, dice: Random) -> Image.Image:
    return _jpeg(_cut(image, dice.uniform(0, 1 - CROP), dice.uniform(0, 1 - CROP)), 80)


def mirrored(image: Image.Image, dice: Random) -> Image.Image:
    return _jpeg(ImageOps.mirror(image), 80)


def all_at_once(image: Image.Image, dice: Random) -> Image.Image:
    """Mirrored, cropped anywhere, brighter or darker, and saved again."""
    cut = _cut(ImageOps.mirror(image), dice.uniform(0, 1 - CROP), dice.uniform(0, 1 - CROP))
    return _jpeg(ImageEnhance.Brightness(cut).enhance(dice.uniform(DARKER, BRIGHTER)), 60)


DISTORTIONS: dict[str, Distortion] = {
    "re-compressed": recompressed,
    "25 % brighter": brightened,
    "25 % darker": darkened,
    "cropped to 80 %, middle": cropped_in_the_middle,
    "cropped to 80 %, anywhere": cropped_anywhere,
    "mirrored": mirrored,
    "all at once": all_at_once,
}


def _cut(image: Image.Image, left: float, top: float) -> Image.Image:
    width, height = image.size
    return image.crop((round(left * width), round(top * height), round((left + CROP) * width), round((top + CROP) * height)))


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG", quality=quality)
    return Image.open(written).convert("RGB")
