"""Reads about people."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Address, Company, CompanyInvitation, User

# What the signed links of invitations are for.
INVITATION = "company-invitation"


def addresses_of(user: User | AnonymousUser) -> QuerySet[Address]:
    """A person's address book, the default first, then the newest. Guests have none."""
    if user.pk is None:
        return Address.objects.none()
    return Address.objects.filter(user_id=user.pk).order_by("-is_default", "-created_at", "-pk")


def default_address(user: User | AnonymousUser) -> Address | None:
    """The address to offer first, if there is any."""
    return addresses_of(user).first()


def company_of(user: User) -> Company | None:
    """The company a person buys for, if any; no statement for everybody else."""
    return None if user.company_id is None else Company.objects.filter(pk=user.company_id).first()


def open_invitation(invitation_id: uuid.UUID, user: User, at: dt.datetime) -> CompanyInvitation | None:
    """An invitation this person may still accept, with its company."""
    rows = CompanyInvitation.objects.select_related("company", "invited_by")
    return rows.filter(pk=invitation_id, email__iexact=user.email, used_at=None, expires_at__gt=at).first()
