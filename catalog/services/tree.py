"""The name under which the category tree lies in the cache. Services change the name, readers never wait for an expiry."""

from django.core.cache import cache
from django.db import transaction

from core.ids import secret_token
from core.remembered import forget, remembered

KEY = "category-tree"
# Every page shows the tree, so a process asks for its version once a second only: that long another process's change may go unseen.
SECONDS = 1.0
RISKY_KEY = "risky categories"


def tree_version() -> str:
    """The part of the cache key that changes whenever the tree or its counts may have changed."""
    return remembered(KEY, SECONDS, _asked)


def _asked() -> str:
    version = cache.get(KEY)
    if version is None:
        cache.add(KEY, secret_token(), None)
        version = cache.get(KEY, "")
    return str(version)


def bump_tree() -> None:
    """Make every process build the tree anew, once the current transaction has become true."""
    transaction.on_commit(_bump, robust=True)


def _bump() -> None:
    cache.set(KEY, secret_token(), None)
    forget(KEY)
