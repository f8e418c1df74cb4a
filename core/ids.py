"""Identifiers. Public ones are UUIDv7 (RFC 9562) or random; never counters, which tell a stranger how much is sold."""

import secrets
import time
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7() -> uuid.UUID:
    """A UUID of version 7: 48 bits of Unix milliseconds, then 74 random bits, so new rows land at the end of an index."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def order_number() -> str:
    """Twelve random Crockford base-32 characters in groups of four (60 bits), easy to read out on the telephone."""
    characters = [secrets.choice(CROCKFORD) for _ in range(12)]
    return "-".join("".join(characters[start : start + 4]) for start in (0, 4, 8))


def secret_token() -> str:
    """192 random bits for URLs and cookies that are themselves the permission."""
    return secrets.token_urlsafe(24)
