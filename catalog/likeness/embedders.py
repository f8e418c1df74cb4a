"""What turns a picture into numbers. Another one, such as a trained model, is named by PICTURE_EMBEDDER and needs nothing else."""

from __future__ import annotations

import functools
import hashlib
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray
from PIL import Image

Vector = NDArray[np.float32]
DIMENSIONS = 192
# Vectors have length one, so their 192 numbers rarely pass 1/3.2; what does is cut off.
SCALE = 127 * 3.2
SIDE = 240
CROP = 0.8
# Where the left upper corner of a crop lies: the middle and the four corners.
CORNERS = ((0.1, 0.1), (0.0, 0.0), (0.2, 0.0), (0.0, 0.2), (0.2, 0.2))
VIEWS = 1 + len(CORNERS)


class PictureEmbedder(Protocol):
    """Numbers that are near each other for pictures that look alike.

    `name` changes whenever the same picture would get other numbers; the features of all pictures are then made anew.
    """

    name: str
    dims: int

    def embed(self, image: Image.Image) -> Vector:
        """`dims` numbers of an RGB picture of any size; their length is of no account."""


@functools.lru_cache(maxsize=4)
def _made(path: str) -> PictureEmbedder:
    embedder: PictureEmbedder = import_string(path)()
    return embedder


def embedder() -> PictureEmbedder:
    """The one the settings name, made once per process."""
    return _made(settings.PICTURE_EMBEDDER)


def embedder_mark() -> str:
    """Short name of the embedder in use, as rows and files carry it."""
    return hashlib.blake2b(embedder().name.encode(), digest_size=6).hexdigest()


@functools.lru_cache(maxsize=4)
def _projection(dims: int, seed: int) -> Vector:
    """A fixed orthogonal projection to 192 dimensions; it keeps angles about as they are and needs no data to learn from."""
    square = np.linalg.qr(np.random.default_rng(seed).standard_normal((max(dims, DIMENSIONS), max(dims, DIMENSIONS))))[0]
    return np.ascontiguousarray(square[:dims, :DIMENSIONS], dtype=np.float32)


def vector_of(image: Image.Image) -> NDArray[np.int8]:
    """192 small whole numbers of a picture."""
    made_by = embedder()
    projected = made_by.embed(image) @ _projection(made_by.dims, 20261122)
    length = float(np.linalg.norm(projected))
    scaled = projected * (SCALE / length) if length > 1e-9 else projected
    return np.clip(np.round(scaled), -127, 127).astype(np.int8)


def views_of(image: Image.Image) -> NDArray[np.int8]:
    """The vectors of a picture in the index: of the whole and of five crops, so that somebody's cut-out finds it. (6, 192)."""
    small = shrunk(image)
    return np.stack([vector_of(view) for view in (small, *(_crop(small, left, top) for left, top in CORNERS))])


def query_of(image: Image.Image) -> NDArray[np.int8]:
    """The vectors to search with: of the picture and of its mirror image. (2, 192)."""
    small = shrunk(image)
    return np.stack([vector_of(small), vector_of(small.transpose(Image.Transpose.FLIP_LEFT_RIGHT))])


def shrunk(image: Image.Image) -> Image.Image:
    """The picture as a small square in RGB, whatever its proportions."""
    return image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3)


def _crop(image: Image.Image, left: float, top: float) -> Image.Image:
    edges = (round(left * SIDE), round(top * SIDE), round((left + CROP) * SIDE), round((top + CROP) * SIDE))
    return image.crop(edges)


def codes_of(vectors: NDArray[np.int8]) -> NDArray[np.uint64]:
    """One bit for each number: its sign. Near vectors have most bits in common. (…, 192) becomes (…, 3)."""
    return np.packbits(vectors > 0, axis=-1).view(np.uint64)


def likeness(query: NDArray[np.int8], views: NDArray[np.int8]) -> NDArray[np.float32]:
    """How alike pictures are to the one searched with, 1 for the same: (m, 192) and (n, 6, 192) become (n,)."""
    cosines = views.reshape(-1, DIMENSIONS).astype(np.float32) @ query.astype(np.float32).T / SCALE**2
    best: NDArray[np.float32] = cosines.reshape(len(views), VIEWS * len(query)).max(axis=1, initial=-1.0)
    return best
