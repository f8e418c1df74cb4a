"""Reads about merchants."""

from __future__ import annotations

import datetime as dt
import hmac

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from merchants.models import ApiKey, Membership, Merchant
from merchants.services.api_keys import MARK, hash_secret, note_use

_NO_HASH = "0" * 64


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The teams a person belongs to, the first one joined first."""
    if user.pk is None:
        return Membership.objects.none()
    return Membership.objects.filter(user_id=user.pk, user__is_active=True).select_related("merchant").order_by("created_at", "id")


def merchant_for_user(user: User | AnonymousUser) -> Merchant | None:
    """The merchant a person works for; of several, the first one joined. Guests work for none."""
    membership = memberships_of(user).first()
    return membership.merchant if membership else None


def role_of(user: User | AnonymousUser, merchant: Merchant) -> str | None:
    """A person's role in a merchant's team, None for strangers."""
    return memberships_of(user).filter(merchant=merchant).values_list("role", flat=True).first()


def api_key_for_secret(secret: str, now: dt.datetime) -> ApiKey | None:
    """The live key of a secret, with its merchant, or None. Compares in constant time and notes the use once a minute."""
    parts = secret.split("_", 3)
    prefix = parts[2] if len(parts) == 4 and f"{parts[0]}_{parts[1]}" == MARK else ""
    found: ApiKey | None = (
        ApiKey.objects.select_related("merchant").filter(prefix=prefix).first() if prefix.isalnum() and prefix.isascii() else None
    )
    matches = hmac.compare_digest(found.key_hash if found else _NO_HASH, hash_secret(secret))
    if found is None or not matches or found.revoked_at is not None:
        return None
    note_use(key=found, at=now)
    return found
