"""The name under which the category tree lies in the cache. Services change the name, readers never wait for an expiry."""

from django.core.cache import cache
from django.db import transaction

from core.ids import secret_token

KEY = "category-tree"


def tree_version() -> str:
    """The part of the cache key that changes whenever the tree or its counts may have changed."""
    version = cache.get(KEY)
    if version is None:
        cache.add(KEY, secret_token(), None)
        version = cache.get(KEY, "")
    return str(version)


def bump_tree() -> None:
    """Make every process build the tree anew, once the current transaction has become true."""
    transaction.on_commit(lambda: cache.set(KEY, secret_token(), None), robust=True)
