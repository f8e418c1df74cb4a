"""Wishes: what is put on a list, taken off, and carried along at sign-in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import models, transaction

from accounts.models import User
from catalog.errors import ProductNotFound, WishListFull, WishListNotFound, WishNotFound
from catalog.models import ProductCard, Wish, WishList
from core.ids import secret_token

MOST_WISHES = 200


def default_list(*, user: User | None, token: str | None, at: dt.datetime) -> WishList:
    """The list a heart puts things on; made where there is none. A guest's carries the token for the cookie."""
    if user is not None:
        return WishList.objects.get_or_create(user=user, is_default=True, defaults={"created_at": at})[0]
    found = WishList.objects.filter(token=token, user=None).first() if token else None
    return found or WishList.objects.create(token=secret_token(), is_default=True, created_at=at)


@transaction.atomic
def add_wish(*, user: User | None, token: str | None, product_id: uuid.UUID, at: dt.datetime, list_id: uuid.UUID | None = None) -> WishList:
    """Put a product on the first list of the member, or of the guest with that token, or on another list of the member.

    What is there already stays as it is, with the price it had. Returns the list.

    Raises:
        ProductNotFound: nothing a shopper may see.
        WishListNotFound: not a list of this member.
        WishListFull: it holds all it can.
    """
    card = ProductCard.objects.filter(pk=product_id, is_visible=True).values("price_minor", "currency").first()
    if card is None:
        raise ProductNotFound
    target = own_list(user=user, list_id=list_id) if list_id else default_list(user=user, token=token, at=at)
    _wait_for(target)
    wish = Wish(wish_list=target, product_id=product_id, seen_minor=card["price_minor"], seen_currency=card["currency"], created_at=at)
    wish.told_minor = wish.seen_minor
    if Wish.objects.filter(wish_list=target, product_id=product_id).exists():
        return target
    if Wish.objects.filter(wish_list=target).count() >= MOST_WISHES:
        raise WishListFull(most=MOST_WISHES)
    Wish.objects.bulk_create([wish], ignore_conflicts=True)
    return target


def own_list(*, user: User | None, list_id: uuid.UUID) -> WishList:
    """A member's list. Raises WishListNotFound for a stranger's."""
    found = WishList.objects.filter(pk=list_id, user=user).first() if user is not None else None
    if found is None:
        raise WishListNotFound
    return found


def _wait_for(target: WishList) -> None:
    """Two writers of a list take turns, so that it never holds more than it may."""
    if not WishList.objects.select_for_update(no_key=True).filter(pk=target.pk).exists():
        raise WishListNotFound


def remove_wish(*, user: User | None, token: str | None, product_id: uuid.UUID) -> None:
    """Take a product off all lists of the member, or of the guest with that token; it may be on none."""
    if user is not None or token:
        _own_wishes(user, token).filter(product_id=product_id).delete()


def take_off(*, user: User | None, token: str | None, wish_id: uuid.UUID) -> None:
    """Take one thing off its list. Raises WishNotFound for a stranger's."""
    if not _own_wishes(user, token).filter(pk=wish_id).delete()[0]:
        raise WishNotFound


def set_quiet(*, wish_id: uuid.UUID, is_quiet: bool, user: User | None = None) -> None:
    """Write no more mails about a wish, or write them again; `user` is left out where a link from a mail is the permission.

    Raises:
        WishNotFound: there is none, or it is not this member's.
    """
    rows = Wish.objects.filter(pk=wish_id)
    if not (rows if user is None else rows.filter(wish_list__user=user)).update(is_quiet=is_quiet):
        raise WishNotFound


@transaction.atomic
def move_wish(*, user: User, wish_id: uuid.UUID, list_id: uuid.UUID) -> None:
    """Put a wish on another list of the same member; where it is there already, one is left.

    Raises:
        WishNotFound, WishListNotFound: not this member's.
        WishListFull: the other list holds all it can.
    """
    wish = Wish.objects.select_for_update().filter(pk=wish_id, wish_list__user=user).first()
    if wish is None:
        raise WishNotFound
    target = own_list(user=user, list_id=list_id)
    _wait_for(target)
    if Wish.objects.filter(wish_list=target, product_id=wish.product_id).exclude(pk=wish.pk).exists():
        wish.delete()
        return
    if Wish.objects.filter(wish_list=target).count() >= MOST_WISHES:
        raise WishListFull(most=MOST_WISHES)
    Wish.objects.filter(pk=wish.pk).update(wish_list=target)


@transaction.atomic
def merge_wishes(*, token: str, user: User, at: dt.datetime) -> None:
    """At sign-in what the guest with that token wished joins the member's first list, as far as it goes. The token opens nothing then."""
    guest = WishList.objects.select_for_update().filter(token=token, user=None).first()
    if guest is None:
        return
    own = default_list(user=user, token=None, at=at)
    _wait_for(own)
    present = set(Wish.objects.filter(wish_list=own).values_list("product_id", flat=True))
    moving = [row.pk for row in _newest(guest) if row.product_id not in present][: max(MOST_WISHES - len(present), 0)]
    Wish.objects.filter(pk__in=moving).update(wish_list=own)
    guest.delete()


def _newest(source: WishList) -> Sequence[Wish]:
    return list(source.wishes.order_by("-created_at", "-pk"))


def _own_wishes(user: User | None, token: str | None) -> models.QuerySet[Wish]:
    """Wishes on lists of the member, or of the guest with that token; of nobody without either."""
    if user is not None:
        return Wish.objects.filter(wish_list__user=user)
    return Wish.objects.filter(wish_list__token=token, wish_list__user=None) if token else Wish.objects.none()
