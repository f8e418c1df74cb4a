"""`kill -9` of each part while people buy: after the restart nothing is lost, nothing charged twice, and the books add up."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from benchmarks.purchases import Browser, Refused, buy
from tests.running_shop import RunningShop, running_shop, soon

VICTIMS = ("worker", "Valkey", "web", "PostgreSQL")
BUYERS = 4
SECONDS_BETWEEN_KILLS = 4.0


def ask(shop: RunningShop, query: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(shop.database_url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def wait_until(is_true: Callable[[], bool], seconds: float, what: str) -> None:
    assert soon(is_true, seconds), what


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RunningShop]:
    with running_shop(tmp_path, DEMO_MODE="1") as shop:
        wait_until(shop.is_green, 120, shop.log.read_text()[-2000:])
        made = shop.run("make_catalogue", "60")
        assert made.returncode == 0, made.stderr
        yield shop


@dataclass
class Crowd:
    """Shoppers who buy one thing after the other and start again when something breaks."""

    address: str
    slugs: list[str]
    is_over: threading.Event = field(default_factory=threading.Event)
    paid: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def shop(self, number: int) -> None:
        turn = number
        while not self.is_over.is_set():
            turn += BUYERS
            try:
                path = buy(Browser(self.address), [self.slugs[turn % len(self.slugs)], self.slugs[(turn * 7) % len(self.slugs)]])
                self.paid.append(path)
            except Refused as error:
                self.refusals.append(str(error))
            except (OSError, HTTPException):  # the connection broke off, perhaps in the middle of a page
                threading.Event().wait(0.2)


OPEN_BUSINESS = """
SELECT (SELECT count(*) FROM core_outboxevent WHERE handled_at IS NULL AND dead_at IS NULL)
     + (SELECT count(*) FROM payments_inboxmessage WHERE status = 'received')
     + (SELECT count(*) FROM payments_sandboxpayment p JOIN payments_paymentattempt a ON a.provider_id = p.id::text
        WHERE p.status <> 'open' AND a.status IN ('new', 'sent', 'unknown'))
     + (SELECT count(*) FROM payments_refund WHERE status IN ('requested', 'sent', 'unknown'))
"""
APPROVED_AND_NEITHER_PAID_NOR_REFUNDED = """
SELECT p.id FROM payments_sandboxpayment p LEFT JOIN payments_paymentattempt a ON a.provider_id = p.id::text
LEFT JOIN orders_checkout c ON c.id = a.reference
WHERE p.status = 'approved' AND p.refunded_minor = 0 AND (c.status IS DISTINCT FROM 'paid' OR a.status <> 'succeeded')
"""
CHARGED_TWICE = """
SELECT a.reference, count(*) FROM payments_sandboxpayment p JOIN payments_paymentattempt a ON a.provider_id = p.id::text
WHERE p.status = 'approved' AND p.refunded_minor = 0 GROUP BY a.reference HAVING count(*) > 1
"""
PAID_WITHOUT_MONEY = """
SELECT c.number FROM orders_checkout c WHERE c.status = 'paid' AND NOT EXISTS (
    SELECT 1 FROM payments_paymentattempt a JOIN payments_sandboxpayment p ON a.provider_id = p.id::text
    WHERE a.reference = c.id AND a.status = 'succeeded' AND p.status = 'approved' AND p.amount_minor = c.total_minor)
"""


@pytest.mark.slow
def test_killing_each_part_while_people_buy_loses_nothing(shop: RunningShop) -> None:
    """INF01, INF03, INF04."""
    slugs = [slug for (slug,) in ask(shop, "SELECT slug FROM catalog_productcard WHERE is_visible AND in_stock ORDER BY slug LIMIT 40")]
    crowd = Crowd(shop.address, slugs)
    shoppers = [threading.Thread(target=crowd.shop, args=(number,)) for number in range(BUYERS)]
    for shopper in shoppers:
        shopper.start()

    for name in VICTIMS:
        before = len(crowd.paid)
        wait_until(lambda before=before: len(crowd.paid) > before + 3, 60, "people buy before the kill")  # type: ignore[misc]
        victim = shop.child(name)
        assert victim is not None
        victim.kill()
        threading.Event().wait(SECONDS_BETWEEN_KILLS)
    after = len(crowd.paid)
    wait_until(lambda: len(crowd.paid) > after + 3, 60, f"people buy again after the last kill: {crowd.refusals[-5:]}")
    crowd.is_over.set()
    for shopper in shoppers:
        shopper.join()
    wait_until(lambda: ask(shop, OPEN_BUSINESS) == [(0,)], 120, "what was begun is brought to an end without a person")

    violated = {name: rows for (name,) in ask(shop, VIEWS) if (rows := ask(shop, f'SELECT * FROM "{name}"'))}
    assert violated == {}
    assert ask(shop, APPROVED_AND_NEITHER_PAID_NOR_REFUNDED) == []
    assert ask(shop, CHARGED_TWICE) == []
    assert ask(shop, PAID_WITHOUT_MONEY) == []
    assert [refusal for refusal in crowd.refusals if refusal.startswith("500")] == []
    assert ask(shop, "SELECT count(*) FROM orders_checkout WHERE status = 'paid'")[0][0] >= len(crowd.paid)


VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'invariant\\_%'"
