"""Whether two pictures are one: the edges of one, laid over the other at the best place and scale, correlate almost fully.

Features say that two watches look alike; this says whether it is the same photograph, cropped, brightened, mirrored or saved again.
Correlation is normalised (Lewis 1995) over the gradients of brightness and of both colour differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy.fft import irfft2, rfft2  # type: ignore[import-untyped]  # scipy carries no types
from scipy.ndimage import gaussian_filter1d  # type: ignore[import-untyped]

Floats = NDArray[Any]
# Of the demo's pairs of different products that look most alike the nearest come to 0.90, the furthest of distorted copies to 0.95.
SAME = 0.93
COARSE, FINE = 48, 96
SMALLEST = 0.72
HOPELESS = 0.8
EDGE = 4
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def sameness(first: Image.Image, second: Image.Image) -> float:
    """From 0 to 1, for the better of the second picture and its mirror image; 1 is the same photograph."""
    return max(_sameness(first, second), _sameness(first, ImageOps.mirror(second)))


def _sameness(first: Image.Image, second: Image.Image) -> float:
    pair = _levelled(_pixels(first, 2 * FINE), _pixels(second, 2 * FINE))
    tries = [(_correlation(pair[side], pair[1 - side], COARSE, size), side, size) for side, size in _placements()]
    tries.sort(reverse=True)
    if tries[0][0] < HOPELESS:
        return tries[0][0]
    return max(_refined(pair[side], pair[1 - side], size) for _score, side, size in tries[:2])


def _placements() -> list[tuple[int, int]]:
    """Which of the two is the whole one, and how large the other lies in it."""
    sizes = range(round(COARSE * SMALLEST), COARSE)
    return [(0, COARSE), *((side, size) for size in sizes for side in (0, 1))]


def _refined(whole: Image.Image, part: Image.Image, coarse_size: int) -> float:
    middle = coarse_size * FINE // COARSE
    return max(_correlation(whole, part, FINE, size) for size in range(middle - 2, min(middle + 2, FINE) + 1))


def _correlation(whole: Image.Image, part: Image.Image, side: int, size: int) -> float:
    """The highest correlation of `part`, scaled to `size`, with any place of `whole`, scaled to `side`."""
    large, small = _gradients(_pixels(whole, side)), _gradients(_pixels(part, size))[:, EDGE:-EDGE, EDGE:-EDGE]
    inner = small.shape[1]
    places = side - inner + 1
    product = (rfft2(large) * rfft2(small, (side, side)).conj()).sum(0)
    found = irfft2(product, (side, side))[:places, :places]
    sums = np.pad((large**2).sum(0).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    energy = sums[inner:, inner:] - sums[:-inner, inner:] - sums[inner:, :-inner] + sums[:-inner, :-inner]
    return float((found / np.sqrt(np.maximum(energy, 1e-6) * max(float((small**2).sum()), 1e-6))).max())


def _gradients(pixels: Floats, sigma: float = 1.2) -> Floats:
    grey = pixels @ LUMA
    planes = (grey, pixels[..., 0] - grey, pixels[..., 2] - grey)
    return np.stack([_derivative(plane, axis, sigma) for plane in planes for axis in (0, 1)])


def _derivative(plane: Floats, axis: int, sigma: float) -> Floats:
    along: Floats = gaussian_filter1d(gaussian_filter1d(plane, sigma, axis=axis, order=1), sigma, axis=1 - axis)
    return along


def _pixels(image: Image.Image, size: int) -> Floats:
    scaled = image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS, reducing_gap=3)
    pixels: Floats = np.asarray(scaled, dtype=np.float32) / 255
    return pixels


def _levelled(first: Floats, second: Floats) -> tuple[Image.Image, Image.Image]:
    """Both with the same share of burnt-out light, channel by channel: what brightening has made white in one is cut off in the other."""
    for channel in range(3):
        one, other = first[..., channel], second[..., channel]
        share = min(max(float((one >= 0.985).mean()), float((other >= 0.985).mean())) * 1.02, 0.97)
        if share > 0.005:
            np.minimum(one, np.quantile(one, 1 - share), out=one)
            np.minimum(other, np.quantile(other, 1 - share), out=other)
    return _as_image(first), _as_image(second)


def _as_image(pixels: Floats) -> Image.Image:
    return Image.fromarray((pixels * 255).round().astype(np.uint8))
