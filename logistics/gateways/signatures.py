"""Signatures of carriers' messages: HMAC-SHA256 of the timestamp, a dot and the raw body, under one of the account's live secrets."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

from logistics import secrets
from logistics.errors import InvalidSignature
from logistics.gateways.base import header
from logistics.models import CarrierAccount

TIMESTAMP, SIGNATURE = "X-Carrier-Timestamp", "X-Carrier-Signature"
TOLERANCE = dt.timedelta(minutes=5)


def sign(secret: str, body: bytes, *, moment: int) -> str:
    """The signature header of a body sent at that Unix second."""
    digest = hmac.new(secret.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(account: CarrierAccount, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> None:
    """Check who sent a body, and when.

    Raises:
        InvalidSignature: unsigned, altered, under no live secret, or five minutes or more from now.
    """
    moment = header(headers, TIMESTAMP)
    is_recent = moment.isascii() and moment.isdecimal() and len(moment) <= 12 and abs(at.timestamp() - int(moment)) < TOLERANCE.seconds
    if not is_recent:
        raise InvalidSignature
    # Bytes, because compare_digest refuses text beyond ASCII with an error of its own.
    given = header(headers, SIGNATURE).encode()
    fits = [hmac.compare_digest(sign(secret, body, moment=int(moment)).encode(), given) for secret in live_secrets(account, at)]
    if not any(fits):
        raise InvalidSignature


def live_secrets(account: CarrierAccount, at: dt.datetime) -> list[str]:
    """The secret, and while it is being changed the one before."""
    tokens = [account.secret]
    if account.previous_until is not None and account.previous_until > at:
        tokens.append(account.previous_secret)
    return [secrets.decrypt(token, merchant_id=account.merchant_id) for token in tokens]
