"""Fixtures for every test."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

pytest_plugins = ["tests.browser"]


class QuickHasher(PBKDF2PasswordHasher):
    """Saves a third of a second per user; a real server can check its hashes, because they carry their number of rounds."""

    iterations = 1


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["tests.conftest.QuickHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()
