"""The photo studio: palettes, light, backdrops and plinths.

Everything here is deterministic: the same arguments give the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

# Wall in the light, wall in the shade, accent.
PALETTES: Final[tuple[tuple[str, str, str], ...]] = (
    ("#faf4ea", "#e6d8c3", "#d9a878"),
    ("#fbeee7", "#e8cdc0", "#dfa391"),
    ("#f2f4e8", "#d3d9bf", "#a5b891"),
    ("#f0f4f5", "#cbd8dd", "#9ab9c4"),
    ("#f9efdc", "#e3cda4", "#d9b26e"),
    ("#f8e9de", "#ddbda3", "#cb8b68"),
    ("#f6f0f4", "#dacbd8", "#b89ab6"),
    ("#eff6f1", "#c4dacd", "#8ebaa5"),
    ("#f8f5f0", "#dcd5c8", "#b9ad98"),
    ("#fdf1e2", "#f2cfa6", "#ebb07a"),
    ("#f2f0ed", "#cfc9c1", "#a59f97"),
    ("#fdf8e4", "#efdfa5", "#dfc066"),
)

PLINTHS: Final[tuple[str, ...]] = ("sweep", "disc", "block", "arch", "sun", "steps", "beam")
GROUND: Final = 0.845


@dataclass(frozen=True)
class Scene:
    """What stands behind and under the goods."""

    palette: int
    plinth: str
    light: int  # -1 from the left, 1 from the right

    @property
    def colours(self) -> tuple[Colour, Colour, Colour]:
        """Light wall, shaded wall and accent as numbers."""
        wall, shade, accent = PALETTES[self.palette % len(PALETTES)]
        return colour(wall), colour(shade), colour(accent)


def colour(code: str) -> Colour:
    """Read ``#rrggbb``."""
    red, green, blue = ImageColor.getrgb(code)[:3]
    return red, green, blue


def blend(first: Colour, second: Colour, amount: float) -> Colour:
    """Mix two colours; 0 gives the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * amount) for a, b in zip(first, second, strict=True))
    return red, green, blue


def glow(width: int, height: int, centre: tuple[float, float], radius: float) -> Image.Image:
    """A soft round spot of light as a mask, brightest at its centre."""
    side = round(2 * radius * max(width, height))
    spot = ImageChops.invert(Image.radial_gradient("L")).resize((side, side), Image.Resampling.BILINEAR)
    mask = Image.new("L", (width, height), 0)
    mask.paste(spot, (round(centre[0] * width - side / 2), round(centre[1] * height - side / 2)))
    return mask


def smooth_mask(size: tuple[int, int], kind: str, box: Box, radius: float = 0) -> Image.Image:
    """An antialiased shape; the box is given in shares of the height."""
    width, height = size
    left, top, right, bottom = (round(value * height * 2) for value in box)
    # Only the strip between the shape's upper and lower edge is drawn large.
    start, end = max(0, top // 2 - 1), min(height, bottom // 2 + 2)
    strip = Image.new("L", (width * 2, max(1, end - start) * 2), 0)
    draw = ImageDraw.Draw(strip)
    place = (left, top - start * 2, right, bottom - start * 2)
    if kind == "ellipse":
        draw.ellipse(place, fill=255)
    else:
        draw.rounded_rectangle(place, radius=radius * height * 2, fill=255)
    mask = Image.new("L", size, 0)
    mask.paste(strip.reduce(2), (0, start))
    return mask


def fall(size: tuple[int, int], start: float, end: float) -> Image.Image:
    """A vertical ramp from 0 at ``start`` to 255 at ``end`` (shares of the height)."""
    width, height = size
    ramp = Image.linear_gradient("L").resize((width, max(1, round((end - start) * height))))
    mask = Image.new("L", size, 255)
    mask.paste(0, (0, 0, width, max(0, round(start * height))))
    mask.paste(ramp, (0, round(start * height)))
    return mask


def _wall(size: tuple[int, int], scene: Scene) -> Image.Image:
    """Wall and floor with the light falling in from one side."""
    wall, shade, accent = scene.colours
    small = (max(32, size[0] // 4), max(32, size[1] // 4))
    picture = Image.new("RGB", small, shade)
    spot = glow(small[0], small[1], (0.5 + 0.2 * scene.light, 0.34), 0.85)
    picture.paste(Image.new("RGB", small, wall), (0, 0), spot.point(lambda value: min(255, round(value * 1.35))))
    floor = Image.new("RGB", small, blend(blend(wall, shade, 0.72), accent, 0.14))
    horizon = fall(small, 0.64, 0.78) if scene.plinth == "sweep" else fall(small, 0.69, 0.73)
    picture.paste(floor, (0, 0), horizon.point(lambda value: round(value * 0.8)))
    pool = glow(small[0], small[1], (0.5, 0.88), 0.5)
    picture.paste(Image.new("RGB", small, wall), (0, 0), pool.point(lambda value: round(value * 0.55)))
    return picture.resize(size, Image.Resampling.BILINEAR)


def _solid(picture: Image.Image, mask: Image.Image, near: Colour, far: Colour, light: int) -> None:
    """Fill a shape with a colour running from the lit to the shaded side."""
    box = mask.getbbox()
    if box is None:
        return
    ramp = Image.linear_gradient("L").rotate(90 if light < 0 else -90)
    tone = Image.composite(Image.new("RGB", ramp.size, far), Image.new("RGB", ramp.size, near), ramp)
    tone = tone.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR)
    picture.paste(tone, box[:2], mask.crop(box))


def _cylinder(picture: Image.Image, scene: Scene, centre: float, top: float, radius: float) -> None:
    """A round plinth, cut off by the lower edge of the picture."""
    wall, shade, accent = scene.colours
    size, flat = picture.size, radius * 0.2
    face = smooth_mask(size, "ellipse", (centre - radius, top - flat, centre + radius, top + flat))
    side = ImageChops.lighter(smooth_mask(size, "box", (centre - radius, top, centre + radius, 1.3)), face)
    _solid(picture, side, blend(wall, shade, 0.55), blend(shade, accent, 0.5), scene.light)
    _solid(picture, face, blend(wall, (255, 255, 255), 0.35), blend(wall, shade, 0.6), scene.light)


def _block(picture: Image.Image, scene: Scene, box: Box, depth: float) -> None:
    """A square plinth with a visible top."""
    wall, shade, accent = scene.colours
    left, top, right, bottom = box
    front = smooth_mask(picture.size, "box", (left, top, right, bottom), 0.012)
    face = smooth_mask(picture.size, "box", (left, top - depth, right, top + 0.02), 0.012)
    _solid(picture, face, blend(wall, (255, 255, 255), 0.35), blend(wall, shade, 0.5), scene.light)
    _solid(picture, front, blend(wall, shade, 0.6), blend(shade, accent, 0.4), scene.light)


def _beam(picture: Image.Image, scene: Scene) -> None:
    """Sunlight falling through a window on to the wall."""
    wall = scene.colours[0]
    small = (picture.width // 4, picture.height // 4)
    mask = Image.new("L", small, 0)
    draw = ImageDraw.Draw(mask)
    middle = small[0] / 2
    for start in (-0.1, 0.2, 0.5):
        points = [(start, 0.0), (start + 0.22, 0.0), (start + 0.62, 0.7), (start + 0.4, 0.7)]
        shape = [(middle - scene.light * (x * small[1] - 0.5 * small[1]), y * small[1]) for x, y in points]
        draw.polygon(shape, fill=120)
    mask = mask.filter(ImageFilter.GaussianBlur(small[1] * 0.012)).resize(picture.size, Image.Resampling.BILINEAR)
    picture.paste(Image.new("RGB", picture.size, blend(wall, (255, 255, 255), 0.6)), (0, 0), mask)


def _furnish(picture: Image.Image, scene: Scene, middle: float) -> None:
    """Put the chosen plinth or panel into the picture."""
    wall, shade, accent = scene.colours
    size = picture.size
    if scene.plinth == "disc":
        _cylinder(picture, scene, middle, GROUND - 0.01, 0.43)
    elif scene.plinth == "block":
        _block(picture, scene, (middle - 0.4, GROUND + 0.015, middle + 0.4, 1.2), 0.075)
    elif scene.plinth == "steps":
        _block(picture, scene, (middle - scene.light * 0.08 - 0.1, 0.66, middle + 0.62, 0.9), 0.05)
        _cylinder(picture, scene, middle, GROUND, 0.46)
    elif scene.plinth == "arch":
        panel = smooth_mask(size, "box", (middle - 0.35, 0.07, middle + 0.35, 1.4), 0.35)
        panel = ImageChops.multiply(panel, ImageChops.invert(fall(size, 0.715, 0.72)))
        _solid(picture, panel, blend(shade, accent, 0.35), blend(shade, accent, 0.75), scene.light)
    elif scene.plinth == "sun":
        panel = smooth_mask(size, "ellipse", (middle - 0.37, 0.07, middle + 0.37, 0.81))
        _solid(picture, panel, blend(wall, accent, 0.35), blend(shade, accent, 0.7), scene.light)
    elif scene.plinth == "beam":
        _beam(picture, scene)


@lru_cache(maxsize=24)
def _backdrop(scene: Scene, width: int, height: int, middle: float) -> Image.Image:
    """The empty studio, kept for the next picture with the same scene."""
    picture = _wall((width, height), scene)
    _furnish(picture, scene, middle)
    return picture


def backdrop(scene: Scene, width: int, height: int, middle: float | None = None) -> Image.Image:
    """A fresh copy of the empty studio; ``middle`` in shares of the height."""
    return _backdrop(scene, width, height, middle if middle is not None else width / height / 2).copy()
