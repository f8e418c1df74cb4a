"""One PostgreSQL and one Valkey for a whole test run, shared by its xdist workers.

Loaded as a plugin (`-p tests.servers` in pyproject.toml), because pytest-django reads the settings before any conftest. They die with the
run, also after `kill -9`. DATABASE_URL and REDIS_URL in the environment are used instead where given.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.servers.postgres import PostgresServer
from shop.servers.program import Running
from shop.servers.valkey import ValkeyServer

_started: list[Running] = []
_folders: list[Path] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Wraps pytest-django's hook of the same name, so what is set here is there when it imports the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _prepare_run()
    _take_own_corner(int(worker.removeprefix("gw")) if worker else 0)
    return (yield)


def _prepare_run() -> None:
    folder = Path(tempfile.mkdtemp(prefix="jishi-test-"))
    folder.chmod(0o711)  # the account that runs PostgreSQL for root must pass through
    _folders.append(folder)
    os.environ |= {
        "DATA_DIR": str(folder),
        "SECRET_KEY": "a key for tests only, long enough for every check of it 0123456789",
        "STATIC_FROM_SOURCE": "1",
        "DEBUG": "",
        # Playwright keeps an event loop in the thread that also uses the ORM.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _start_postgres(folder)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = _start_valkey(folder)


def _start_postgres(folder: Path) -> str:
    server = PostgresServer(folder, throwaway=True)
    _folders.append(server.home)
    server.prepare()
    _started.append(Running.start(server.program, server.is_ready, log=folder / "postgres.log"))
    server.ensure_database()
    return server.url


def _start_valkey(folder: Path) -> str:
    server = ValkeyServer(folder)
    server.prepare()
    _started.append(Running.start(server.program, server.is_ready, log=folder / "valkey.log"))
    return server.url


def _take_own_corner(number: int) -> None:
    """Own files and an own Valkey database (tests flush it, so never number 0); pytest-django names the PostgreSQL database."""
    folder = Path(os.environ["DATA_DIR"]) / f"worker-{number}"
    (folder / "static").mkdir(parents=True)
    os.environ["DATA_DIR"] = str(folder)
    base, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{base}/{number + 1}"


def pytest_unconfigure() -> None:
    for running in reversed(_started):
        running.stop()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)
    _started.clear()
