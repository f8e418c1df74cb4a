"""Fixtures that need a real browser or a real web server."""

import os
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shop.doctor import CHROMIUM_NAMES
from shop.servers.program import Program, Running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# Containers give no sandbox and little shared memory; the others keep Chromium from calling home.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One Chromium for the session; skips without one, fails instead when REQUIRE_BROWSER=1."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no Chromium on PATH (looked for {', '.join(CHROMIUM_NAMES)}; Debian: apt install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1, but {reason}")
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def browser_context(browser: "Browser", shop_server: str) -> "Iterator[BrowserContext]":
    """A fresh visitor of the real shop: own cookies, relative addresses resolved against it."""
    context = browser.new_context(base_url=shop_server, locale="en-US", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: "BrowserContext") -> "Page":
    """A page of a fresh visitor; `page.goto("/")` is the shop's home."""
    return browser_context.new_page()


@pytest.fixture(scope="session")
def _gunicorn(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real gunicorn on this worker's test database, started once: tests empty the database between them, not the server."""
    with gunicorn(tmp_path_factory.mktemp("shop-server")) as address:
        yield address


@contextmanager
def gunicorn(folder: Path, **changes: str) -> Iterator[str]:
    """A server of the shop on the test database; `changes` are further settings of its environment."""
    socket_url, environment = _server_environment()
    environment |= changes
    address = socket_url.removeprefix("http://")
    command = (sys.executable, "-m", "gunicorn", "shop.wsgi", f"--bind={address}", "--worker-class=gthread", "--workers=1", "--threads=8")
    program = Program(
        "gunicorn",
        (*command, "--no-control-socket", "--backlog=512", "--timeout=60", "--keep-alive=60"),
        folder=ROOT,
        environment=environment,
        stop_seconds=5,
    )
    running = Running.start(program, lambda: _answers(f"{socket_url}/livez"), log=folder / "gunicorn.log", seconds=60)
    try:
        yield socket_url
    finally:
        running.stop()


def _server_environment() -> tuple[str, dict[str, str]]:
    """An address for the server and the environment that points it at the test database."""
    from urllib.parse import quote, urlsplit, urlunsplit

    from django.db import connection

    from shop.servers.valkey import free_port

    url = f"http://127.0.0.1:{free_port()}"
    database = urlsplit(os.environ["DATABASE_URL"])
    test_database = urlunsplit(database._replace(path=f"/{quote(str(connection.settings_dict['NAME']))}"))
    return url, {"DATABASE_URL": test_database, "SITE_URL": url, "DEBUG": "", "DEMO_MODE": "1"}


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def shop_server(_gunicorn: str, transactional_db: None) -> str:
    """The address of a real gunicorn with eight threads on this test's database.

    For browser journeys and for races over HTTP. Rows are committed (transaction=True), so the server sees what the test makes.
    """
    return _gunicorn
