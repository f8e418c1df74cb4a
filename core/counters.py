"""How often something was tried lately: atomic counters in the cache that stay while it is away."""

from django.core.cache import cache

PREFIX = "tries:"  # settings keep keys of this prefix in the process while Valkey is away


def count_try(name: str, *, seconds: int) -> int:
    """Count one try under this name; returns how many there were in the last `seconds`, this one included."""
    key = PREFIX + name
    while True:
        cache.add(key, 0, seconds)
        try:
            return int(cache.incr(key))
        except ValueError:  # it ran out between the two: begin again
            continue


def take_back_try(name: str) -> None:
    """A try was a good one and does not count."""
    try:
        cache.incr(PREFIX + name, -1)
    except ValueError:
        return
