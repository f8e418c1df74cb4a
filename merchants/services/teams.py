"""Who works for a merchant, and as what."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from merchants.errors import LastOwner, MembershipNotFound, MerchantNotFound
from merchants.models import Membership, Merchant


@transaction.atomic
def set_member(*, merchant: Merchant, user: User, role: str) -> Membership:
    """Take a person into the team, or give a member another role.

    Raises:
        LastOwner: the only owner would become something else.
    """
    _lock_team(merchant)
    if role != Membership.Role.OWNER:
        _keep_an_owner(merchant, user)
    return Membership.objects.update_or_create(merchant=merchant, user=user, defaults={"role": Membership.Role(role).value})[0]


@transaction.atomic
def remove_member(*, merchant: Merchant, user: User) -> None:
    """Take a person out of the team; the next request of that person sees nothing of the merchant.

    Raises:
        MembershipNotFound: the person is not in it.
        LastOwner: nobody would own the shop.
    """
    _lock_team(merchant)
    _keep_an_owner(merchant, user)
    removed, _ = Membership.objects.for_merchant(merchant).filter(user=user).delete()
    if not removed:
        raise MembershipNotFound


def _lock_team(merchant: Merchant) -> None:
    """Serialise changes of one team, so that two owners cannot remove each other at the same moment."""
    if not Merchant.objects.select_for_update(no_key=True).filter(pk=merchant.pk).exists():
        raise MerchantNotFound


def _keep_an_owner(merchant: Merchant, leaving: User) -> None:
    owners = set(Membership.objects.for_merchant(merchant).filter(role=Membership.Role.OWNER).values_list("user_id", flat=True))
    if owners == {leaving.pk}:
        raise LastOwner
