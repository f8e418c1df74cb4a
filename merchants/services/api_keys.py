"""Keys of the partner API: shown once, stored as a hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from merchants.errors import ApiKeyNotFound, ScopeUnknown
from merchants.models import ApiKey, Merchant

MARK = "mk_live"
NOTE_USE_EVERY = dt.timedelta(minutes=1)


def hash_secret(secret: str) -> str:
    """What is stored of a key. The secret has 256 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def create_api_key(*, merchant: Merchant, name: str, scopes: Sequence[str], user: User | None) -> tuple[ApiKey, str]:
    """Make a key; returns it with the whole secret, which cannot be had again.

    Raises:
        ScopeUnknown: no scope, or one that does not exist.
    """
    wanted = list(dict.fromkeys(scopes))
    if not wanted or not set(wanted) <= set(ApiKey.Scope.values):
        raise ScopeUnknown
    prefix = secrets.token_hex(6)
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        merchant=merchant, name=name.strip()[:80] or prefix, scopes=wanted, prefix=prefix, key_hash=hash_secret(secret), created_by=user
    )
    return key, secret


@transaction.atomic
def revoke_api_key(*, merchant: Merchant, key_id: uuid.UUID, at: dt.datetime) -> ApiKey:
    """End a key for good, from the next request on; revoking it again changes nothing.

    Raises:
        ApiKeyNotFound: this merchant has no such key.
    """
    keys = ApiKey.objects.for_merchant(merchant).filter(pk=key_id)
    keys.filter(revoked_at__isnull=True).update(revoked_at=at)
    key: ApiKey | None = keys.first()
    if key is None:
        raise ApiKeyNotFound
    return key


def note_use(*, key: ApiKey, at: dt.datetime) -> None:
    """Remember when a key was last used, to the minute, so that a busy key does not write on every request."""
    if key.last_used_at is not None and key.last_used_at > at - NOTE_USE_EVERY:
        return
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - NOTE_USE_EVERY)
    if ApiKey.objects.filter(due, pk=key.pk).update(last_used_at=at):
        key.last_used_at = at
