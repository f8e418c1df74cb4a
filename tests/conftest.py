"""Fixtures for every test."""

import pytest
from django.conf import settings

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    # Manifest names need a collectstatic first, and strong password hashing costs half a second a user: neither is under test.
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()
