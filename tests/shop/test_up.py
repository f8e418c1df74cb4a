"""`manage.py up` for real: one shop for the whole module, without the demo, in a folder with a space in its name."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from shop.environment import BASE_DIR, read_env_file
from shop.servers.valkey import free_port

pytestmark = pytest.mark.slow
CHILDREN = {
    "web": "gunicorn",
    "worker": "celery --quiet --app=shop worker",
    "beat": "celery --quiet --app=shop beat",
    "Valkey": "valkey-server",
    "PostgreSQL": "bin/postgres -D",
}


class Shop:
    """A `manage.py up` of its own, as somebody at a terminal would run it."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "my data"
        self.log = folder / "up.log"
        self.port = free_port()
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "DEMO": "none", "STATIC_FROM_SOURCE": "1", "WEB_WORKERS": "1"}
        strangers = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in strangers} | own

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
        return subprocess.run(command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def is_green(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ok")
        except OSError:
            return False

    def child(self, name: str) -> psutil.Process | None:
        children = psutil.Process(self.process.pid).children()
        return next((child for child in children if CHILDREN[name] in " ".join(_command_of(child))), None)

    def handles_events(self) -> bool:
        """Beat rings, the worker relays, PostgreSQL keeps: a row written past the application gets handled."""
        try:
            with psycopg2.connect(read_env_file(self.data_dir / "run" / "servers.env")["DATABASE_URL"]) as connection:
                cursor = connection.cursor()
                columns = "name, payload, created_at, next_try_at, attempts, last_error"
                cursor.execute(f"INSERT INTO core_outboxevent ({columns}) VALUES ('Tried', '{{}}', now(), now(), 0, '') RETURNING id")
                keys = cursor.fetchone()
                connection.commit()
                return _soon(lambda: _is_handled(connection, keys), 15)
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


def _soon(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("up"))
    shop.start()
    yield shop
    if shop.process.poll() is None:
        shop.process.send_signal(signal.SIGINT)
        shop.process.wait(20)
    shop.run("reset", "--yes")


def test_it_opens_and_says_where(shop: Shop) -> None:
    assert _soon(shop.is_green, 90), shop.log.read_text()
    assert _soon(lambda: f"is open: http://localhost:{shop.port}" in shop.log.read_text(), 10)
    assert shop.handles_events()


def test_its_secrets_are_readable_by_their_owner_only(shop: Shop) -> None:
    secrets = [*shop.data_dir.glob("*password"), shop.data_dir / "secret_key", *(shop.data_dir / "run").glob("*.env")]

    assert len(secrets) >= 4
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def test_a_second_one_is_refused_in_one_sentence(shop: Shop) -> None:
    second = shop.run("up")

    assert second.returncode == 1
    assert f"already runs from {shop.data_dir} (process {shop.process.pid})" in second.stdout


def test_a_reset_is_refused_while_it_runs(shop: Shop) -> None:
    answer = shop.run("reset", "--yes")

    assert answer.returncode == 1
    assert shop.is_green()


@pytest.mark.parametrize("name", ["worker", "beat", "Valkey", "PostgreSQL", "web"])
def test_a_killed_child_comes_back_and_all_recovers(shop: Shop, name: str) -> None:
    killed = shop.child(name)
    assert killed is not None

    killed.kill()

    assert _soon(lambda: (fresh := shop.child(name)) is not None and fresh.pid != killed.pid, 5)
    assert _soon(shop.is_green, 30), shop.log.read_text()[-3000:]
    assert shop.handles_events(), shop.log.read_text()[-3000:]


def test_after_its_own_violent_death_nothing_hinders_the_next_start(shop: Shop) -> None:
    family = psutil.Process(shop.process.pid).children(recursive=True)
    shop.process.kill()
    shop.process.wait()

    shop.start()

    assert _soon(shop.is_green, 60), shop.log.read_text()[-3000:]
    assert not [process for process in family if process.is_running()]
    assert shop.handles_events()


def test_ctrl_c_ends_everything(shop: Shop) -> None:
    family = psutil.Process(shop.process.pid).children(recursive=True)
    assert len(family) > 5

    os.killpg(shop.process.pid, signal.SIGINT)  # as a terminal does

    assert shop.process.wait(15) == 0
    assert not [process for process in family if process.is_running()]
    assert shop.log.read_text().rstrip().endswith("Everything has stopped.")


def test_a_taken_port_is_named(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", shop.port)):
        answer = shop.run("up")

    assert answer.returncode == 1
    assert f"Port {shop.port} is taken by another program" in answer.stdout


def test_a_reset_removes_its_data(shop: Shop) -> None:
    assert shop.run("reset", "--yes").returncode == 0

    assert not [path for path in shop.data_dir.rglob("*") if path.is_file()]
