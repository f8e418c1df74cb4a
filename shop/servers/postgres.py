"""An embedded PostgreSQL: made, started, and given its role and database."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
import psycopg2

from core.postgresql.roles import APP_ROLE, TENANT_ROLE
from shop.servers import placement
from shop.servers.binaries import Binaries, find_binaries
from shop.servers.program import Account, Program, ServerError
from shop.servers.secret import kept_secret

SUPERUSER = "postgres"
ROLE = DATABASE = "jishi"
# LOG and ERROR lines stay out of the merged log: a sold-out product or a lock timeout is the application's story to tell.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "log_min_messages": "fatal",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
# An eighth of the machine's memory: cards and words of 100,000 products are some 400 MB, and what PostgreSQL does not hold itself it asks
# the system for, page by page. Memory is taken when it is first needed.
LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 1_024
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
STATISTICS = "pg_stat_statements"


def buffers_mb() -> int:
    """What PostgreSQL may hold of its tables in memory."""
    return min(max(psutil.virtual_memory().total // 8 // 2**20, LEAST_BUFFERS_MB), MOST_BUFFERS_MB)


class PostgresServer:
    """The cluster of one installation: `prepare()`, run `program`, wait for `is_ready()`, `ensure_database()`, then use `url`."""

    def __init__(self, data_dir: Path, *, throwaway: bool = False) -> None:
        """`throwaway` trades crash safety for speed; only tests may."""
        account = placement.unprivileged_account()
        self.data_dir = data_dir
        self.password_file = data_dir / "postgres_password"
        self.home = placement.server_home(data_dir, account)
        self.cluster = self.home / "cluster"
        self.account: Account | None = placement.owner_of(self.cluster) if account and self.cluster.exists() else account
        self.socket_folder = placement.socket_folder(self.home, data_dir)
        self.settings = SETTINGS | {"shared_buffers": f"{buffers_mb()}MB"} | (THROWAWAY_SETTINGS if throwaway else {})
        self.binaries: Binaries = find_binaries()
        self.has_statistics = self.binaries.can_load(STATISTICS)

    @property
    def url(self) -> str:
        """Of the role that owns the tables."""
        return self._url(ROLE, DATABASE)

    @property
    def app_url(self) -> str:
        """Of the role that uses them."""
        return self._url(APP_ROLE, DATABASE)

    def _url(self, user: str, database: str) -> str:
        host = urlencode({"host": self.socket_folder}, quote_via=quote)
        return f"postgresql://{user}:{quote(self._password())}@/{database}?{host}"

    def _password(self) -> str:
        return kept_secret(self.password_file)

    @property
    def program(self) -> Program:
        settings = self.settings | {"unix_socket_directories": f'"{self.socket_folder}"'}
        if self.has_statistics:
            settings |= {"shared_preload_libraries": STATISTICS}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            command=(str(self.binaries.folder / "postgres"), "-D", str(self.cluster), *options),
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            account=self.account,
            folder=self.cluster,
        )

    def prepare(self) -> None:
        """Stop what a killed predecessor left, and make the cluster if there is none.

        Raises: ServerError in one plain sentence.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        placement.own_folder(self.home, None, 0o711)
        placement.own_folder(self.socket_folder, self.account, 0o700)
        self.binaries = self.binaries.reachable_by(self.account, self.home)
        if (self.cluster / "PG_VERSION").exists():
            self._check_version()
            stop_leftovers(self.cluster)
        else:
            self._initialise()

    def _check_version(self) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        if int(made_by) != self.binaries.major:
            raise ServerError(
                f"The data in {self.cluster} was made by PostgreSQL {made_by}, but only {self.binaries.version} was found: "
                "install the old one, or start afresh with 'manage.py reset'."
            )

    def _initialise(self) -> None:
        """Make the cluster aside and move it into place, so an interrupted start leaves nothing half made."""
        fresh = self.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        placement.own_folder(fresh, self.account, 0o700)
        password = self.socket_folder / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self._password())
        if self.account:
            os.chown(password, self.account.uid, self.account.gid)
        program = Program("initdb", self._initdb(fresh, password), account=self.account, folder=fresh)
        answer = subprocess.run(program.command, capture_output=True, text=True, check=False, **program.popen_options())
        password.unlink()
        if answer.returncode:
            raise ServerError(f"PostgreSQL could not make its data folder: {answer.stderr.strip()}")
        fresh.rename(self.cluster)

    def _initdb(self, folder: Path, password: Path) -> tuple[str, ...]:
        # With a "C" locale pg_trgm sees no letters in Chinese and lower('À') does nothing; libc's C.UTF-8 gets both right.
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        flags = ("--auth=scram-sha-256", "--encoding=UTF8", f"--locale={locale}", "--no-instructions")
        return (str(self.binaries.folder / "initdb"), "-D", str(folder), "-U", SUPERUSER, f"--pwfile={password}", *flags)

    def is_ready(self) -> bool:
        """What `pg_ctl` looks at: the state line of postmaster.pid. Asking by connecting would fill the log with refusals."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        # After a power cut the file still says so of a server that is gone.
        return len(lines) > 7 and lines[7].strip() == "ready" and _is_server(lines[0], self.cluster)

    def ensure_database(self) -> None:
        """Create the database, the role that owns its tables, and one that may use them but not change the ledger (`shop.rights`).

        Neither is a superuser, so rights and triggers bind both.
        """
        with _Session(self._url(SUPERUSER, "postgres")) as session:
            if not session.fetch("SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
                session.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB IN ROLE pg_monitor PASSWORD %s", self._password())
            for role in (APP_ROLE, TENANT_ROLE):
                if not session.fetch("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                    session.execute(f"CREATE ROLE {role} NOINHERIT")
                session.execute(f"GRANT {role} TO {ROLE}")
            # What a member inherits is settled when it becomes one.
            session.execute(f"ALTER ROLE {APP_ROLE} LOGIN INHERIT PASSWORD %s", self._password())
            session.execute(f"GRANT pg_monitor, {TENANT_ROLE} TO {APP_ROLE}")
            if not session.fetch("SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                session.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        if self.has_statistics:
            with _Session(self._url(SUPERUSER, DATABASE)) as session:
                session.execute(f"CREATE EXTENSION IF NOT EXISTS {STATISTICS}")
                session.execute(f"GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO {ROLE}, {APP_ROLE}")


class _Session:
    """One connection outside any transaction, for statements such as CREATE DATABASE."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True

    def __enter__(self) -> "_Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def execute(self, statement: str, *values: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)

    def fetch(self, statement: str, *values: str) -> tuple[Any, ...] | None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row


def stop_leftovers(cluster: Path) -> None:
    """End every PostgreSQL process that still works on this cluster: a server whose supervisor was killed, or back ends whose server was.

    They are known by their working folder, which PostgreSQL sets to the cluster; a reused process number cannot mislead us.
    """
    left = [process for process in psutil.process_iter() if _works_on(process, cluster)]
    numbers = {process.pid for process in left}
    for process in left:
        with suppress(psutil.NoSuchProcess):
            if process.ppid() not in numbers:
                process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(left, timeout=10)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _is_server(number: str, cluster: Path) -> bool:
    try:
        return _works_on(psutil.Process(int(number)), cluster)
    except (psutil.NoSuchProcess, ValueError):
        return False


def _works_on(process: psutil.Process, cluster: Path) -> bool:
    try:
        return process.name().startswith("postgres") and process.cwd() == str(cluster)
    except psutil.Error:
        return False
