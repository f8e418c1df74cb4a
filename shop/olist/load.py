"""Opens the shops and brings the goods in, through the batches that merchants' own files go through."""

from __future__ import annotations

import datetime as dt
import functools
import gc
import itertools
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from catalog.imports.rows import Goods, Rules, goods_of
from catalog.imports.work import treat, tried
from logistics.models import Warehouse
from logistics.services.warehouses import create_warehouse, set_shipping_rate
from merchants.models import Merchant
from merchants.services import create_merchant
from shop.olist import source
from shop.olist.categories import plant

ACTOR = "system:load_olist"
KINDS = ("company", "company", "individual", "local_store")
SHOPS_AT_ONCE = 200
BATCH = 500
# PostgreSQL writes what one has composed while the other composes. The other is forked, so that they share what is in memory.
HANDS = 2
Progress = Callable[[str, int], None]


def load(folder: Path, *, at: dt.datetime, on_progress: Progress = lambda _what, _done: None, hands: int = HANDS) -> Counter[str]:
    """Make what is not there yet; returns how many rows were made, changed, unchanged and failed.

    Several `hands` have a process and a connection each; one works within the caller's transaction.

    Raises:
        OSError: a file is missing.
        KeyError: a file has other columns.
    """
    plant()
    shops = _open_shops(source.sellers(folder), on_progress)
    order = sorted(shops)
    sold = source.sales(folder)
    compose = source.composer(sold)
    rules = Rules(source.FIELDS, settings.CURRENCIES)
    lines = enumerate(source.table(folder / source.PRODUCTS), start=1)
    rows = ((source.seller_of(line, sold, shops, order), goods_of(number, compose.row(line), rules)) for number, line in lines)
    done: Counter[str] = Counter()
    for found in _in_hands(_batches((_of(goods, shops[seller]) for seller, goods in rows), BATCH), at, hands):
        done += found
        on_progress("products", done.total())
    return done


def _in_hands(batches: Iterable[list[Goods]], at: dt.datetime, hands: int) -> Iterator[Counter[str]]:
    """What became of each batch. This process reads, hands out, and brings a batch in itself when the others have enough to do."""
    if hands == 1:
        yield from (_take(batch, at) for batch in batches)
        return
    connections.close_all()  # no two processes may speak through one
    gc.freeze()  # looking for garbage would write into what the processes share, and so copy it
    with ProcessPoolExecutor(hands - 1, mp_context=multiprocessing.get_context("fork")) as pool:
        waiting: deque[Future[Counter[str]]] = deque()
        for batch in batches:
            if len(waiting) < hands:
                waiting.append(pool.submit(_take, batch, at))
            else:
                yield _take(batch, at)
            while waiting and waiting[0].done():
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()


def _take(batch: list[Goods], at: dt.datetime) -> Counter[str]:
    return tried(functools.partial(_bring, batch, at))


def _of(goods: Goods, merchant: Merchant) -> Goods:
    goods.merchant = merchant
    return goods


@transaction.atomic
def _bring(batch: list[Goods], at: dt.datetime) -> Counter[str]:
    works = treat(batch, {}, {}, actor=ACTOR, at=at, note="Olist", is_applied=True)
    outcome: dict[int, str] = {}
    for work in works:
        outcome |= work.outcome
    return Counter("failed" if row.problems else outcome.get(row.number, "unchanged") for row in batch)


def _batches(rows: Iterable[Any], most: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, most)):
        yield batch


def _open_shops(sellers: list[source.Seller], on_progress: Progress) -> dict[str, Merchant]:
    """Shops by the file's key, each with a warehouse in its city."""
    known = {merchant.slug: merchant for merchant in Merchant.objects.filter(slug__startswith="olist-")}
    shops: dict[str, Merchant] = {}
    for batch in _batches(sellers, SHOPS_AT_ONCE):
        with transaction.atomic():
            shops |= {seller.key: known.get(seller.slug) or _open(seller) for seller in batch}
        on_progress("shops", len(shops))
    return shops


def _open(seller: source.Seller) -> Merchant:
    merchant = create_merchant(
        name=f"{seller.city} {seller.number}",
        kind=KINDS[int(seller.key[:2], 16) % len(KINDS)],
        slug=seller.slug,
        i18n={"zh-hans": {"name": f"{seller.city}{seller.number}号店"}},
        email=f"{seller.slug}@example.com",
        city=seller.city,
        country="BR",
        handling_days=2,
    )
    create_warehouse(
        merchant=merchant,
        code="MAIN",
        name=seller.city,
        kind=Warehouse.Kind.CENTRAL,
        city=seller.city,
        postcode=seller.postcode,
        country="BR",
    )
    set_shipping_rate(merchant=merchant, currency=settings.CURRENCY, flat_minor=900, free_over_minor=9_900)
    return merchant
