"""Fixtures for every test."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection

from tests.cluster_cache import TEMPLATE
from tests.servers import TEMPLATE_VARIABLE

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["tests.quick_hasher.QuickHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the migrated database of an earlier run instead of running every migration."""
    if template := os.environ.get(TEMPLATE_VARIABLE):
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    with django_db_blocker.unblock():
        _leave_a_copy_for_the_next_run()
        _allow_emptying_tables()


def _leave_a_copy_for_the_next_run() -> None:
    """The first worker to get here copies its freshly migrated database; tests.cluster_cache keeps it."""
    marker = Path(os.environ["JISHI_TEST_FOLDER"]) / TEMPLATE
    if os.environ.get(TEMPLATE_VARIABLE) or not _is_first(marker):
        return
    source = connection.settings_dict["NAME"]
    connection.close()  # a database is copied only while nobody looks at it
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE "{source}"')


def _is_first(marker: Path) -> bool:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _allow_emptying_tables() -> None:
    """Tests with real commits empty the tables afterwards; the triggers that refuse that are off, but for the test that proves them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%\\_no\\_truncate'")
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
