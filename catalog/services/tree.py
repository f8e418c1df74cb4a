"""The name under which the category tree lies in the cache. Services change the name, readers never wait for an expiry."""

import time

from django.core.cache import cache
from django.db import transaction

from core.ids import secret_token

KEY = "category-tree"
# Every page shows the tree, so a process asks for its version once a second only: that long another process's change may go unseen.
SECONDS = 1.0
_seen: tuple[float, str] = (0.0, "")


def tree_version() -> str:
    """The part of the cache key that changes whenever the tree or its counts may have changed."""
    global _seen  # noqa: PLW0603  one value for the process
    seen_at, version = _seen
    if version and time.monotonic() - seen_at < SECONDS:
        return version
    found = cache.get(KEY)
    if found is None:
        cache.add(KEY, secret_token(), None)
        found = cache.get(KEY, "")
    _seen = (time.monotonic(), str(found))
    return str(found)


def look_again() -> None:
    """Let this process ask for the version when it is next wanted."""
    global _seen  # noqa: PLW0603
    _seen = (0.0, "")


def bump_tree() -> None:
    """Make every process build the tree anew, once the current transaction has become true."""
    transaction.on_commit(_bump, robust=True)


def _bump() -> None:
    cache.set(KEY, secret_token(), None)
    look_again()
