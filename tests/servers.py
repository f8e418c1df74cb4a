"""One PostgreSQL and one Valkey for a whole test run, shared by its xdist workers.

Loaded as a plugin (`-p tests.servers` in pyproject.toml), because pytest-django reads the settings before any conftest. They die with the
run, also after `kill -9`. DATABASE_URL and REDIS_URL in the environment are used instead where given; every other setting of the caller,
also in `.env`, is left outside.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import pytest

from shop.servers import placement
from shop.servers.postgres import PostgresServer
from shop.servers.program import Running
from shop.servers.valkey import ValkeyServer
from tests import cluster_cache

PREFIX = "jishi-test-"
TEMPLATE_VARIABLE = "JISHI_TEST_TEMPLATE"
KEEP_VARIABLE = "JISHI_TEST_KEEP"


class Servers:
    """What this run started; only the process that coordinates the workers has any."""

    def __init__(self) -> None:
        self.running: list[Running] = []
        self.folders: list[Path] = []
        self.postgres: PostgresServer | None = None
        self.lock: TextIO | None = None

    def start_postgres(self, folder: Path) -> str:
        server = self.postgres = PostgresServer(folder, throwaway=True)
        self.folders.append(server.home)
        placement.own_folder(server.home, None, 0o711)
        if cluster_cache.restore(server):
            os.environ[TEMPLATE_VARIABLE] = cluster_cache.TEMPLATE
        else:
            os.environ[KEEP_VARIABLE] = "1"  # a server of somebody else's gets no copy that would stay there
        server.prepare()
        self.running.append(Running.start(server.program, server.is_ready, log=folder / "postgres.log"))
        server.ensure_database()
        return server.url

    def start_valkey(self, folder: Path) -> str:
        server = ValkeyServer(folder)
        server.prepare()
        self.running.append(Running.start(server.program, server.is_ready, log=folder / "valkey.log"))
        return server.url

    def stop(self) -> None:
        for running in reversed(self.running):
            running.stop()
        if self.postgres and (self.postgres.data_dir / cluster_cache.TEMPLATE).exists():
            cluster_cache.keep(self.postgres)
        if self.lock:
            self.lock.close()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


_servers = Servers()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Wraps pytest-django's hook of the same name, so what is set here is there when it imports the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _prepare_run(_make_folder())
    _take_own_corner(int(worker.removeprefix("gw")) if worker else 0)
    if worker is None:
        # Not imported above: it reads DATA_DIR, which is only now the one for tests.
        from shop.messages import compile_messages

        compile_messages()
    return (yield)


def _make_folder() -> Path:
    """A folder for this run; those of runs that were killed go, which their free locks tell."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), (old / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # the account that runs PostgreSQL for root must pass through
    _servers.folders.append(folder)
    _servers.lock = (folder / "lock.new").open("w")
    fcntl.flock(_servers.lock, fcntl.LOCK_EX)
    (folder / "lock.new").rename(folder / "lock")  # nobody ever sees it unlocked
    return folder


def settings_of_the_caller(environment: Mapping[str, str]) -> set[str]:
    """The variables in it that would change the shop under test; .env.example names all there are."""
    known = set(re.findall(r"^#?([A-Z_]+)=", (cluster_cache.ROOT / ".env.example").read_text(), re.MULTILINE))
    return (known & set(environment)) - {"DATABASE_URL", "REDIS_URL"}


def _prepare_run(folder: Path) -> None:
    for name in settings_of_the_caller(os.environ):
        del os.environ[name]
    os.environ |= {
        "ENV_FILE": os.devnull,
        "JISHI_TEST_FOLDER": str(folder),
        "SECRET_KEY": "a key for tests only, long enough for every check of it 0123456789",
        "STATIC_FROM_SOURCE": "1",
        # Playwright keeps an event loop in the thread that also uses the ORM.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _servers.start_postgres(folder)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = _servers.start_valkey(folder)


def _take_own_corner(number: int) -> None:
    """Own files and an own Valkey database (tests flush it, so never number 0); pytest-django names the PostgreSQL database."""
    folder = Path(os.environ["JISHI_TEST_FOLDER"]) / f"worker-{number}"
    (folder / "static").mkdir(parents=True, exist_ok=True)
    os.environ["DATA_DIR"] = str(folder)
    base, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{base}/{number + 1}"


def pytest_unconfigure() -> None:
    _servers.stop()
