"""Reads about people."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Address, User


def addresses_of(user: User | AnonymousUser) -> QuerySet[Address]:
    """A person's address book, the default first, then the newest. Guests have none."""
    if user.pk is None:
        return Address.objects.none()
    return Address.objects.filter(user_id=user.pk).order_by("-is_default", "-created_at", "-pk")


def default_address(user: User | AnonymousUser) -> Address | None:
    """The address to offer first, if there is any."""
    return addresses_of(user).first()
