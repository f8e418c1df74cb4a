"""`python -m benchmarks [--products N] [--seconds S] [--only NAME …]`"""

import argparse
import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from rich.console import Console
from rich.table import Table

from benchmarks import load, purchases
from benchmarks.meters import Meter
from benchmarks.stack import Stack, running

CONNECTIONS = 4
WARM_UP_SECONDS = 5
WORK = ("adds", "order", "purchase")
SAMPLE = """
SELECT DISTINCT ON (md5(p.slug)) p.slug, s.variant_id
FROM catalog_productcard p JOIN catalog_variant v ON v.product_id = p.product_id AND v.is_active
    JOIN logistics_stock s ON s.variant_id = v.id JOIN logistics_warehouse w ON w.id = s.warehouse_id AND w.is_active
WHERE p.is_visible AND s.on_hand - s.reserved > 20 ORDER BY md5(p.slug), s.variant_id LIMIT 1000
"""
CATEGORY = """
SELECT c.slug FROM catalog_category c JOIN catalog_productcard p ON p.category_path = c.path WHERE p.is_visible
GROUP BY c.slug HAVING count(*) >= 24 ORDER BY c.slug LIMIT 1
"""


@dataclass(frozen=True)
class Row:
    name: str
    per_second: float
    p50: float
    p95: float
    statements: float
    cpu_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    client = {cores[-1]} if len(cores) > 1 else None
    with tempfile.TemporaryDirectory(prefix="jishi-bench-") as folder:
        Path(folder).chmod(0o711)
        os.sched_setaffinity(0, {cores[0]})
        with running(Path(folder), arguments.products) as stack:
            os.sched_setaffinity(0, client or {cores[0]})
            rows = measure(stack, arguments.seconds, arguments.only, client)
    show(rows, arguments.products, len(cores))


def measure(stack: Stack, seconds: float, only: list[str], cpus: set[int] | None) -> list[Row]:
    """One row per page, the bare view first; each is warmed up, then measured."""
    with psycopg2.connect(stack.database_url) as connection, connection.cursor() as cursor:
        cursor.execute(SAMPLE)
        slugs, variants = zip(*cursor.fetchall(), strict=True)
        cursor.execute(CATEGORY)
        category = next(iter(cursor.fetchall()))[0]
    shop, bare = stack.shop_url, stack.bare_url
    # The cookie-free variants come whole from the cache; `fresh` is a page size no cache holds, so cards come as fragments.
    pages = {
        "bare view": f"{bare}/shelf/7/",
        "home": f"{shop}/?nocache=1",
        "category": f"{shop}/c/{category}/?nocache=1",
        "product": f"{shop}/p/{slugs[0]}/",
        "search": f"{shop}/search/?q=classic&nocache=1",
        "search, 3 facets": f"{shop}/search/?q=classic&brand=nordvik&brand=haiyun&f-material=oak&f-material=steel&in_stock=on&nocache=1",
        "suggestions": f"{shop}/search/suggest/?q=boo",
        "page from cache": f"{shop}/c/{category}/",
    }
    rows = [page(name, url, stack, seconds, cpus) for name, url in pages.items() if not only or name in only or name == "bare view"]
    return rows + [buying(stack, list(map(str, variants)), work, seconds) for work in WORK if not only or work in only]


def page(name: str, url: str, stack: Stack, seconds: float, cpus: set[int] | None) -> Row:
    servers = [stack.pids["bare" if name == "bare view" else "shop"], stack.pids["postgres"], stack.pids["valkey"]]
    meter = Meter(servers, stack.database_url)
    load.run(url, seconds=WARM_UP_SECONDS, connections=CONNECTIONS, cpus=cpus)
    before = meter.read()
    result = load.run(url, seconds=seconds, connections=CONNECTIONS, cpus=cpus)
    after = meter.read()
    if result.errors:
        raise SystemExit(f"{name}: {result.errors} of {result.requests} answers of {url} were errors.")
    statements = (after.statements - before.statements) / result.requests
    return Row(
        name, result.per_second, result.p50, result.p95, statements, (after.cpu_seconds - before.cpu_seconds) / result.requests * 1e3
    )


def buying(stack: Stack, goods: list[str], work: str, seconds: float) -> Row:
    """One kind of buyers' work; SQL and CPU are of all its requests."""
    meter = Meter([stack.pids[name] for name in ("shop", "postgres", "valkey")], stack.database_url)
    purchases.run(stack.shop_url, goods, work, seconds=WARM_UP_SECONDS, buyers=CONNECTIONS)
    before = meter.read()
    tally, took = purchases.run(stack.shop_url, goods, work, seconds=seconds, buyers=CONNECTIONS)
    after = meter.read()
    if not tally.seconds or tally.failures:
        raise SystemExit(f"{work}: {len(tally.failures)} failed, such as: {tally.failures[:3]}")
    ((name, times),) = tally.seconds.items()
    cuts = statistics.quantiles(times, n=20)
    statements = (after.statements - before.statements) / len(times)
    cpu_ms = (after.cpu_seconds - before.cpu_seconds) / len(times) * 1e3
    return Row(name, len(times) / took, cuts[9] * 1e3, cuts[18] * 1e3, statements, cpu_ms)


def show(rows: list[Row], products: int, cores: int) -> None:
    table = Table(title=f"{products:,} products, servers on one core, client on {'another' if cores > 1 else 'the same'}")
    for heading in ("", "per second", "p50 ms", "p95 ms", "SQL", "CPU ms", "× bare view"):
        table.add_column(heading, justify="right" if heading else "left")
    base = rows[0].per_second
    for row in rows:
        figures = (f"{row.per_second:,.1f}", f"{row.p50:.1f}", f"{row.p95:.1f}", f"{row.statements:.1f}", f"{row.cpu_ms:.2f}")
        table.add_row(row.name, *figures, f"{row.per_second / base:.3f}")
    table.caption = "order placed: 3 adds, cart, checkout, order, as purchases of peers were measured; whole purchase: that, and paid"
    Console().print(table)


if __name__ == "__main__":
    main()
