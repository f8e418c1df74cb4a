"""Fixtures for every test."""

import pytest
from django.conf import settings

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["tests.quick_hasher.QuickHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()
