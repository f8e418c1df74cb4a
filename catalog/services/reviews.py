"""Reviews, and the sums on the card that follow from them.

Whoever changes a review locks its row first and the card last, so an edit and a decision about it never count it twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction

from catalog.errors import AlreadyAdded, AlreadyReviewed, ProductNotFound, ReviewClosed, ReviewInvalid, ReviewIsHidden, ReviewNotFound
from catalog.models import ModerationItem, Product, Review, ReviewAddition, ReviewPhoto
from catalog.rules.reviews import has_sizes, hold_cause, is_open
from catalog.rules.texts import storable
from catalog.services.cards import change_stars
from catalog.services.held import hold, take_from_queue
from catalog.services.review_photos import keep_photos, tell_photos
from core.states import move_to

MAX_TEXT = 4_000
Status = Review.Status
SCALE = range(1, 6)


@dataclass(frozen=True)
class Details:
    """What a review says beside stars and text; `variant` is what was chosen of the product, `photos` are files as they were sent."""

    service: int | None = None
    delivery: int | None = None
    fit: str = ""
    variant: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[bytes] = ()


@dataclass(frozen=True)
class Author:
    """Who wrote it, and the name that others see."""

    user_id: uuid.UUID | None
    name: str


def add_review(
    *,
    product_id: uuid.UUID,
    user_id: uuid.UUID | None,
    author: str,
    order_line: uuid.UUID | None,
    stars: int,
    text: str,
    language: str,
    at: dt.datetime,
) -> Review:
    """Rate a product with stars and words alone. Raises as write_review."""
    by, nothing = Author(user_id, author), Details()
    return write_review(
        product_id=product_id, author=by, order_line=order_line, stars=stars, text=text, language=language, at=at, details=nothing
    )


@transaction.atomic
def write_review(
    *,
    product_id: uuid.UUID,
    author: Author,
    order_line: uuid.UUID | None,
    stars: int,
    text: str,
    language: str,
    at: dt.datetime,
    details: Details,
) -> Review:
    """Rate a product with 1 to 5 stars; the caller has checked that the author bought it. Text is plain, never HTML.

    A text with links or contact details, or a picture that looks like a hidden one, waits for a check before it is shown.

    Raises:
        ProductNotFound: there is none.
        ReviewInvalid: other stars, or more than 4,000 characters.
        AlreadyReviewed: this order line has a review.
        TooManyReviewPhotos, InvalidPicture: the photos.
    """
    _check(stars, text, details)
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    review = Review(
        product_id=product_id,
        user_id=author.user_id,
        author=storable(author.name).strip()[:100],
        order_line=order_line,
        stars=stars,
        service=details.service,
        delivery=details.delivery,
        fit=details.fit if has_sizes(product.options) else "",
        variant=dict(details.variant),
        text=storable(text).strip(),
        language=language,
        created_at=at,
    )
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyReviewed from error
    keep_photos(review, details.photos, at=at)
    _hold_if_needed(review, at)
    if review.is_visible:
        change_stars(product_id, stars=stars, count=1)
    return review


def _check(stars: int, text: str, said: Details) -> None:
    scales = [value for value in (said.service, said.delivery) if value is not None]
    if any(value not in SCALE for value in (stars, *scales)) or len(text) > MAX_TEXT or said.fit not in {"", *Review.Fit.values}:
        raise ReviewInvalid


def _hold_if_needed(review: Review, at: dt.datetime) -> None:
    if cause := hold_cause(review.text):
        hold(review, ModerationItem.Kind.REVIEW, cause, product_id=review.product_id, at=at)


@transaction.atomic
def edit_review(
    *,
    review_id: uuid.UUID,
    user_id: uuid.UUID,
    stars: int,
    text: str,
    language: str,
    at: dt.datetime,
    details: Details | None = None,
    drop_photos: Sequence[uuid.UUID] = (),
) -> Review:
    """The author changes a review within REVIEW_EDIT_DAYS; photos are added, those named in `drop_photos` go.

    Raises:
        ReviewNotFound: there is none of this person.
        ReviewClosed: it is too old.
        ReviewIsHidden: the marketplace has hidden it.
        ReviewInvalid, TooManyReviewPhotos, InvalidPicture: as for a new one.
    """
    said = details or Details()
    _check(stars, text, said)
    review = own_review(review_id, user_id)
    if review.status == Status.HIDDEN:
        raise ReviewIsHidden
    if not is_open(review.created_at, settings.REVIEW_EDIT_DAYS, at):
        raise ReviewClosed
    before = review.stars if review.is_visible else None
    review.stars, review.service, review.delivery = stars, said.service, said.delivery
    review.fit = said.fit if has_sizes(review.product.options) else ""
    new_text = storable(text).strip()
    is_said_anew = new_text != review.text
    if is_said_anew:
        review.text, review.language, review.i18n = new_text, language, {}
    review.edited_at = at
    review.save(update_fields=["stars", "service", "delivery", "fit", "text", "language", "i18n", "edited_at"])
    withdraw_photos(review.photos.filter(pk__in=drop_photos, addition=None), at=at, actor=f"shopper:{user_id}")
    keep_photos(review, said.photos, at=at)
    if is_said_anew:
        _hold_if_needed(review, at)
    follow(review, before)
    return review


@transaction.atomic
def withdraw_review(*, review_id: uuid.UUID, user_id: uuid.UUID, at: dt.datetime) -> Review:
    """The author deletes a review with all that belongs to it; the purchase cannot be reviewed again. Raises ReviewNotFound."""
    review = own_review(review_id, user_id)
    actor = f"shopper:{user_id}"
    before = review.stars if review.is_visible else None
    move_to(review, Status.WITHDRAWN, actor=actor, at=at, text="", i18n={}, author="")
    withdraw_photos(review.photos.all(), at=at, actor=actor)
    for addition in ReviewAddition.objects.select_for_update().filter(review=review):
        move_to(addition, Status.WITHDRAWN, actor=actor, at=at, text="")
        take_from_queue([addition.pk])
    take_from_queue([review.pk])
    follow(review, before)
    return review


def withdraw_photos(photos: Iterable[ReviewPhoto], *, at: dt.datetime, actor: str) -> None:
    """Take photos back; their files are removed a moment later."""
    gone = [photo for photo in photos if photo.status != Status.WITHDRAWN]
    for photo in gone:
        move_to(photo, Status.WITHDRAWN, actor=actor, at=at)
    take_from_queue(photo.pk for photo in gone)
    tell_photos(gone)


@transaction.atomic
def add_later(
    *, review_id: uuid.UUID, user_id: uuid.UUID, text: str, language: str, photos: Sequence[bytes], at: dt.datetime
) -> ReviewAddition:
    """The author says more after some time of use, once and within REVIEW_ADDITION_DAYS.

    Raises:
        ReviewNotFound, ReviewIsHidden, ReviewClosed: as for an edit.
        AlreadyAdded: it was done before.
        ReviewInvalid: no text, or more than 4,000 characters.
        TooManyReviewPhotos, InvalidPicture: the photos.
    """
    said = storable(text).strip()
    if not said or len(said) > MAX_TEXT:
        raise ReviewInvalid
    review = own_review(review_id, user_id)
    if review.status == Status.HIDDEN:
        raise ReviewIsHidden
    if not is_open(review.created_at, settings.REVIEW_ADDITION_DAYS, at):
        raise ReviewClosed
    if ReviewAddition.objects.filter(review=review).exists():
        raise AlreadyAdded
    addition = ReviewAddition.objects.create(review=review, text=said, language=language, created_at=at)
    keep_photos(review, photos, at=at, addition=addition)
    if cause := hold_cause(said):
        hold(addition, ModerationItem.Kind.ADDITION, cause, product_id=review.product_id, at=at)
    follow(review, review.stars if review.is_visible else None)
    return addition


def own_review(review_id: uuid.UUID, user_id: uuid.UUID) -> Review:
    """A member's own review, its row held until the transaction ends. Raises ReviewNotFound."""
    rows = Review.objects.select_for_update(of=("self",)).select_related("product").exclude(status=Status.WITHDRAWN)
    review = rows.filter(pk=review_id, user_id=user_id).first()
    if review is None:
        raise ReviewNotFound
    return review


def follow(review: Review, before: int | None) -> None:
    """Bring the card from what it counted of this review to what is shown of it now; the page is drawn anew either way."""
    after = review.stars if review.is_visible else None
    if (before is None) != (after is None):
        tell_photos(review.photos.all())
    change_stars(review.product_id, stars=(after or 0) - (before or 0), count=(after is not None) - (before is not None))
