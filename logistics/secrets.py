"""Secrets of carrier accounts at rest, encrypted as bank details are (`core.encryption`).

Keys come from CARRIER_SECRET_KEYS; `rotate_carrier_secrets` writes everything anew under the newest.
"""

import json
import uuid

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from core.encryption import keys
from logistics.errors import CarrierSecretUnreadable

SALT = "logistics.secrets"


def encrypt(secret: str, *, merchant_id: uuid.UUID) -> str:
    """A token that only this installation reads, and only as this merchant's."""
    return _keys().encrypt(json.dumps({"merchant": str(merchant_id), "secret": secret}).encode()).decode()


def decrypt(token: str, *, merchant_id: uuid.UUID) -> str:
    """The secret in a token.

    Raises:
        CarrierSecretUnreadable: no key fits, it was altered, or it belongs to another merchant.
    """
    try:
        fields = json.loads(_keys().decrypt(token.encode()))
    except InvalidToken as error:
        raise CarrierSecretUnreadable from error
    if fields["merchant"] != str(merchant_id):
        raise CarrierSecretUnreadable
    return str(fields["secret"])


def rotated(token: str) -> str:
    """The same content written under the newest key.

    Raises:
        CarrierSecretUnreadable: no key fits.
    """
    try:
        return _keys().rotate(token.encode()).decode()
    except InvalidToken as error:
        raise CarrierSecretUnreadable from error


def _keys() -> MultiFernet:
    return keys(settings.CARRIER_SECRET_KEYS, salt=SALT, purpose="carrier secrets")
