"""Wish lists as pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import User
from catalog.errors import WishListNotFound
from catalog.models import Wish, WishList
from catalog.selectors.cards import Card, cards_by_ids
from core.exchange.rules import Conversion
from core.i18n import translated

MOST_MARKED = 2_000


@dataclass(frozen=True, slots=True)
class ListLink:
    """A list to choose. `name` is empty for the first one."""

    id: uuid.UUID
    name: str
    is_default: bool
    count: int
    share_token: str | None


@dataclass(frozen=True, slots=True)
class WishRow:
    """One thing on a list. `card` is None when it is no longer sold; `change_minor` is how much dearer it is than when it was added."""

    id: uuid.UUID
    product_id: uuid.UUID
    title: str
    card: Card | None
    change_minor: int
    currency: str
    is_quiet: bool

    @property
    def saved_minor(self) -> int:
        return max(-self.change_minor, 0)


@dataclass(frozen=True, slots=True)
class WishListView:
    """All lists of somebody with the rows of one of them; without `chosen` nothing was ever wished."""

    lists: tuple[ListLink, ...]
    chosen: ListLink | None
    rows: tuple[WishRow, ...]


def wished_ids(user: User | None, token: str | None) -> list[uuid.UUID]:
    """The products on any list of the member, or of the guest with that token. One query, none for a stranger."""
    rows = lists_of(user, token)
    if rows is None:
        return []
    found = Wish.objects.filter(wish_list__in=rows).order_by().values_list("product_id", flat=True)
    return list(found.distinct()[:MOST_MARKED])


def lists_of(user: User | None, token: str | None) -> QuerySet[WishList] | None:
    """None for somebody who cannot have any."""
    if user is not None:
        return WishList.objects.filter(user=user)
    return WishList.objects.filter(token=token, user=None) if token else None


def wish_lists(
    user: User | None, token: str | None, language: str, conversion: Conversion, chosen: uuid.UUID | None = None
) -> WishListView:
    """The lists with the rows of the chosen one, else of the first; at most three queries.

    Raises:
        WishListNotFound: the chosen list is somebody else's.
    """
    rows = lists_of(user, token)
    links = tuple(_link(row) for row in _counted(rows)) if rows is not None else ()
    link = next((link for link in links if link.id == chosen or (chosen is None and link.is_default)), None)
    if chosen is not None and link is None:
        raise WishListNotFound
    return WishListView(links, link, _rows(link.id, language, conversion) if link and link.count else ())


def shared_list(token: str, language: str, conversion: Conversion) -> tuple[str, tuple[WishRow, ...]]:
    """Name and rows of a list that its owner shares; at most three queries. Raises WishListNotFound."""
    row = WishList.objects.filter(share_token=token).first() if token.isascii() and token.isprintable() and token else None
    if row is None:
        raise WishListNotFound
    return row.name, _rows(row.pk, language, conversion)


def _counted(rows: QuerySet[WishList]) -> QuerySet[WishList]:
    return rows.annotate(count=Count("wishes")).order_by("-is_default", "created_at", "pk")


def _link(row: WishList) -> ListLink:
    return ListLink(row.pk, row.name, row.is_default, getattr(row, "count", 0), row.share_token)


def _rows(list_id: uuid.UUID, language: str, conversion: Conversion) -> tuple[WishRow, ...]:
    fields = ("pk", "product_id", "product__title", "product__i18n", "seen_minor", "seen_currency", "is_quiet")
    found = list(Wish.objects.filter(wish_list_id=list_id).order_by("-created_at", "-pk").values(*fields))
    cards = {card.product_id: card for card in cards_by_ids([row["product_id"] for row in found], language)}
    return tuple(
        WishRow(
            id=row["pk"],
            product_id=row["product_id"],
            title=translated({"title": row["product__title"]}, row["product__i18n"], "title", language),
            card=card.priced(conversion) if card else None,
            change_minor=_change(row["seen_minor"], row["seen_currency"], card, conversion),
            currency=conversion.currency,
            is_quiet=row["is_quiet"],
        )
        for row in found
        for card in [cards.get(row["product_id"])]
    )


def _change(seen_minor: int, currency: str, card: Card | None, conversion: Conversion) -> int:
    """In minor units of the currency of `conversion`; 0 where that cannot be said."""
    if card is None or card.currency != currency:
        return 0
    difference = card.price_minor - seen_minor
    said = conversion.amount(abs(difference), currency) or 0
    return said if difference > 0 else -said
