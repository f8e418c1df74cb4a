"""`python -m benchmarks.growth`: what ten times as many products do to lists, searches and suggestions that no cache knows."""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.stack import Stack, analyse, running
from shop.synthetic.words import BRANDS, CATEGORIES, MATERIALS

WARM_UP = 30
SORTS = ("sales", "newest", "rating", "price")
Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make growth", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jishi-growth-") as folder:
        Path(folder).chmod(0o711)
        with running(Path(folder), arguments.small) as stack:
            small = measure(stack, arguments.requests, turn=0)
            add(stack, arguments.large - arguments.small)
            large = measure(stack, arguments.requests, turn=1)
    show(small, large, arguments.small, arguments.large)


def add(stack: Stack, products: int) -> None:
    environment = {**os.environ, **stack.environment}
    command = [sys.executable, "manage.py", "make_catalogue", str(products), "--seed", "2"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    analyse(stack.environment)


def measure(stack: Stack, requests: int, turn: int) -> Times:
    """Milliseconds of each request, one after the other on one connection; every address is asked once only."""
    pages = {"category": categories(turn), "search, three facets": searches(turn), "suggestions": beginnings()}
    found = {"bare view": timed(stack.bare_url, ("/shelf/7/" for _ in range(requests)))}
    return found | {
        name: timed(stack.shop_url, (path for path, _ in zip(paths, range(requests), strict=False))) for name, paths in pages.items()
    }


def categories(turn: int) -> Iterator[str]:
    """Every leaf category in every order, with and without what is sold out."""
    for stock, sort, (plural, _noun, _zh) in product(("", "&in_stock=on"), SORTS, leaves()):
        yield f"/c/{slug(plural)}/?sort={sort}{stock}&turn={turn}"


def searches(turn: int) -> Iterator[str]:
    """A thing in stock, of any of twelve brands and any of eight materials: three facets, and a full page of goods at both sizes."""
    for step, (_plural, noun, zh) in product(range(8), leaves()):
        words = noun if step % 2 == 0 else zh
        chosen = [("q", words), ("in_stock", "on"), *(("brand", slug(BRANDS[(step + turn + n) % len(BRANDS)])) for n in range(12))]
        chosen += [("f-material", slug(MATERIALS[(step + n) % len(MATERIALS)][0])) for n in range(8)]
        yield f"/search/?{urllib.parse.urlencode(chosen)}"


def beginnings() -> Iterator[str]:
    """What somebody has typed of a thing after two, three and more letters, in both languages."""
    seen = set()
    for length, (_plural, noun, zh) in product((2, 3, 4, 5, 7), leaves()):
        for text in (noun[:length].lower(), zh[: length - 1]):
            if text not in seen:
                seen.add(text)
                yield f"/search/suggest/?{urllib.parse.urlencode({'q': text})}"


def leaves() -> list[tuple[str, str, str]]:
    return [leaf for below in CATEGORIES.values() for leaf in below]


def slug(name: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in name.lower()).split())


def timed(base: str, paths: Iterator[str]) -> list[float]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60)
    times = []
    for number, path in enumerate(paths):
        began = time.perf_counter()
        # A personal cookie, so that no page comes whole from the cache.
        connection.request("GET", path, headers={"Cookie": "cart=none"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1e3)
    connection.close()
    return times


def show(small: Times, large: Times, few: int, many: int) -> None:
    table = Table(title=f"From {few:,} to {many:,} products, every address asked once; milliseconds")
    for heading in ("", "p50", "p95", f"p50 at {many:,}", f"p95 at {many:,}", "growth of p50"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, before in small.items():
        (p50, p95), (later50, later95) = cuts(before), cuts(large[name])
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{later50:.1f}", f"{later95:.1f}", f"{later50 / p50:.2f}")
    Console().print(table)


def cuts(times: list[float]) -> tuple[float, float]:
    found = statistics.quantiles(times, n=20)
    return found[9], found[18]


if __name__ == "__main__":
    main()
