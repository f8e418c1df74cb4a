"""What a process may know for a moment without asking again; for small things that every page needs."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 500
_kept: dict[str, tuple[float, Any]] = {}


def remembered(key: str, seconds: float, make: Callable[[], T]) -> T:
    """What `make` returned under this key less than `seconds` ago, else what it returns now."""
    until, value = _kept.get(key, (0.0, None))
    if time.monotonic() >= until:
        value = make()
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = (time.monotonic() + seconds, value)
    kept: T = value
    return kept


def forget(key: str = "") -> None:
    """Ask again for this key, or for all of them."""
    if key:
        _kept.pop(key, None)
    else:
        _kept.clear()
