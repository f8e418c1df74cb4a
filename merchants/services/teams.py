"""Who works for a merchant, and as what."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from merchants.errors import LastOwner, MembershipNotFound, MerchantNotFound, RoleNotYours
from merchants.models import Membership, Merchant
from merchants.permissions import may_give


@transaction.atomic
def set_member(*, merchant: Merchant, user: User, role: str, by: User | None = None) -> Membership:
    """Take a person into the team, or give a member another role.

    Args:
        by: the member who does it; None for the house itself, which may everything.

    Raises:
        RoleNotYours: `by` may not give that role, or not take the one the person has.
        LastOwner: the only owner would become something else.
    """
    lock_team(merchant)
    _may_touch(merchant, user, by)
    require_giver(merchant, by, role)
    if role != Membership.Role.OWNER:
        _keep_an_owner(merchant, user)
    member: Membership | None = Membership.objects.for_merchant(merchant).filter(user=user).first()
    if member is None:
        return Membership.objects.create(merchant=merchant, user=user, role=Membership.Role(role).value)
    member.role = Membership.Role(role).value
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def remove_member(*, merchant: Merchant, user: User, by: User | None = None) -> None:
    """Take a person out of the team; the next request of that person sees nothing of the merchant.

    Raises:
        MembershipNotFound: the person is not in it.
        RoleNotYours: `by` may not take the role from the person.
        LastOwner: nobody would own the shop.
    """
    lock_team(merchant)
    _may_touch(merchant, user, by)
    _keep_an_owner(merchant, user)
    removed, _ = Membership.objects.for_merchant(merchant).filter(user=user).delete()
    if not removed:
        raise MembershipNotFound


def lock_team(merchant: Merchant) -> None:
    """Serialise changes of one team, so that two owners cannot remove each other at the same moment."""
    if not Merchant.objects.select_for_update(no_key=True).filter(pk=merchant.pk).exists():
        raise MerchantNotFound


def require_giver(merchant: Merchant, by: User | None, role: str) -> None:
    """Raises RoleNotYours unless `by`, as they are in the team now, may give this role; the house itself may."""
    if by is not None and not may_give(_role(merchant, by), role):
        raise RoleNotYours


def _may_touch(merchant: Merchant, user: User, by: User | None) -> None:
    present = _role(merchant, user)
    if present:
        require_giver(merchant, by, present)


def _role(merchant: Merchant, user: User) -> str:
    found: str | None = Membership.objects.for_merchant(merchant).filter(user=user).values_list("role", flat=True).first()
    return found or ""


def _keep_an_owner(merchant: Merchant, leaving: User) -> None:
    owners = set(Membership.objects.for_merchant(merchant).filter(role=Membership.Role.OWNER).values_list("user_id", flat=True))
    if owners == {leaving.pk}:
        raise LastOwner
