"""The servers under test, in a folder of their own: PostgreSQL with fsync on, Valkey, the shop and the bare view, all on one core."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.servers.postgres import PostgresServer
from shop.servers.program import Program, Running
from shop.servers.valkey import ValkeyServer, free_port


@dataclass(frozen=True)
class Stack:
    database_url: str
    environment: dict[str, str]
    shop_url: str
    bare_url: str
    pids: dict[str, int]


@contextmanager
def running(folder: Path, products: int) -> Iterator[Stack]:
    """Start everything with a catalogue of that many products; stop it at the end. Children inherit our cores."""
    postgres, valkey = PostgresServer(folder), ValkeyServer(folder)
    started = []
    try:
        for server in (postgres, valkey):
            server.prepare()
            started.append(Running.start(server.program, server.is_ready, log=folder / "servers.log"))
        postgres.ensure_database()
        environment = {
            "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "DATA_DIR": str(folder), "DEBUG": "", "DEMO_MODE": "1",
            "DJANGO_SETTINGS_MODULE": "shop.settings", "LOG_LEVEL": "WARNING", "UNPAID_ORDER_MINUTES": "600",
        }  # fmt: skip
        fill(environment, products)
        ports = {"shop": free_port(), "bare": free_port()}
        for name, application in (("shop", "shop.wsgi"), ("bare", "benchmarks.bare.wsgi")):
            started.append(start_web(name, application, ports[name], environment, folder))
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        pids = {name: server.process.pid for name, server in zip(("postgres", "valkey", "shop", "bare"), started, strict=True)}
        yield Stack(postgres.url, environment, urls["shop"], urls["bare"], pids)
    finally:
        for server_process in reversed(started):
            server_process.stop()


def fill(environment: dict[str, str], products: int) -> None:
    """Schema, static files, the catalogue and the bare view's table."""
    for arguments in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["make_catalogue", str(products)]):
        subprocess.run([sys.executable, "manage.py", *arguments], env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    analyse(environment)
    code = "import django; django.setup(); from benchmarks.bare.models import create; create()"
    bare = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
    subprocess.run([sys.executable, "-c", code], env=bare, check=True)


def analyse(environment: dict[str, str]) -> None:
    """What autovacuum would do in the next minutes."""
    code = "import django; django.setup(); from django.db import connection; connection.cursor().execute('VACUUM ANALYZE')"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **environment}, check=True)


def start_web(name: str, application: str, port: int, environment: dict[str, str], folder: Path) -> Running:
    """gunicorn with one gthread worker of four threads, the same for the shop and the bare view."""
    options = ["-k", "gthread", "--threads", "4", "-w", "1", "--keep-alive", "30", "--log-level", "warning", "-b", f"127.0.0.1:{port}"]
    command = (sys.executable, "-m", "gunicorn", *options, application)
    path = "/livez" if name == "shop" else "/shelf/1/"
    return Running.start(
        Program(name=name, command=command, environment=environment),
        lambda: answers(f"http://127.0.0.1:{port}{path}"),
        log=folder / f"{name}.log",
    )


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        time.sleep(0.1)
        return False
