"""A backup made by pg_dump and restored into an empty database: the books verify to the same digest and nothing is broken."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from payments import verification
from shop.servers.binaries import find_binaries
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db(transaction=True)
RESTORED = "jishi_restored"


def _url(name: str) -> str:
    """A database of the tests' server, signed in as the owner of the tables."""
    known = connection.settings_dict
    who = f"{quote(known['USER'])}:{quote(known['PASSWORD'])}@" if known["USER"] else ""
    where = {key: known[key.upper()] for key in ("host", "port") if known[key.upper()]}
    return f"postgresql://{who}/{name}?{urlencode(where, quote_via=quote)}"


@pytest.fixture
def empty_database() -> Iterator[str]:
    maintenance = psycopg2.connect(_url("postgres"))
    maintenance.autocommit = True
    with maintenance.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {RESTORED}")
        cursor.execute(f"CREATE DATABASE {RESTORED} TEMPLATE template0")
        yield _url(RESTORED)
        cursor.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")
    maintenance.close()


def _switch_guards_on(url: str) -> None:
    """Tests that commit have the guards against TRUNCATE off, and a backup keeps that."""
    restored = psycopg2.connect(url)
    with restored, restored.cursor() as cursor:
        for table, triggers in verification.GUARDS.items():
            for trigger in triggers:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    restored.close()


def _run(command: str, url: str) -> str:
    environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY}
    done = subprocess.run([sys.executable, "manage.py", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_backup_restored_into_an_empty_database_verifies_and_holds(empty_database: str, tmp_path: Path) -> None:
    order_up_to("completed")
    order_up_to("paid")
    figures = verification.verify().figures
    programs, file = find_binaries().folder, str(tmp_path / "backup")

    subprocess.run([programs / "pg_dump", "--format=custom", f"--file={file}", _url(connection.settings_dict["NAME"])], check=True)
    subprocess.run([programs / "pg_restore", "--exit-on-error", f"--dbname={empty_database}", file], check=True)
    _switch_guards_on(empty_database)

    said = _run("verify_ledger", empty_database).splitlines()
    _run("invariants", empty_database)
    assert figures["transactions"]
    assert {f"{name}: {figure}" for name, figure in figures.items()} <= set(said)
