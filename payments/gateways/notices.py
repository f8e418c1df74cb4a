"""Signed messages of the providers that live in this house: they come to the inbox like anybody else's webhooks."""

import hmac
import time
from collections.abc import Mapping

from django.utils.crypto import salted_hmac

from payments.errors import InvalidSignature
from payments.gateways.base import header

TOLERANCE_SECONDS = 300


def sign(salt: str, body: bytes, *, moment: int) -> str:
    """The signature header of a body sent at that Unix second."""
    return f"t={moment},v1={_digest(salt, body, str(moment))}"


def verify(salt: str, headers: Mapping[str, str], name: str, body: bytes) -> None:
    """Check the signature in the header called `name`.

    Raises:
        InvalidSignature: it is missing, of another body, or older than five minutes.
    """
    fields = dict(part.split("=", 1) for part in header(headers, name).split(",") if "=" in part)
    moment = fields.get("t", "")
    is_recent = moment.isdecimal() and abs(time.time() - int(moment)) <= TOLERANCE_SECONDS
    # Bytes, because compare_digest refuses text beyond ASCII with an error of its own.
    is_ours = hmac.compare_digest(_digest(salt, body, moment).encode(), fields.get("v1", "").encode())
    if not (is_ours and is_recent):
        raise InvalidSignature


def _digest(salt: str, body: bytes, moment: str) -> str:
    return salted_hmac(salt, moment.encode() + b"." + body, algorithm="sha256").hexdigest()
