"""`python -m benchmarks.growth`: what ten times as many products do to lists, searches and suggestions that no cache knows."""

import argparse
import http.client
import itertools
import statistics
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import psycopg2
from rich.console import Console
from rich.table import Table

from benchmarks.stack import Stack, fill, running, start_web
from shop.servers.valkey import free_port
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
        with running(Path(folder), arguments.small) as stack, beside(stack, Path(folder), arguments.large) as large_url:
            small, large = measure(stack, large_url, arguments.requests)
    show(small, large, arguments.small, arguments.large)


@contextmanager
def beside(stack: Stack, folder: Path, products: int) -> Iterator[str]:
    """A second shop on the same servers, with a database and a cache of its own and that many products; its address."""
    connection = psycopg2.connect(stack.database_url)
    connection.autocommit = True  # as CREATE DATABASE wants
    connection.cursor().execute("CREATE DATABASE large")
    connection.close()
    database, cache = (urllib.parse.urlsplit(stack.environment[name]) for name in ("DATABASE_URL", "REDIS_URL"))
    own = {"DATABASE_URL": database._replace(path="/large").geturl(), "REDIS_URL": cache._replace(path="/1").geturl()}
    environment = {**stack.environment, **own}
    fill(environment, products)
    port = free_port()
    shop = start_web("shop", "shop.wsgi", port, environment, folder)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        shop.stop()


def measure(stack: Stack, large_url: str, requests: int) -> tuple[Times, Times]:
    """Milliseconds of each request, one after the other and by turns, so that both shops meet the machine in the same mood.

    Every address is asked once only, of either.
    """
    pages = {"category": categories(), "search, three facets": searches(), "suggestions": beginnings()}
    bare = itertools.repeat("/shelf/7/", requests)
    found = {"bare view": timed((stack.bare_url, stack.bare_url), iter(bare))}
    for name, paths in pages.items():
        found[name] = timed((stack.shop_url, large_url), itertools.islice(paths, requests))
    return {name: times[0] for name, times in found.items()}, {name: times[1] for name, times in found.items()}


def categories() -> Iterator[str]:
    """Every leaf category in every order, with and without what is sold out."""
    for stock, sort, (plural, _noun, _zh) in product(("", "&in_stock=on"), SORTS, leaves()):
        yield f"/c/{slug(plural)}/?sort={sort}{stock}"


def searches() -> Iterator[str]:
    """A thing in stock, of any of twelve brands and any of eight materials: three facets, and a full page of goods at both sizes."""
    for step, (_plural, noun, zh) in product(range(8), leaves()):
        words = noun if step % 2 == 0 else zh
        chosen = [("q", words), ("in_stock", "on"), *(("brand", slug(BRANDS[(step + n) % len(BRANDS)])) for n in range(12))]
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


def timed(bases: Sequence[str], paths: Iterator[str]) -> list[list[float]]:
    connections = [http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60) for base in bases]
    times: list[list[float]] = [[] for _ in bases]
    for number, path in enumerate(paths):
        for connection, own in zip(connections, times, strict=True):
            took = asked(connection, path)
            if number >= WARM_UP:
                own.append(took)
    for connection in connections:
        connection.close()
    return times


def asked(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    # A personal cookie, so that no page comes whole from the cache.
    connection.request("GET", path, headers={"Cookie": "cart=none"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return (time.perf_counter() - began) * 1e3


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
