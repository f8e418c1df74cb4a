"""Codes of gift cards: random, easy to type, kept only as a keyed hash. Pure, but for the keys."""

import hmac
import secrets
import unicodedata
from hashlib import sha256

from django.conf import settings

from core.ids import CROCKFORD

LENGTH = 20
SALT = b"payments.gift_codes:"
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """Twenty random Crockford base-32 characters, 100 bits."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    """As people read and type it: XXXXX-XXXXX-XXXXX-XXXXX."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def normal(text: str) -> str:
    """The code somebody typed, however they spaced and capitalised it; empty when it cannot be one."""
    compact = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper())).translate(_MISREAD)
    return compact if len(compact) == LENGTH and set(compact) <= set(CROCKFORD) else ""


def hashes_of(code: str) -> list[str]:
    """The keyed hash under each key that is in use, the present one first: a table without the key says nothing about codes."""
    keys = settings.GIFT_CARD_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(SALT + key.encode(), code.encode(), sha256).hexdigest() for key in keys]
