"""A provider that takes half a minute, in front of the real gunicorn with five threads."""

from __future__ import annotations

import datetime as dt
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from django.db import connection

from benchmarks.purchases import BUYER, Browser, hidden_fields
from payments.models import PaymentAttempt
from payments.services import attempts
from shop.environment import BASE_DIR
from shop.servers.program import Program, Running
from shop.servers.valkey import free_port
from tests.browser import _answers
from tests.concurrency.racing import at_once
from tests.factories.catalog import make_product
from tests.factories.logistics import make_stock
from tests.provider_double.client import KEY, SECRET, ProviderDouble

BUYERS = 10
THREADS = 5


@pytest.fixture
def small_shop(stripe_double: ProviderDouble, transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """gunicorn as `manage.py up` runs it, with one process of five threads: one of them may wait for a provider."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    database = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{quote(str(connection.settings_dict['NAME']))}")),
        "DATA_DIR": str(tmp_path),
        "PORT": str(port),
        "SITE_URL": address,
        "WEB_WORKERS": "1",
        "WEB_THREADS": str(THREADS),
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "STRIPE_API_BASE": stripe_double.base,
    }
    command = (sys.executable, "-m", "gunicorn", "shop.wsgi", "-c", "python:shop.web_server")
    program = Program("gunicorn", command, folder=BASE_DIR, environment=environment, stop_seconds=5)
    running = Running.start(program, lambda: _answers(f"{address}/livez"), log=tmp_path / "gunicorn.log", seconds=60)
    yield address
    stripe_double.release()
    running.stop()


@pytest.mark.slow
def test_a_provider_that_takes_half_a_minute_starves_nobody(small_shop: str, stripe_double: ProviderDouble) -> None:
    """MON07 and INF10."""
    product = make_product(title="Lantern", published=True)
    make_stock(BUYERS, variant=product.variants.get())
    variant = str(product.variants.get().pk)
    buyers = [_with_a_full_cart(small_shop, product.slug, variant) for _ in range(BUYERS)]
    stripe_double.turn("delay", seconds=30)
    over = threading.Event()
    browsing: list[float] = []

    def browse() -> None:
        browser = Browser(small_shop)
        while not over.is_set():
            began = time.monotonic()
            assert browser.follow("GET", f"/p/{product.slug}/")[0] == 200
            browsing.append(time.monotonic() - began)
            over.wait(0.1)

    watcher = threading.Thread(target=browse)
    watcher.start()
    try:
        answers = at_once([lambda buyer=buyer: _pay(buyer) for buyer in buyers])  # type: ignore[misc]
    finally:
        over.set()
        watcher.join()

    assert all(status == 200 and "/return/" in path for status, path, _ in answers), answers
    assert max(seconds for _, _, seconds in answers) < 10
    assert sum(seconds < 5 for _, _, seconds in answers) >= BUYERS - 2  # all but who had the one place, and perhaps the next one
    assert sorted(browsing)[int(len(browsing) * 0.95)] < 2
    assert set(PaymentAttempt.objects.values_list("status", flat=True)) <= {"new", "unknown"}
    assert len(stripe_double.calls()) <= 2

    stripe_double.clear("delay")
    later = max(PaymentAttempt.objects.values_list("created_at", flat=True)) + dt.timedelta(seconds=90)
    attempts.poll_attempts(at=later)
    assert set(PaymentAttempt.objects.values_list("status", flat=True)) == {"sent"}
    assert len(stripe_double.sessions()) == BUYERS


def _with_a_full_cart(address: str, slug: str, variant: str) -> Browser:
    browser = Browser(address)
    _, body, _ = browser.follow("GET", f"/p/{slug}/")
    browser.follow("POST", "/cart/add/", {**hidden_fields(body, "/cart/add/"), "variant": variant, "quantity": "1"})
    return browser


def _pay(browser: Browser) -> tuple[int, str, float]:
    """Place the order and follow to whatever page comes: its status, address and how long all of it took."""
    _, body, _ = browser.follow("GET", "/checkout/")
    form = {**hidden_fields(body, "/checkout/"), **BUYER, "email": f"{id(browser)}@example.com", "gateway": "stripe"}
    began = time.monotonic()
    status, _, path = browser.follow("POST", "/checkout/", form)
    return status, path, time.monotonic() - began
