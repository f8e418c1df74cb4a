"""`manage.py image_search_eval`: how often a distorted picture of the catalogue finds its product first, and what a search costs."""

from __future__ import annotations

import tempfile
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from catalog.likeness import index
from catalog.likeness.distortions import DISTORTIONS
from catalog.likeness.embedders import DIMENSIONS, VIEWS, codes_of, embedder, query_of
from catalog.models import Picture, PictureFeatures
from catalog.selectors.likeness import products_like, query_from
from catalog.services.pictures import media_path
from core.imaging import decode, encode, flat

SIZES = (1_000, 10_000, 100_000)
QUERIES = 40
SEED = 20261122


class Command(BaseCommand):
    help = "Searches with distorted copies of every picture of the catalogue, and among up to 100,000 synthetic ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, default=1, help="take every so-manieth picture only")
        parser.add_argument("--floor", type=float, default=0.95, help="exit with 1 where a distortion falls below this share")

    def handle(self, *args: Any, **options: Any) -> None:
        pictures = self._pictures(max(options["every"], 1))
        shares = {name: self._share_first(name, pictures) for name in DISTORTIONS}
        for name, share in shares.items():
            self.stdout.write(f"  {name:<28}{share:7.2%} first of {len(pictures)}")
        self._time_photo(pictures[0])
        for size in SIZES:
            self._time_search(size)
        if min(shares.values()) < options["floor"]:
            raise CommandError(f"below {options['floor']:.0%}")

    def _pictures(self, every: int) -> Sequence[Picture]:
        found = Picture.objects.filter(product__card__is_visible=True, features__isnull=False).order_by("product_id", "position", "pk")
        pictures = list(found[::every])
        if not pictures:
            raise CommandError("There are no pictures yet.")
        self.stdout.write(f"{embedder().name}: {PictureFeatures.objects.count()} pictures, {len(pictures)} searched for")
        return pictures

    def _share_first(self, name: str, pictures: Sequence[Picture]) -> float:
        right = 0
        for number, picture in enumerate(pictures):
            dice = Random(f"{SEED} {name} {number}")  # noqa: S311  the same figures every time
            with Image.open(media_path(picture.original)) as original:
                asked = DISTORTIONS[name](flat(original), dice)
            right += products_like(query_from(asked), 1) == [picture.product_id]
        return right / len(pictures)

    def _time_photo(self, picture: Picture) -> None:
        with Image.open(media_path(picture.original)) as original:
            photo = encode(flat(original).resize((3_000, 3_000)), "jpg")
        started = time.process_time()
        image = decode(photo)
        decoded = time.process_time()
        for _turn in range(QUERIES):
            query_of(image)
        ended = time.process_time()
        read, described = 1_000 * (decoded - started), 1_000 * (ended - decoded) / QUERIES
        self.stdout.write(f"  a photo of 9 megapixels: {read:.0f} ms to read, {described:.1f} ms to describe")

    def _time_search(self, size: int) -> None:
        """Search a file of its own among synthetic pictures, and compare the exact vectors of the nearest as a search does."""
        rng = np.random.default_rng(SEED)
        with tempfile.TemporaryDirectory() as folder:
            path = index.write(Path(folder), "synthetic", 1, _synthetic(rng, size))
            _made_at, planes = index.newest(Path(folder), "synthetic")
            queries = rng.integers(-127, 128, (QUERIES, 2, DIMENSIONS), dtype=np.int8)
            index.nearest(planes, queries[0], 400)  # brings the file into memory
            started = time.process_time()
            for query in queries:
                index.nearest(planes, query, 400)
            each = 1_000 * (time.process_time() - started) / QUERIES
            self.stdout.write(f"  among {size:,} pictures: {each:.1f} ms of processor time a search, {path.stat().st_size / 1e6:.1f} MB")


def _synthetic(rng: np.random.Generator, size: int) -> Iterator[list[index.Entry]]:
    for start in range(0, size, 10_000):
        count = min(10_000, size - start)
        codes = codes_of(rng.integers(-127, 128, (count, VIEWS, DIMENSIONS), dtype=np.int8))
        yield [(uuid.UUID(int=start + number + 1), codes[number].tobytes()) for number in range(count)]
