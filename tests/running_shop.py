"""A real `manage.py up` for tests: own data folder, own port, no demo."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from shop.environment import BASE_DIR, read_env_file
from shop.servers.valkey import free_port

CHILDREN = {
    "web": "gunicorn",
    "worker": "celery --quiet --app=shop worker",
    "beat": "celery --quiet --app=shop beat",
    "Valkey": "valkey-server",
    "PostgreSQL": "bin/postgres -D",
}


class RunningShop:
    """A `manage.py up` of its own, as somebody at a terminal would run it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.data_dir = folder / "my data"
        self.log = folder / "up.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "DEMO": "none", "STATIC_FROM_SOURCE": "1", "WEB_WORKERS": "1"}
        strangers = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in strangers} | own | environment

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=180
        )

    @property
    def database_url(self) -> str:
        return read_env_file(self.data_dir / "run" / "servers.env")["DATABASE_URL"]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What its database says."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def is_green(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ok")
        except OSError:
            return False

    def child(self, name: str) -> psutil.Process | None:
        children = psutil.Process(self.process.pid).children()
        return next((child for child in children if CHILDREN[name] in " ".join(_command_of(child))), None)

    def handles_events(self) -> bool:
        """Beat rings, the worker relays, PostgreSQL keeps: a row written past the application gets handled."""
        try:
            with psycopg2.connect(self.database_url) as connection:
                cursor = connection.cursor()
                columns = "name, payload, created_at, next_try_at, attempts, last_error"
                cursor.execute(f"INSERT INTO core_outboxevent ({columns}) VALUES ('Tried', '{{}}', now(), now(), 0, '') RETURNING id")
                keys = cursor.fetchone()
                connection.commit()
                return soon(lambda: _is_handled(connection, keys), 60)
        except psycopg2.OperationalError:
            return False


def _command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _is_handled(connection: "psycopg2.extensions.connection", keys: tuple[int] | None) -> bool:
    cursor = connection.cursor()
    cursor.execute("SELECT 1 FROM core_outboxevent WHERE id = %s AND handled_at IS NOT NULL", keys)
    row = cursor.fetchone()
    connection.commit()
    return row is not None


def soon(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def running_shop(folder: Path, **environment: str) -> Iterator[RunningShop]:
    """Start one in `folder`; afterwards stop it and remove what it made, also outside of the folder."""
    shop = RunningShop(folder, **environment)
    shop.start()
    try:
        yield shop
    finally:
        if shop.process.poll() is None:
            shop.process.send_signal(signal.SIGINT)
            shop.process.wait(90)
        shop.run("reset", "--yes")
