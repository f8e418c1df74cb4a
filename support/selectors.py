from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import User
from merchants.models import Membership, Merchant
from support.content import Reader
from support.errors import MailNotFound
from support.models import Mail

# Who acts on orders; the others of a team look them up when they need to.
TOLD_OF_MONEY = (Membership.Role.OWNER, Membership.Role.FINANCE)
TOLD_OF_GOODS = (Membership.Role.OWNER, Membership.Role.CATALOGUE)
TOLD_OF_ORDERS = (Membership.Role.OWNER, Membership.Role.FULFILMENT, Membership.Role.SERVICE)


def mailbox(limit: int = 50) -> QuerySet[Mail]:
    """The newest mails without their bodies, for the mailbox page."""
    return Mail.objects.defer("text", "html").order_by("-created_at", "-id")[:limit]


def mail(mail_id: uuid.UUID) -> Mail:
    """One mail.

    Raises:
        MailNotFound: there is none with this id.
    """
    found = Mail.objects.filter(pk=mail_id).first()
    if found is None:
        raise MailNotFound
    return found


def operators() -> list[Reader]:
    """Who is called when money needs a person: staff who may see payments, each in their own language."""
    return _staff_with("payments", "view_paymentattempt")


def application_reviewers() -> list[Reader]:
    """Who is told that somebody wants to sell here: staff who may decide about it."""
    return _staff_with("merchants", "change_merchantapplication")


def _staff_with(app: str, codename: str) -> list[Reader]:
    permission = Permission.objects.filter(content_type__app_label=app, codename=codename)
    told = Q(is_superuser=True) | Q(user_permissions__in=permission) | Q(groups__permissions__in=permission)
    staff = User.objects.filter(told, is_staff=True, is_active=True).distinct().order_by("created_at", "id")
    return [Reader(email, language) for email, language in staff.values_list("email", "language")]


def readers_at(merchant: Merchant, roles: Sequence[str] = TOLD_OF_ORDERS) -> list[Reader]:
    """Who at a merchant is told of a new order, each in their own language; the merchant's own address where the team has nobody for it.

    Other news is told to other roles.
    """
    team = merchant.memberships.filter(role__in=roles, user__is_active=True).order_by("created_at", "id")
    return [Reader(email, language) for email, language in team.values_list("user__email", "user__language")] or [
        Reader(merchant.email, "en")
    ]
