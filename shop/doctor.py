"""`manage.py doctor`: looks at everything the shop stands on and says in one line each what it found."""

import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

from shop.environment import DATA_DIR, configured, env
from shop.servers import placement
from shop.servers.binaries import OLDEST_MAJOR, find_binaries
from shop.servers.program import ServerError
from shop.servers.valkey import find_binary

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ENOUGH_DISK = 1_000_000_000
PACKAGES = ("django", "djangorestframework", "celery", "redis", "psycopg2-binary", "gunicorn", "scikit-surprise", "stripe")


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, note (worth knowing) or bad (the shop cannot work so)."""

    level: str
    subject: str
    text: str


def examine() -> Iterator[Finding]:
    """Every check in order; one that breaks is itself a finding."""
    for subject, check in CHECKS.items():
        try:
            yield from (Finding(level, subject, text) for level, text in check())
        except (ServerError, OSError) as error:
            yield Finding("bad", subject, str(error))


Answers = Iterator[tuple[str, str]]


def _python() -> Answers:
    is_fit = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield "ok" if is_fit else "bad", f"{platform.python_version()} on {platform.platform(terse=True)}"
    yield "ok", ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)


def _data() -> Answers:
    existing = next(folder for folder in (DATA_DIR, *DATA_DIR.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    yield "ok" if free > ENOUGH_DISK else "bad", f"{DATA_DIR}, {free / 1e9:.1f} GB free"
    if not os.access(existing, os.W_OK):
        yield "bad", f"{existing} is not writable for this account"


def _postgres() -> Answers:
    if not configured("DATABASE_URL"):
        binaries = find_binaries()
        home = placement.server_home(DATA_DIR, placement.unprivileged_account())
        yield "ok", f"{binaries.version} ({binaries.origin}), data in {home}"
    try:
        with connection.cursor() as cursor:
            yield from _running_postgres(cursor)
    except DatabaseError as error:
        # Embedded, it is only there while `up` runs; somebody else's server has to be there always.
        yield "bad" if configured("DATABASE_URL") else "note", f"not running: {str(error).strip().splitlines()[0]}"


def _running_postgres(cursor: object) -> Answers:
    def ask(statement: str) -> list[str]:
        cursor.execute(statement)  # type: ignore[attr-defined]
        return [str(value) for row in cursor.fetchall() for value in row]  # type: ignore[attr-defined]

    version = int(ask("SHOW server_version_num")[0])
    yield "ok" if version >= OLDEST_MAJOR * 10_000 else "bad", f"running, version {ask('SHOW server_version')[0]}"
    encoding, ctype = ask("SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()")
    # Under ctype C, lower() and pg_trgm see no letters beyond ASCII.
    yield "ok" if encoding == "UTF8" and ctype not in {"C", "POSIX"} else "bad", f"encoding {encoding}, locale {ctype}"
    available = ask("SELECT name FROM pg_available_extensions")
    missing = [name for name in EXTENSIONS if name not in available]
    if missing:
        yield "bad", f"extensions missing: {', '.join(missing)} (Debian: apt install postgresql-contrib)"
    else:
        yield "ok", f"extensions {', '.join(EXTENSIONS)}"
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    yield "note" if waiting else "ok", f"{waiting} migrations to apply"


def _valkey() -> Answers:
    if not configured("REDIS_URL"):
        yield "ok", f"{find_binary().name} found"
    place = urlsplit(settings.REDIS_URL)
    try:
        info = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).info("server")
    except RedisError:
        yield "bad" if configured("REDIS_URL") else "note", f"not running at {place.hostname}:{place.port}"
    else:
        version = info.get("valkey_version") or info["redis_version"]
        yield "ok", f"running at {place.hostname}:{place.port}, version {version}"


def _port() -> Answers:
    address, port = env("BIND", "127.0.0.1"), int(env("PORT", "8000"))
    with socket.socket() as probe:
        is_taken = probe.connect_ex((address if address != "0.0.0.0" else "127.0.0.1", port)) == 0  # noqa: S104
    yield "ok", f"{port} on {address} is {'in use (by the shop, if it runs)' if is_taken else 'free'}"


def _browser() -> Answers:
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    yield ("ok", found) if found else ("note", "no Chromium: browser tests will be skipped (Debian: apt install chromium)")


def _fonts() -> Answers:
    """The shop itself draws no letters; the browser of the tests does."""
    program = shutil.which("fc-list")
    fonts = subprocess.run([program, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False, timeout=10) if program else None
    if fonts and fonts.stdout.strip():
        yield "ok", f"Chinese in {fonts.stdout.splitlines()[0]}"
    else:
        yield "note", "no Chinese font: a browser on this machine shows boxes (Debian: apt install fonts-noto-cjk)"


CHECKS: dict[str, Callable[[], Answers]] = {
    "Python": _python,
    "Data": _data,
    "PostgreSQL": _postgres,
    "Valkey": _valkey,
    "Port": _port,
    "Browser": _browser,
    "Fonts": _fonts,
}
