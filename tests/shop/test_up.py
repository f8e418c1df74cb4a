"""`manage.py up` for real: one shop for the whole module, without the demo, in a folder with a space in its name."""

import os
import signal
import socket
from collections.abc import Iterator

import psutil
import pytest

from tests.running_shop import RunningShop, running_shop, soon

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    with running_shop(tmp_path_factory.mktemp("up")) as shop:
        yield shop


def test_it_opens_and_says_where(shop: RunningShop) -> None:
    assert soon(shop.is_green, 180), shop.log.read_text()
    assert soon(lambda: f"is open: http://localhost:{shop.port}" in shop.log.read_text(), 10)
    assert shop.handles_events()


def test_its_secrets_are_readable_by_their_owner_only(shop: RunningShop) -> None:
    secrets = [*shop.data_dir.glob("*password"), shop.data_dir / "secret_key", *(shop.data_dir / "run").glob("*.env")]

    assert len(secrets) >= 4
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def test_a_second_one_is_refused_in_one_sentence(shop: RunningShop) -> None:
    second = shop.run("up")

    assert second.returncode == 1
    assert f"already runs from {shop.data_dir} (process {shop.process.pid})" in second.stdout


def test_the_doctor_finds_nothing_wrong_with_it(shop: RunningShop) -> None:
    answer = shop.run("doctor")

    assert answer.returncode == 0, answer.stdout
    for finding in ("running, version", "encoding UTF8", "extensions pg_trgm", "0 migrations to apply", str(shop.port), "Fonts"):
        assert finding in answer.stdout


def test_a_reset_is_refused_while_it_runs(shop: RunningShop) -> None:
    answer = shop.run("reset", "--yes")

    assert answer.returncode == 1
    assert shop.is_green()


@pytest.mark.parametrize("name", ["worker", "beat", "Valkey", "PostgreSQL", "web"])
def test_a_killed_child_comes_back_and_all_recovers(shop: RunningShop, name: str) -> None:
    """INF01, INF04, INF07."""
    killed = shop.child(name)
    assert killed is not None

    killed.kill()

    assert soon(lambda: (fresh := shop.child(name)) is not None and fresh.pid != killed.pid, 15)
    assert soon(shop.is_green, 60), shop.log.read_text()[-3000:]
    assert shop.handles_events(), shop.log.read_text()[-3000:]


def test_after_its_own_violent_death_nothing_hinders_the_next_start(shop: RunningShop) -> None:
    family = psutil.Process(shop.process.pid).children(recursive=True)
    shop.process.kill()
    shop.process.wait()

    shop.start()

    assert soon(shop.is_green, 120), shop.log.read_text()[-3000:]
    assert not [process for process in family if process.is_running()]
    assert shop.handles_events()


def test_ctrl_c_ends_everything(shop: RunningShop) -> None:
    family = psutil.Process(shop.process.pid).children(recursive=True)
    assert len(family) > 5

    os.killpg(shop.process.pid, signal.SIGINT)  # as a terminal does

    assert shop.process.wait(60) == 0
    assert not [process for process in family if process.is_running()]
    assert shop.log.read_text().rstrip().endswith("Everything has stopped.")


def test_a_taken_port_is_named(shop: RunningShop) -> None:
    with socket.create_server(("127.0.0.1", shop.port)):
        answer = shop.run("up")

    assert answer.returncode == 1
    assert f"Port {shop.port} is taken by another program" in answer.stdout


def test_a_reset_that_nobody_answers_removes_nothing(shop: RunningShop) -> None:
    answer = shop.run("reset")

    assert answer.returncode == 1
    assert answer.stderr.endswith("Nothing was removed.\n")
    assert "Traceback" not in answer.stderr
    assert (shop.data_dir / "secret_key").exists()


def test_a_reset_removes_its_data(shop: RunningShop) -> None:
    assert shop.run("reset", "--yes").returncode == 0

    assert not [path for path in shop.data_dir.rglob("*") if path.is_file()]
