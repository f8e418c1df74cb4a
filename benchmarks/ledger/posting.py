"""Posting from several processes, each with a connection and merchants of its own."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.ledger import pool
from benchmarks.ledger.purchases import purchases
from payments.postings import Posting
from payments.services import ledger

TELL_SECONDS = 10


@dataclass(frozen=True)
class Rate:
    """So many ledger transactions in so many seconds, `per_commit` of them in each database transaction."""

    postings: int
    seconds: float
    per_commit: int

    @property
    def per_second(self) -> float:
        return self.postings / self.seconds


def post(
    count: int, *, per_commit: int, merchants: Sequence[uuid.UUID], workers: int, database_url: str, tell: Callable[[int, float], None]
) -> Rate:
    """Post at least `count` transactions, up to the end of a purchase; `tell` hears now and then how many are done after how long.

    Merchants are dealt out among the processes, so that no two of them wait for each other's balances in opposite order.
    """
    context: Any = get_context("spawn")  # a child must not share the parent's connections
    done = context.Value("q", 0)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=pool.begin, initargs=(database_url, done)) as processes:
        wait([processes.submit(connect) for _ in range(workers * 2)])
        began = time.monotonic()
        shares = [
            processes.submit(post_share, -(-count // workers), per_commit, merchants[start::workers], start) for start in range(workers)
        ]
        while wait(shares, timeout=TELL_SECONDS).not_done:
            tell(done.value, time.monotonic() - began)
        posted = sum(share.result() for share in shares)
        return Rate(posted, time.monotonic() - began, per_commit)


def connect() -> None:
    connection.ensure_connection()


def post_share(count: int, per_commit: int, merchants: Sequence[uuid.UUID], seed: int) -> int:
    """The shop commits each posting with the business transaction it explains; a sweep could commit several together."""
    stream, done = whole_purchases(count, merchants, seed), 0
    while batch := list(itertools.islice(stream, per_commit)):
        with transaction.atomic():
            for posting in batch:
                ledger.post(posting=posting, at=timezone.now())
        done += len(batch)
        pool.add(len(batch))
    return done


def whole_purchases(count: int, merchants: Sequence[uuid.UUID], seed: int) -> Iterator[Posting]:
    """Postings of purchases until there are enough, none of them left half done."""
    made = 0
    for postings in purchases(merchants, seed):
        yield from postings
        made += len(postings)
        if made >= count:
            return
