"""Codes by which a shop knows who picks an order up: random, easy to read out, stored encrypted and as a keyed hash."""

import hmac
import json
import secrets
import unicodedata
import uuid
from hashlib import sha256

from cryptography.fernet import InvalidToken
from django.conf import settings

from core.encryption import keys
from core.ids import CROCKFORD

LENGTH = 8
SALT = "orders.pickup_codes"
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """Eight random Crockford base-32 characters, 40 bits."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    """As people read it: XXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"


def normal(text: str) -> str:
    """The code somebody typed or scanned, however spaced and capitalised; empty when it cannot be one."""
    compact = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper())).translate(_MISREAD)
    return compact if len(compact) == LENGTH and set(compact) <= set(CROCKFORD) else ""


def hashes_of(code: str, *, merchant_id: uuid.UUID) -> list[str]:
    """The hash under each key in use, the present one first, as this merchant's."""
    secrets_in_use = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(f"{SALT}:{key}".encode(), f"{merchant_id}:{code}".encode(), sha256).hexdigest() for key in secrets_in_use]


def encrypt(code: str, *, order_id: uuid.UUID) -> str:
    """A token that only this installation reads, and only as this order's."""
    return keys((), salt=SALT, purpose="pick-up codes").encrypt(json.dumps([str(order_id), code]).encode()).decode()


def decrypt(token: str, *, order_id: uuid.UUID) -> str:
    """The code in a token; empty where no key fits or it is another order's."""
    try:
        owner, code = json.loads(keys((), salt=SALT, purpose="pick-up codes").decrypt(token.encode()))
    except InvalidToken:
        return ""
    return str(code) if owner == str(order_id) else ""
