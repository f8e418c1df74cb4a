"""Fixtures for every test."""

from typing import TYPE_CHECKING

import pytest
from django.conf import settings

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
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """Tests with real commits empty the tables afterwards; the triggers that refuse that are off, but for the test that proves them."""
    from django.db import connection

    find = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%\\_no\\_truncate'"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(find)
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
