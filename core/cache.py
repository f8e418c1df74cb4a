"""A cache that is optional: when Valkey is away every read is a miss and every write is dropped, in milliseconds.

Counters that guard something must not vanish with it: keys that begin as KEEP_WHILE_AWAY says live in the process until it is back.
"""

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PAUSE_SECONDS = 2.0


class OneClient(RedisCacheClient):
    """Django's makes a new client object for every call, which costs more than the call; they are safe to share."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class TolerantRedisCache(RedisCache):
    """Django's RedisCache that never fails a request; after an error it asks again only when the pause is over."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params.setdefault("OPTIONS", {}).update(socket_timeout=0.5, socket_connect_timeout=0.3)
        self._kept = tuple(params.pop("KEEP_WHILE_AWAY", ()))
        self._memory = LocMemCache("kept while away", {})
        super().__init__(server, params)
        self._class = OneClient
        self._resume_at = 0.0

    def _try(self, method: str, fallback: Any, keys: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._resume_at:
            try:
                return getattr(super(), method)(keys, *args, **kwargs)
            except (RedisError, OSError) as error:
                self._resume_at = time.monotonic() + PAUSE_SECONDS
                log.warning("cache away", extra={"error": repr(error)})
        if isinstance(keys, str) and self._kept and keys.startswith(self._kept):
            return getattr(self._memory, method)(keys, *args, **kwargs)
        return fallback

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try("get", default, key, default, version)

    def set(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        self._try("set", None, key, value, **_timeout(timeout), version=version)

    def add(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        return bool(self._try("add", True, key, value, **_timeout(timeout), version=version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return dict(self._try("get_many", {}, keys, version))

    def set_many(self, data: dict[Any, Any], timeout: Any = ..., version: int | None = None) -> list[Any]:
        return list(self._try("set_many", [], data, **_timeout(timeout), version=version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._try("delete", False, key, version))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._try("delete_many", None, keys, version)

    def touch(self, key: str, timeout: Any = ..., version: int | None = None) -> bool:
        return bool(self._try("touch", False, key, **_timeout(timeout), version=version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._try("incr", 0, key, delta, version))


def _timeout(timeout: Any) -> dict[str, Any]:
    return {} if timeout is ... else {"timeout": timeout}
