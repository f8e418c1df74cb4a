"""Shapes and colours: a picture embedder of plain signal processing, with no model file to load.

Three blocks of length one, weighted: the low frequencies of brightness (what a perceptual hash takes the signs of; Zauner 2010), those of
the two colour differences (as in MPEG-7's colour layout), and a histogram of oriented gradients (Dalal and Triggs 2005), whose cells are
cut loose from their mean. All are divided by the mean brightness, so a darker print of a picture has the same numbers.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[Any]
SIDE = 96
GRID = SIDE // 8
BINS = 8
BRIGHTNESS_ORDER, COLOUR_ORDER = 12, 6
WEIGHTS = (1.0, 0.8, 1.2)
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


class ShapesAndColours:
    name = "shapes-and-colours-1"
    dims = 77 + 2 * 21 + 6 * 6 * BINS

    def embed(self, image: Image.Image) -> Floats:
        pixels = np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3), dtype=np.float32) / 255
        grey = pixels @ LUMA
        level = float(grey.mean()) + 1e-3
        colours = [_frequencies((pixels[..., channel] - grey) / level, COLOUR_ORDER) for channel in (2, 0)]
        blocks = (_frequencies(grey / level, BRIGHTNESS_ORDER)[1:], np.concatenate(colours), _gradients(grey))
        return np.concatenate([weight * _unit(block) for weight, block in zip(WEIGHTS, blocks, strict=True)])


def _unit(block: Floats) -> Floats:
    length = float(np.linalg.norm(block))
    scaled: Floats = block / length if length > 1e-9 else block
    return scaled


@functools.cache
def _cosines(order: int) -> Floats:
    """The first rows of the orthonormal cosine transform."""
    at = np.arange(SIDE) + 0.5
    rows = np.cos(np.pi / SIDE * np.arange(order)[:, None] * at[None, :]) * np.sqrt(2 / SIDE)
    rows[0] /= np.sqrt(2)
    cosines: Floats = rows.astype(np.float32)
    return cosines


@functools.cache
def _triangle(order: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """The places of the lowest frequencies, lowest first, and how much each counts: fine ones are weak by nature."""
    places = sorted(((i, j) for i in range(order) for j in range(order) if i + j < order), key=lambda place: (sum(place), place))
    rows, columns = np.array(places).T
    return rows, columns, (1 + 0.35 * (rows + columns)).astype(np.float32)


def _frequencies(plane: Floats, order: int) -> Floats:
    cosines = _cosines(order)
    rows, columns, weights = _triangle(order)
    found: Floats = (cosines @ plane @ cosines.T)[rows, columns] / SIDE * weights
    return found


@functools.cache
def _cells() -> NDArray[np.intp]:
    cell = np.arange(SIDE) // (SIDE // GRID)
    return (cell[:, None] * GRID + cell[None, :]) * BINS


def _gradients(grey: Floats) -> Floats:
    """How much edge of which direction each of 6 × 6 overlapping cells holds."""
    down, right = np.gradient(grey)
    strength = np.sqrt(np.hypot(down, right))
    angle = np.mod(np.arctan2(down, right), np.pi) / np.pi * BINS
    lower = np.floor(angle).astype(np.intp)
    share = angle - lower
    cells, size = _cells(), GRID * GRID * BINS
    counted = np.bincount((cells + lower % BINS).ravel(), (strength * (1 - share)).ravel(), size)
    counted += np.bincount((cells + (lower + 1) % BINS).ravel(), (strength * share).ravel(), size)
    grid = _blurred(_blurred(counted.reshape(GRID, GRID, BINS), 0), 1)
    half = GRID // 2
    pooled = grid.reshape(half, 2, half, 2, BINS).sum((1, 3))
    loose: Floats = (pooled - pooled.mean((0, 1))).ravel().astype(np.float32)
    return loose


def _blurred(grid: Floats, axis: int) -> Floats:
    """Each cell with a quarter of each neighbour's, so that a picture moved by a few pixels keeps its numbers."""
    moved = np.moveaxis(grid, axis, 0)
    padded = np.pad(moved, ((1, 1), (0, 0), (0, 0)))
    return np.moveaxis(padded[:-2] / 4 + padded[1:-1] / 2 + padded[2:] / 4, 0, axis)
