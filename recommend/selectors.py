"""The rails: what to show to whom. Reads the live version; without one, or where it has too little, popular products stand in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from catalog.selectors import Card, cards_by_ids, popular_cards
from core.compiled import compiled
from core.remembered import remembered
from orders.models import OrderLine
from recommend import rules
from recommend.models import ItemNeighbours, ModelVersion, UserRecommendation
from recommend.sources import PAID

# Cards read for one shown: some are sold out, bought already, or one too many of their merchant.
SPARE = 4
POPULAR_SECONDS = 30
LIVE = ModelVersion.Status.LIVE


def for_you(user: User | AnonymousUser | None, limit: int, language: str) -> list[Card]:
    """Products in stock this person has not bought, best first, at most three of one merchant among the first ten.

    Guests, and people the live version does not know, get what is popular. At most three queries.
    """
    if user is None or user.pk is None:
        return _filled([], set(), limit, language)
    best, bought = _known_about(user.pk)
    return _filled([product for product in best if product not in bought], bought, limit, language)


def _known_about(user_id: uuid.UUID) -> tuple[list[uuid.UUID], set[uuid.UUID]]:
    """What the live version recommends to a person, and what that person has bought; one query."""
    lists = UserRecommendation.objects.filter(version__status=LIVE, user=OuterRef("pk"))
    lines = OrderLine.objects.filter(order__checkout__user=OuterRef("pk"), order__status__in=PAID)
    people = User.objects.filter(pk=user_id).values_list(
        Subquery(lists.values("products")[:1]), ArraySubquery(lines.values("product_id").distinct())
    )
    best, bought = people.first() or (None, [])
    return best or [], set(bought)


def bought_with(product_ids: Iterable[uuid.UUID], limit: int, language: str) -> list[Card]:
    """Products in stock that go with these, never one of these, nearest first, spread over merchants like `for_you`.

    At most three queries.
    """
    given = set(product_ids)
    near = rules.merged(_neighbours(sorted(given)), given) if given else []
    return _filled(near, given, limit, language)


@compiled
def _neighbours(product_ids: list[uuid.UUID]) -> QuerySet[Any]:
    rows = ItemNeighbours.objects.filter(version__status=LIVE, product__in=product_ids).order_by("product_id")
    return rows.values_list("products", "scores")


def _filled(best: Sequence[uuid.UUID], without: set[uuid.UUID], limit: int, language: str) -> list[Card]:
    """Cards of `best` that can be bought, then popular ones, none of `without`."""
    best = best[: max(SPARE * limit, rules.FIRST)]
    cards = [card for card in cards_by_ids(best, language) if card.in_stock] if best else []
    shown = rules.spread(cards, limit)
    if len(shown) >= limit:
        return shown
    unwanted = without | {card.product_id for card in cards}
    cards += [card for card in _popular(limit, language) if card.product_id not in unwanted][: SPARE * limit]
    # A shop with a single merchant is shown as it is: there is nobody to make room for.
    return rules.spread(cards, limit) if len({card.merchant_slug for card in cards}) > 1 else cards[:limit]


def _popular(limit: int, language: str) -> list[Card]:
    """What is popular, the same for everybody, so remembered for a moment; with enough to leave some out."""
    return remembered(f"popular:{limit}:{language}", POPULAR_SECONDS, lambda: popular_cards(2 * SPARE * limit, language))


def predicted_stars(user_id: uuid.UUID) -> dict[uuid.UUID, float]:
    """The stars the live version expects a person to give to the products it recommends; empty where nobody has rated."""
    row = UserRecommendation.objects.filter(version__status=LIVE, user=user_id).values_list("products", "stars").first()
    return dict(zip(*row, strict=False)) if row else {}


def versions() -> QuerySet[ModelVersion]:
    """All trainings, newest first."""
    return ModelVersion.objects.select_related("job").order_by("-created_at")
