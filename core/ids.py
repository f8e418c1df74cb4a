"""Identifiers. Public ones are UUIDv7 (RFC 9562) or random; never counters, which tell a stranger how much is sold."""

import secrets
import time
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7() -> uuid.UUID:
    """A UUID of version 7: Unix time in 1/4096 ms (60 bits, RFC 9562 section 6.2 method 3), then 62 random bits.

    New rows land at the end of an index, and those that one process makes one after the other are in that order.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def order_number() -> str:
    """Twelve random Crockford base-32 characters in groups of four (60 bits), easy to read out on the telephone."""
    characters = [secrets.choice(CROCKFORD) for _ in range(12)]
    return "-".join("".join(characters[start : start + 4]) for start in (0, 4, 8))


def secret_token() -> str:
    """192 random bits for URLs and cookies that are themselves the permission."""
    return secrets.token_urlsafe(24)
