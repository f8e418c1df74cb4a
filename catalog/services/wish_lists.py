"""Named lists of a member, and the secret link that shows one to others."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from accounts.models import User
from catalog.errors import TooManyWishLists, WishListNameMissing, WishListNeeded
from catalog.models import WishList
from catalog.rules.texts import storable
from catalog.services.wishes import default_list, own_list
from core.ids import secret_token

MOST_LISTS = 20


@transaction.atomic
def create_list(*, user: User, name: str, at: dt.datetime) -> WishList:
    """One more list beside the first.

    Raises:
        WishListNameMissing: the name has not 1 to 60 characters.
        TooManyWishLists: there are as many as a member may keep.
    """
    clean = _named(name)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # lists of one member are made one after the other
    default_list(user=user, token=None, at=at)
    if WishList.objects.filter(user=user).count() >= MOST_LISTS:
        raise TooManyWishLists(most=MOST_LISTS)
    return WishList.objects.create(user=user, name=clean, created_at=at)


def rename_list(*, user: User, list_id: uuid.UUID, name: str) -> None:
    """Raises WishListNotFound for a stranger's, WishListNameMissing for a name that has not 1 to 60 characters."""
    row = own_list(user=user, list_id=list_id)
    WishList.objects.filter(pk=row.pk).update(name=_named(name))


def delete_list(*, user: User, list_id: uuid.UUID) -> None:
    """With all that is on it.

    Raises:
        WishListNotFound: not this member's.
        WishListNeeded: hearts put things on it.
    """
    row = own_list(user=user, list_id=list_id)
    if row.is_default:
        raise WishListNeeded
    row.delete()


def share_list(*, user: User, list_id: uuid.UUID, is_shared: bool) -> WishList:
    """Make a secret link to a list, or let its link open nothing any more; a list that is shared anew has another link.

    Raises:
        WishListNotFound: not this member's.
    """
    row = own_list(user=user, list_id=list_id)
    if is_shared:
        WishList.objects.filter(pk=row.pk, share_token=None).update(share_token=secret_token())
    else:
        WishList.objects.filter(pk=row.pk).update(share_token=None)
    row.refresh_from_db()
    return row


def _named(name: str) -> str:
    clean = " ".join(str(storable(name)).split())
    if not 0 < len(clean) <= 60:
        raise WishListNameMissing
    return clean
