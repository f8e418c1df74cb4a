"""Mails to members about things on their wish lists."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.events import WishedGoodsBack, WishedPricesFell
from catalog.services.wish_news import Told, WishNews, take_back_news, take_price_news
from core.outbox import handles
from support.content import Item, Notice, Reader, language, money
from support.links import product_url, wish_list_url, wish_off_url
from support.services import notify

MOST_ITEMS = 30


@handles(WishedPricesFell)
def mail_price_drops(event: WishedPricesFell) -> None:
    _tell(take_price_news(product_ids=[uuid.UUID(key) for key in event.product_ids]), prices_fell)


@handles(WishedGoodsBack)
def mail_back_in_stock(event: WishedGoodsBack) -> None:
    _tell(take_back_news(product_id=uuid.UUID(event.product_id), at=timezone.now()), back_in_stock)


def _tell(told: Sequence[Told], write: Callable[[Sequence[WishNews]], Notice]) -> None:
    at = timezone.now()
    for member in told:
        # What was told is noted on the wishes in this transaction, so every occasion has a mail of its own.
        occasion = uuid.uuid5(member.user_id, f"{at.isoformat()} {write.__name__}")
        notify(subject_id=occasion, reader=Reader(member.email, member.language), write=lambda m=member: write(m.news), at=at)  # type: ignore[misc]


def prices_fell(news: Sequence[WishNews]) -> Notice:
    """Something on your wish list costs less."""
    first = news[0].title_in(language())
    return Notice(
        kind="wish_price_fell",
        subject=_("The price of %(title)s has fallen") % {"title": first}
        if len(news) == 1
        else ngettext("%(count)s thing on your wish list costs less", "%(count)s things on your wish list cost less", len(news))
        % {"count": len(news)},
        heading=_("Now for less."),
        lead=[_("These are the prices of this moment; merchants can change them.")],
        button=_("See your wish list"),
        url=wish_list_url(),
        items=[
            _item(one, _("%(now)s instead of %(before)s") % {"now": _now(one), "before": money(one.before_minor, one.currency)})
            for one in news[:MOST_ITEMS]
        ],
    )


def back_in_stock(news: Sequence[WishNews]) -> Notice:
    """Something on your wish list can be had again."""
    return Notice(
        kind="wish_back",
        subject=_("%(title)s is back in stock") % {"title": news[0].title_in(language())},
        heading=_("It is back."),
        lead=[_("We cannot keep one for you: first come, first served.")],
        button=_("See your wish list"),
        url=wish_list_url(),
        items=[_item(one, _now(one)) for one in news],
    )


def _now(one: WishNews) -> str:
    return money(one.now_minor, one.currency)


def _item(one: WishNews, remark: str) -> Item:
    return Item(one.title_in(language()), remark, product_url(one.slug), wish_off_url(one.wish_id))
