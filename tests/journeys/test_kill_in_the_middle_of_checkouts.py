"""`kill -9` of each part while people buy: after the restart nothing is lost, nothing charged twice, and the books add up."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from benchmarks.purchases import Browser, Refused, buy
from shop.environment import BASE_DIR, read_env_file
from shop.servers.valkey import free_port

VICTIMS = {"worker": "celery", "Valkey": "valkey-server", "web": "gunicorn", "PostgreSQL": "postgres"}
BUYERS = 4
SECONDS_BETWEEN_KILLS = 4.0


@dataclass
class House:
    """A running `manage.py up` with its own data and the database behind it."""

    process: subprocess.Popen[bytes]
    address: str
    database_url: str

    def kill(self, command: str) -> None:
        """SIGKILL to the first child of the supervisor that runs this command."""
        for child in psutil.Process(self.process.pid).children():
            if command in " ".join(child.cmdline()):
                child.kill()
                return
        raise AssertionError(f"no {command} to kill")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg2.connect(self.database_url) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


def wait_until(is_true: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.3)


def is_green(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    port = free_port()
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATA_DIR": str(tmp_path / "data"), "PORT": str(port), "DEMO": "none"}
    environment = {**own, "DEMO_MODE": "1", "LANG": "C.UTF-8"}
    log = (tmp_path / "up.log").open("wb")
    process = subprocess.Popen([sys.executable, "manage.py", "up"], cwd=BASE_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: is_green(address), 120, (tmp_path / "up.log").read_text()[-2000:])
        subprocess.run(
            [sys.executable, "manage.py", "make_catalogue", "60"], cwd=BASE_DIR, env=environment, check=True, capture_output=True
        )
        yield House(process, address, read_env_file(tmp_path / "data/run/servers.env")["DATABASE_URL"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        log.close()


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
            except OSError:
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
def test_killing_each_part_while_people_buy_loses_nothing(house: House) -> None:
    slugs = [slug for (slug,) in house.rows("SELECT slug FROM catalog_productcard WHERE is_visible AND in_stock ORDER BY slug LIMIT 40")]
    crowd = Crowd(house.address, slugs)
    shoppers = [threading.Thread(target=crowd.shop, args=(number,)) for number in range(BUYERS)]
    for shopper in shoppers:
        shopper.start()

    for command in VICTIMS.values():
        before = len(crowd.paid)
        wait_until(lambda before=before: len(crowd.paid) > before + 3, 60, "people buy before the kill")  # type: ignore[misc]
        house.kill(command)
        threading.Event().wait(SECONDS_BETWEEN_KILLS)
    after = len(crowd.paid)
    wait_until(lambda: len(crowd.paid) > after + 3, 60, f"people buy again after the last kill: {crowd.refusals[-5:]}")
    crowd.is_over.set()
    for shopper in shoppers:
        shopper.join()
    wait_until(lambda: house.rows(OPEN_BUSINESS) == [(0,)], 120, "what was begun is brought to an end without a person")

    violated = {name: rows for (name,) in house.rows(VIEWS) if (rows := house.rows(f'SELECT * FROM "{name}"'))}
    assert violated == {}
    assert house.rows(APPROVED_AND_NEITHER_PAID_NOR_REFUNDED) == []
    assert house.rows(CHARGED_TWICE) == []
    assert house.rows(PAID_WITHOUT_MONEY) == []
    assert [refusal for refusal in crowd.refusals if refusal.startswith("500")] == []
    assert house.rows("SELECT count(*) FROM orders_checkout WHERE status = 'paid'")[0][0] >= len(crowd.paid)


VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'invariant\\_%'"
