"""Signed ids for links in mails: who has the link has been sent it."""

import uuid

from django.core import signing


def signed(key: uuid.UUID, purpose: str) -> str:
    """A token for one row and one purpose, which nobody can make up."""
    return signing.Signer(salt=purpose, sep="~").sign(key.hex)


def unsigned(token: str, purpose: str) -> uuid.UUID | None:
    """The id in a token; None where it was not made for this purpose."""
    try:
        return uuid.UUID(signing.Signer(salt=purpose, sep="~").unsign(token))
    except (signing.BadSignature, ValueError):
        return None
