"""News for those who wish for something: found in a few statements, however many wish for it, and told once per occasion."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet

from catalog.events import WishedGoodsBack, WishedPricesFell
from catalog.models import ProductCard, Wish
from catalog.rules.wishes import BACK_AGAIN_AFTER, WORTH_TELLING_PERCENT
from core.i18n import translated
from core.outbox import publish

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class WishNews:
    """One thing to tell: `before_minor` is the lowest price its reader knew, in the card's currency like `now_minor`."""

    wish_id: uuid.UUID
    title: str
    i18n: dict[str, dict[str, str]]
    slug: str
    before_minor: int
    now_minor: int
    currency: str

    def title_in(self, language: str) -> str:
        return translated({"title": self.title}, self.i18n, "title", language)


@dataclass(frozen=True, slots=True)
class Told:
    """Everything new for one member."""

    user_id: uuid.UUID
    email: str
    language: str
    news: tuple[WishNews, ...]


def note_fallen_prices(product_ids: Collection[uuid.UUID]) -> None:
    """Prices of these cards fell in this transaction: record it for those that a member wishes for. One query, one event."""
    rows = _audible(Wish.objects.filter(product_id__in=product_ids)) if product_ids else Wish.objects.none()
    if wished := sorted(str(key) for key in rows.order_by().values_list("product_id", flat=True).distinct()):
        publish(WishedPricesFell(wished))


def note_back(product_id: uuid.UUID) -> None:
    """This product can be had again since this transaction: record it where a member wishes for it."""
    if _audible(Wish.objects.filter(product_id=product_id)).exists():
        publish(WishedGoodsBack(str(product_id)))


@transaction.atomic
def take_price_news(*, product_ids: Collection[uuid.UUID]) -> list[Told]:
    """What to tell of fallen prices now, each price once; publishes the event again where more than `AT_ONCE` members are concerned.

    Everything that is new for a member goes into one mail, also what the next event would tell.
    """
    due = _audible(Wish.objects.filter(product__card__is_visible=True, product__card__currency=F("seen_currency")))
    due = due.filter(told_minor__gt=0, product__card__price_minor__lte=F("told_minor") * (100 - WORTH_TELLING_PERCENT) / 100)
    owners = list(due.filter(product_id__in=product_ids).order_by("wish_list__user").values_list("wish_list__user", flat=True).distinct())
    if len(owners) > AT_ONCE:
        publish(WishedPricesFell([str(key) for key in product_ids]))
    rows = list(_read(due.filter(wish_list__user__in=owners[:AT_ONCE])).select_for_update(of=("self",)))
    told = list(_by_member(rows))
    for row in rows:
        row.told_minor = row.product.card.price_minor
    Wish.objects.bulk_update(rows, ["told_minor"], batch_size=1_000)
    return told


@transaction.atomic
def take_back_news(*, product_id: uuid.UUID, at: dt.datetime) -> list[Told]:
    """Whom to tell that a product can be had again; nobody twice within a day."""
    quiet_since = Q(back_told_at=None) | Q(back_told_at__lte=at - BACK_AGAIN_AFTER)
    rows = _audible(Wish.objects.filter(quiet_since, product_id=product_id, product__card__is_visible=True, product__card__in_stock=True))
    wishes = list(_read(rows)[: AT_ONCE + 1].select_for_update(of=("self",)))
    if len(wishes) > AT_ONCE:
        publish(WishedGoodsBack(str(product_id)))
    told = list(_by_member(wishes[:AT_ONCE]))
    Wish.objects.filter(pk__in=[row.pk for row in wishes[:AT_ONCE]]).update(back_told_at=at)
    return told


def _audible(rows: QuerySet[Wish]) -> QuerySet[Wish]:
    """Wishes of members who want mails about them; guests have no address."""
    return rows.filter(is_quiet=False, wish_list__user__is_active=True)


def _read(rows: QuerySet[Wish]) -> QuerySet[Wish]:
    return rows.select_related("wish_list__user", "product__card").defer("product__card__search", "product__description").order_by("pk")


def _by_member(rows: Sequence[Wish]) -> Iterator[Told]:
    """A member who has a product on two lists is told of it once."""
    mine: dict[uuid.UUID, dict[uuid.UUID, WishNews]] = {}
    owners = {}
    for row in rows:
        owner, card = row.wish_list.user, row.product.card
        if owner is not None:
            owners[owner.pk] = owner
            mine.setdefault(owner.pk, {})[row.product_id] = _news(row, card)
    for key, news in mine.items():
        yield Told(key, owners[key].email, owners[key].language, tuple(news.values()))


def _news(row: Wish, card: ProductCard) -> WishNews:
    return WishNews(row.pk, row.product.title, row.product.i18n, card.slug, row.told_minor, card.price_minor, card.currency)
