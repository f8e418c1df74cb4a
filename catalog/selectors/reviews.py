"""What the page of a product says of its reviews, and what an author sees of their own."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import JSONObject

from catalog.errors import ReviewNotFound
from catalog.models import ModerationItem, ProductCard, Review, ReviewAddition, ReviewPhoto, ReviewVote
from catalog.selectors.cards import stars_of

PER_PAGE = 6
STRIP = 12
SORTS = ("newest", "helpful")
_ORDER = {"newest": ("-created_at", "-pk"), "helpful": ("-helpful_count", "-created_at", "-pk")}
Status = Review.Status


@dataclass(frozen=True, slots=True)
class Wish:
    """Which reviews somebody wants to read."""

    stars: int | None = None
    with_photos: bool = False
    sort: str = "newest"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        return self.stars is not None or self.with_photos


@dataclass(frozen=True, slots=True)
class Fit:
    """How many said so; `word` is what most of them say, a value of Review.Fit, and `percent` how many of a hundred."""

    small: int
    true: int
    large: int

    @property
    def count(self) -> int:
        return self.small + self.true + self.large

    @property
    def word(self) -> str:
        return max(("true", self.true), ("small", self.small), ("large", self.large), key=lambda pair: pair[1])[0]

    @property
    def label(self) -> str:
        return str(Review.Fit(self.word).label)

    @property
    def percent(self) -> int:
        return round(100 * max(self.small, self.true, self.large) / self.count) if self.count else 0


@dataclass(frozen=True, slots=True)
class Rating:
    """`histogram` maps 5, 4, 3, 2, 1 to numbers of visible reviews; averages are None where nobody gave that rating."""

    stars: float | None
    count: int
    histogram: dict[int, int]
    service: float | None = None
    delivery: float | None = None
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """`strip` has the newest photos of the product, whichever reviews are asked for."""

    reviews: list[Review]
    wish: Wish
    has_next: bool
    strip: list[ReviewPhoto]

    @property
    def next_page(self) -> int:
        return self.wish.page + 1


def rating_of(card: ProductCard) -> Rating:
    """One statement, none for a product without reviews."""
    return rating_from(card, [row["rated"] for row in _rated(card.pk)] if card.stars_count else [])


def ratings_beside() -> ArraySubquery:
    """What `rating_from` needs, as a column beside products."""
    return ArraySubquery(_rated(OuterRef("pk")))


def _rated(product_id: Any) -> QuerySet[Any, Any]:
    fits: dict[str, Any] = {name: Count("pk", filter=Q(fit=name)) for name in Review.Fit.values}
    sums: dict[str, Any] = {f"{name}_{what}": how(name) for name in ("service", "delivery") for what, how in (("sum", Sum), ("n", Count))}
    rated = JSONObject(stars="stars", n=Count("pk"), **fits, **sums)
    return _visible(product_id).order_by().values("stars").annotate(rated=rated).values("rated")


def rating_from(card: ProductCard, rows: Sequence[dict[str, Any]]) -> Rating:
    """The rating of a product from what its visible reviews say, added up for each number of stars."""
    histogram = dict.fromkeys((5, 4, 3, 2, 1), 0)
    if not card.stars_count:
        return Rating(None, 0, histogram)
    histogram |= {row["stars"]: row["n"] for row in rows}
    small, true, large = (sum(row[name] for row in rows) for name in ("small", "true", "large"))
    fit = Fit(small, true, large)
    service, delivery = (
        stars_of(sum(row[f"{name}_sum"] or 0 for row in rows), sum(row[f"{name}_n"] for row in rows)) for name in ("service", "delivery")
    )
    stars = stars_of(card.stars_sum, card.stars_count)
    return Rating(stars, card.stars_count, histogram, service, delivery, fit if fit.count else None)


def _visible(product_id: Any) -> QuerySet[Review]:
    return Review.objects.filter(product_id=product_id, status=Status.VISIBLE)


def _photos() -> Prefetch[str]:
    return Prefetch("photos", ReviewPhoto.objects.shown().exclude(widths=[]).order_by("addition_id", "position", "pk"), to_attr="shown")


def shown_photos() -> QuerySet[ReviewPhoto]:
    """Photos that may be seen and whose renditions are there."""
    return ReviewPhoto.objects.shown().exclude(widths=[])


def reviews_of(product_id: uuid.UUID, wish: Wish | None = None) -> ReviewPage:
    """One page of visible reviews with their photos and additions, and the newest photos of all; two statements."""
    asked = wish or Wish()
    rows = _visible(product_id).select_related("addition").order_by(*_ORDER[asked.sort])
    if asked.stars is not None:
        rows = rows.filter(stars=asked.stars)
    if asked.with_photos:
        rows = rows.filter(Exists(shown_photos().filter(review=OuterRef("pk"))))
    start = (asked.page - 1) * PER_PAGE
    found = list(rows[start : start + PER_PAGE + 1])
    return ReviewPage(found[:PER_PAGE], asked, len(found) > PER_PAGE, _with_photos(product_id, found[:PER_PAGE]))


def _with_photos(product_id: uuid.UUID, reviews: Sequence[Review]) -> list[ReviewPhoto]:
    """Give reviews their photos, and return the newest ones of the product; one statement for both."""
    of_product = shown_photos().filter(review__product_id=product_id)
    newest = of_product.order_by("-created_at", "-pk").values("pk")[:STRIP]
    rows = of_product.filter(Q(review__in=[review.pk for review in reviews]) | Q(pk__in=newest))
    photos = list(rows.order_by("addition_id", "position", "pk"))
    for review in reviews:
        review.shown = [photo for photo in photos if photo.review_id == review.pk]  # type: ignore[attr-defined]  # as Prefetch's to_attr
    return sorted(photos, key=lambda photo: (photo.created_at, photo.pk), reverse=True)[:STRIP]


def reviews_with_all() -> QuerySet[Review]:
    """Visible reviews with what is shown of their photos and additions."""
    return Review.objects.filter(status=Status.VISIBLE).select_related("addition").prefetch_related(_photos())


def visible_review(product_id: uuid.UUID, review_id: uuid.UUID) -> Review:
    """One review of a product, with photos and addition. Raises ReviewNotFound."""
    review = _visible(product_id).select_related("addition").prefetch_related(_photos()).filter(pk=review_id).first()
    if review is None:
        raise ReviewNotFound
    return review


def own_votes(user_id: uuid.UUID, review_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these reviews this member finds helpful."""
    return (
        set(ReviewVote.objects.filter(user_id=user_id, review__in=review_ids).values_list("review_id", flat=True)) if review_ids else set()
    )


def reviews_by(user_id: uuid.UUID) -> QuerySet[Review]:
    """A member's own reviews, newest first, with what belongs to them, also those that others do not see."""
    photos = Prefetch(
        "photos", ReviewPhoto.objects.exclude(status=Status.WITHDRAWN).order_by("addition_id", "position", "pk"), to_attr="kept"
    )
    rows = Review.objects.filter(user_id=user_id).exclude(status=Status.WITHDRAWN).select_related("product", "product__card", "addition")
    return rows.prefetch_related(photos).order_by("-created_at", "-pk")


def own_review(user_id: uuid.UUID, review_id: uuid.UUID) -> Review:
    """One of them. Raises ReviewNotFound."""
    review = reviews_by(user_id).filter(pk=review_id).first()
    if review is None:
        raise ReviewNotFound
    return review


def reasons_for(review_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Why the marketplace hid reviews, for their authors."""
    items = ModerationItem.objects.filter(subject_id__in=review_ids, status=ModerationItem.Status.HIDDEN)
    return dict(items.values_list("subject_id", "reason"))


def photo_for(photo_id: uuid.UUID) -> ReviewPhoto | None:
    """A photo whoever may see it; the caller decides that."""
    rows = ReviewPhoto.objects.exclude(status=Status.WITHDRAWN).select_related("review__product")
    return rows.filter(pk=photo_id).first()


def addition_of(review: Review) -> ReviewAddition | None:
    """What the author added, as far as others see it."""
    addition: ReviewAddition | None = getattr(review, "addition", None)
    return addition if addition is not None and addition.is_visible else None
