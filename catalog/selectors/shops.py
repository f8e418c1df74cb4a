"""A shop at a glance, and what its buyers say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from accounts.models import User
from catalog.models import Review, ShopFollow
from catalog.selectors.cards import stars_of, visible_cards
from core.i18n import translated
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class ShopFigures:
    """`stars` is the average over all reviews of its goods, None without any."""

    stars: float | None
    stars_count: int
    goods: int
    sold: int
    followers: int


@dataclass(frozen=True, slots=True)
class FollowedShop:
    id: uuid.UUID
    slug: str
    name: str
    logo: str


def shop_figures(merchant_id: uuid.UUID) -> ShopFigures:
    """Two queries, over the goods that are on sale now."""
    found = (
        visible_cards()
        .filter(merchant_id=merchant_id)
        .aggregate(goods=Count("pk"), sold_sum=Sum("sold"), count_sum=Sum("stars_count"), stars_total=Sum("stars_sum"))
    )
    count = found["count_sum"] or 0
    followers = ShopFollow.objects.filter(merchant_id=merchant_id).count()
    return ShopFigures(stars_of(found["stars_total"] or 0, count), count, found["goods"], found["sold_sum"] or 0, followers)


def shop_histogram(merchant_id: uuid.UUID) -> dict[int, int]:
    """How many reviews of its goods have 5, 4, 3, 2 and 1 stars. One query."""
    rows = Review.objects.filter(product__merchant_id=merchant_id, product__card__is_visible=True, status=Review.Status.VISIBLE).order_by()
    return dict.fromkeys((5, 4, 3, 2, 1), 0) | dict(rows.values_list("stars").annotate(n=Count("pk")))


def shop_reviews(merchant_id: uuid.UUID) -> QuerySet[Review]:
    """Reviews of its goods on sale, newest first, with their products."""
    rows = Review.objects.filter(product__merchant_id=merchant_id, product__card__is_visible=True, status=Review.Status.VISIBLE)
    return rows.select_related("product").order_by("-created_at", "-pk")


def followed_ids(user: User | None) -> list[uuid.UUID]:
    """The shops a member follows; no query for a guest."""
    return list(ShopFollow.objects.filter(user=user).values_list("merchant_id", flat=True)) if user else []


def followed_shops(user: User | None, language: str) -> Sequence[FollowedShop]:
    """The open ones among the shops a member follows, the last one followed first. One query, none for a guest."""
    if user is None:
        return []
    rows = ShopFollow.objects.filter(user=user, merchant__status="active").select_related("merchant").order_by("-created_at", "-pk")
    return [_followed(row.merchant, language) for row in rows]


def _followed(shop: Merchant, language: str) -> FollowedShop:
    return FollowedShop(shop.pk, shop.slug, translated({"name": shop.name}, shop.i18n, "name", language), shop.logo)
