"""Compose product packshots, banners, logos and category tiles.

A recipe names one to three cut-out objects, a palette, a layout, a seed and
optionally a tint; ``upright`` keeps heavy goods level. Nothing is random: seed and variant decide everything.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, Final

from PIL import Image, ImageFilter

from shop.demo.studio import GROUND, PALETTES, PLINTHS, Scene, backdrop, blend, colour, glow, smooth_mask

Recipe = Mapping[str, Any]
LANCZOS: Final = Image.Resampling.LANCZOS
CRISP: Final = ImageFilter.UnsharpMask(radius=0.8, percent=50, threshold=2)


@dataclass(frozen=True)
class Piece:
    """One object in the picture; lengths are shares of the picture's height."""

    name: str
    centre: float
    ground: float
    extent: float
    angle: float = 0.0


@lru_cache(maxsize=256)
def _cutout(folder: Path, name: str, tint: str | None) -> Image.Image:
    """An object without its empty margin, recoloured if asked for."""
    with Image.open(folder / f"{name}.webp") as source:
        image = source.convert("RGBA")
    outline = image.getchannel("A")
    image = image.filter(CRISP)
    image.putalpha(outline.filter(ImageFilter.GaussianBlur(0.7)))
    image = image.crop(outline.getbbox())
    return _tinted(image, tint) if tint else image


def _tinted(image: Image.Image, tint: str) -> Image.Image:
    """Give the coloured parts of an object the hue and strength of the tint."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in colour(tint)))
    hues, saturations, values = image.convert("RGB").convert("HSV").split()
    vivid = saturations.point(lambda level: min(255, max(0, (level - 40) * 4)))
    toned = Image.merge(
        "HSV",
        (
            hues.point(lambda _: round(hue * 255)),
            saturations.point(lambda level: min(255, round(level * saturation * 1.25))),
            values.point(lambda level: min(255, round(level * (0.25 + 0.85 * value)))),
        ),
    ).convert("RGB")
    mixed = Image.composite(toned, image.convert("RGB"), vivid)
    mixed.putalpha(image.getchannel("A"))
    return mixed


@lru_cache(maxsize=96)
def _scaled(folder: Path, name: str, tint: str | None, extent: int, angle: float) -> Image.Image:
    """An object in its final size and turn."""
    image = _cutout(folder, name, tint)
    factor = extent / max(image.size)
    width, height = (max(1, round(side * factor)) for side in image.size)
    image = image.resize((width, height), LANCZOS if factor < 1 else Image.Resampling.BICUBIC)
    if angle:
        image = image.rotate(angle, Image.Resampling.BILINEAR, expand=True)
        image = image.crop(image.getchannel("A").getbbox())
    return image


def _shadow(picture: Image.Image, shape: Image.Image, left: int, ground: int, light: int) -> None:
    """A tight contact shadow and a long soft one, away from the light."""
    width, height = shape.size
    unit, outline = picture.height / 1000, shape.getchannel("A").reduce(4)
    for share, flat, blur, strength, shift in ((1.0, 0.2, 26, 0.34, 0.09), (0.84, 0.07, 9, 0.42, 0.015)):
        wide, low = max(4, round(width * share)), max(3, round(height * flat))
        pad = round(blur * unit * 2.5)
        sheet = Image.new("L", ((wide + 2 * pad) // 4 + 1, (low + 2 * pad) // 4 + 1), 0)
        flatter = outline.resize((max(1, wide // 4), max(1, low // 4)), Image.Resampling.BOX)
        sheet.paste(flatter, (pad // 4, pad // 4))
        sheet = sheet.filter(ImageFilter.GaussianBlur(blur * unit / 4)).point(lambda level, s=strength: round(level * s))
        mask = sheet.resize((sheet.width * 4, sheet.height * 4), Image.Resampling.BILINEAR)
        x = left + (width - wide) // 2 - pad - round(light * shift * width)
        y = ground - pad - round(low * 0.62)
        picture.paste((74, 52, 38), (x, y, x + mask.width, y + mask.height), mask)


def _place(picture: Image.Image, folder: Path, piece: Piece, tint: str | None, light: int) -> None:
    """Put one object with its shadow into the picture."""
    unit = picture.height
    image = _scaled(folder, piece.name, tint, max(8, round(piece.extent * unit)), piece.angle)
    left, ground = round(piece.centre * unit - image.width / 2), round(piece.ground * unit)
    _shadow(picture, image, left, ground, light)
    picture.paste(image, (left, ground - image.height), image)


def names_of(recipe: Recipe) -> list[str]:
    """The objects of a recipe, however it writes them."""
    names = recipe["emoji"]
    return [names] if isinstance(names, str) else [str(name) for name in names]


def _single(names: Sequence[str], dice: Random) -> list[Piece]:
    return [Piece(names[0], 0.5, GROUND, 0.7)]


def _tilt(names: Sequence[str], dice: Random) -> list[Piece]:
    return [Piece(names[0], 0.5, GROUND, 0.7, dice.choice((-14.0, -9.0, 9.0, 14.0)))]


def _duo(names: Sequence[str], dice: Random) -> list[Piece]:
    side = dice.choice((-1, 1))
    back = Piece(names[1 % len(names)], 0.5 + side * 0.225, GROUND - 0.035, 0.4, -side * 5.0)
    return [back, Piece(names[0], 0.5 - side * 0.09, GROUND + 0.012, 0.63)]


def _trio(names: Sequence[str], dice: Random) -> list[Piece]:
    first, second, third = (names[index % len(names)] for index in range(3))
    lean = dice.choice((-1.0, 1.0))
    return [
        Piece(second, 0.26, GROUND - 0.04, 0.38, 5.0 * lean),
        Piece(third, 0.74, GROUND - 0.04, 0.38, -5.0 * lean),
        Piece(first, 0.5, GROUND + 0.015, 0.58),
    ]


def _stack(names: Sequence[str], dice: Random) -> list[Piece]:
    turn = dice.choice((0.0, 8.0, -8.0))
    return [
        Piece(names[0], 0.5, GROUND - 0.23, 0.4, -turn),
        Piece(names[-1], 0.3, GROUND, 0.42, turn),
        Piece(names[0], 0.7, GROUND, 0.42, -turn),
        Piece(names[0], 0.5, GROUND + 0.04, 0.43, turn / 2),
    ]


def _shelf(names: Sequence[str], dice: Random) -> list[Piece]:
    tall = dice.choice((0.46, 0.49))
    left, right = (names[0], names[-1]) if len(names) > 1 else (names[0], names[0])
    return [Piece(left, 0.28, GROUND, tall, 4.0), Piece(right, 0.72, GROUND + 0.01, tall - 0.02, -4.0)]


LAYOUTS: Final = {"single": _single, "tilt": _tilt, "duo": _duo, "trio": _trio, "stack": _stack, "shelf": _shelf}


def _scene(recipe: Recipe, variant: int) -> Scene:
    """Backdrop, plinth and light of one view."""
    seed = int(recipe["seed"])
    plinth = PLINTHS[(seed * 5 + variant * 3) % len(PLINTHS)]
    light = 1 if (seed + variant) % 2 else -1
    return Scene(int(recipe["palette"]) + (4 if variant == 1 else 0), plinth, light)


def _angle_view(pieces: Sequence[Piece], dice: Random) -> list[Piece]:
    """The same goods turned and moved, a smaller one standing behind."""
    turn, side = dice.choice((-10.0, 10.0, 12.0)), dice.choice((-1, 1))
    main = pieces[-1]
    back = Piece(main.name, 0.5 + side * 0.21, GROUND - 0.07, main.extent * 0.66, main.angle - side * 4.0)
    return [back, replace(main, centre=0.5 - side * 0.1, ground=GROUND + 0.02, angle=main.angle + turn)]


def _close_up(pieces: Sequence[Piece], dice: Random) -> list[Piece]:
    """Only the main object, so near that the frame cuts it."""
    main, side = pieces[-1], dice.choice((-1, 1))
    return [replace(main, centre=0.5 + side * 0.07, ground=1.1, extent=1.12, angle=main.angle + side * 7.0)]


def compose_product_picture(recipe: Recipe, folder: Path, size: int = 1000, variant: int = 0) -> Image.Image:
    """The packshot of a product: 0 the main view, 1 another angle, 2 a close-up."""
    dice = Random(int(recipe["seed"]) * 31 + variant)  # noqa: S311 - arrangement, not a secret
    scene = _scene(recipe, variant)
    pieces = LAYOUTS[str(recipe["layout"])](names_of(recipe), dice)
    picture = backdrop(scene, size, size)
    if variant == 1:
        pieces = _angle_view(pieces, dice)
    elif variant == 2:
        pieces = _close_up(pieces, dice)
        picture = backdrop(replace(scene, plinth="sweep"), size, size)
    if recipe.get("upright"):
        pieces = [replace(piece, angle=0.0) for piece in pieces]
    main = names_of(recipe)[0]
    for piece in pieces:
        tint = recipe.get("tint") if piece.name == main else None
        _place(picture, folder, piece, tint, scene.light)
    return picture


def compose_banner(recipe: Recipe, folder: Path, width: int = 1600, height: int = 640) -> Image.Image:
    """A wide stage for the home page: goods on the right, room for words on the left."""
    scene = Scene(int(recipe["palette"]), "sweep", 1)
    picture = backdrop(scene, width, height)
    aspect, names = width / height, names_of(recipe)
    disc = smooth_mask((width, height), "ellipse", (aspect * 0.72 - 0.42, 0.06, aspect * 0.72 + 0.42, 0.9))
    picture.paste(blend(scene.colours[1], scene.colours[2], 0.55), (0, 0, width, height), disc)
    step = aspect * 0.5 / max(1, len(names))
    order = sorted(range(len(names)), key=lambda index: -abs(index - (len(names) - 1) / 2))
    for index in order:
        away = abs(index - (len(names) - 1) / 2) / max(1.0, len(names) / 2)
        centre = aspect * 0.72 + (index - (len(names) - 1) / 2) * step
        piece = Piece(names[index], centre, 0.93 - 0.1 * away, 0.66 - 0.26 * away, (-6.0, 0.0, 6.0)[index % 3])
        _place(picture, folder, piece, None, scene.light)
    return picture


def compose_logo(recipe: Recipe, folder: Path, size: int = 256) -> Image.Image:
    """A merchant's sign: one object on a plain accent field."""
    wall, shade, accent = (colour(code) for code in PALETTES[int(recipe["palette"]) % len(PALETTES)])
    picture = Image.new("RGB", (size, size), blend(shade, accent, 0.8))
    light = glow(size, size, (0.35, 0.25), 0.95).point(lambda level: round(level * 0.75))
    picture.paste(wall, (0, 0, size, size), light)
    image = _scaled(folder, names_of(recipe)[0], recipe.get("tint"), round(size * 0.66), 0.0)
    left, ground = (size - image.width) // 2, (size + image.height) // 2
    _shadow(picture, image, left, ground, 0)
    picture.paste(image, (left, ground - image.height), image)
    return picture


def compose_category_tile(recipe: Recipe, folder: Path, size: int = 400) -> Image.Image:
    """A category's tile: one object before a round accent field."""
    scene = Scene(int(recipe["palette"]), "sun", -1)
    picture = backdrop(scene, size, size)
    piece = Piece(names_of(recipe)[0], 0.5, GROUND - 0.02, 0.64)
    _place(picture, folder, piece, recipe.get("tint"), scene.light)
    return picture
