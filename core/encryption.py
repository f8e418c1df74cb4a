"""Keys for what is encrypted at rest: Fernet (AES-128-CBC with HMAC-SHA256), the first key writes, all keys read.

Keys derived from SECRET_KEY and its fallbacks always read too, so that an installation which gets keys of its own later, or changes
its SECRET_KEY, still reads what it wrote.
"""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def keys(own: Sequence[str], *, salt: str, purpose: str) -> MultiFernet:
    """The installation's keys for one purpose: those of its settings, newest first, then the derived ones."""
    secrets: list[str] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [salted_hmac(salt, purpose, secret=secret, algorithm="sha256").digest() for secret in secrets]
    found: list[str | bytes] = [*own, *map(base64.urlsafe_b64encode, derived)]
    return MultiFernet([Fernet(key) for key in found])
