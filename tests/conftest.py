"""Fixtures for every test."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from tests.cluster_cache import TEMPLATE
from tests.servers import KEEP_VARIABLE, TEMPLATE_VARIABLE

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

pytest.register_assert_rewrite("tests.proofs", "tests.stateful")
pytest_plugins = ["tests.browser", "tests.provider_double.fixtures"]


def pytest_configure() -> None:
    settings.MFA_REQUIRED = False  # the tests of the second factor switch it on
    settings.PASSWORD_HASHERS = ["tests.quick_hasher.QuickHasher"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no worker ends alone with one of them."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _fresh_surroundings() -> Iterator[None]:
    """No test sees what another left in the cache or which language its last request spoke."""
    from django.core.cache import cache

    from core.remembered import forget

    cache.clear()
    forget()
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the migrated database of an earlier run instead of running every migration."""
    if template := os.environ.get(TEMPLATE_VARIABLE):
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> Iterator[None]:
    with django_db_blocker.unblock():
        _leave_a_copy_for_the_next_run()
        _allow_emptying_tables()
        _keep_content_types()
    yield
    with django_db_blocker.unblock():
        _send_others_away()


def _send_others_away() -> None:
    """A thread of a live server may still hold a connection; the database could not be dropped under it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def _leave_a_copy_for_the_next_run() -> None:
    """The first worker to get here copies its freshly migrated database; tests.cluster_cache keeps it."""
    marker = Path(os.environ["JISHI_TEST_FOLDER"]) / TEMPLATE
    if not os.environ.get(KEEP_VARIABLE) or not _is_first(marker):
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


def _keep_content_types() -> None:
    """What a live server has remembered of them must stay true while the tables around them are emptied."""
    operations = type(connection.ops)  # of every connection: beside an event loop Django opens another
    kept, sql_flush = {"django_content_type", "auth_permission"}, operations.sql_flush

    def but_for_kept(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        return sql_flush(self, style, [table for table in tables if table not in kept], **options)

    operations.sql_flush = but_for_kept  # type: ignore[method-assign]
