"""What others do with a review: find it helpful, answer it as the shop."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F

from catalog.errors import OwnVote, ReplyInvalid, ReviewNotFound
from catalog.events import ReviewReplied
from catalog.models import Review, ReviewVote
from catalog.rules.reviews import hold_cause
from catalog.rules.texts import storable
from catalog.services.cards import change_stars
from core.outbox import publish

MAX_REPLY = 1_000


@transaction.atomic
def set_helpful(*, review_id: uuid.UUID, user_id: uuid.UUID, is_helpful: bool, at: dt.datetime) -> Review:
    """A member finds a review helpful, or no longer; saying it twice changes nothing.

    Raises:
        ReviewNotFound: there is no visible one.
        OwnVote: the member wrote it.
    """
    review = Review.objects.select_for_update(no_key=True).filter(pk=review_id, status=Review.Status.VISIBLE).first()
    if review is None:
        raise ReviewNotFound
    if review.user_id == user_id:
        raise OwnVote
    changed = _insert(review, user_id, at) if is_helpful else -ReviewVote.objects.filter(review=review, user_id=user_id).delete()[0]
    if changed:
        Review.objects.filter(pk=review.pk).update(helpful_count=F("helpful_count") + changed)
        change_stars(review.product_id, stars=0, count=0)
    review.helpful_count += changed
    return review


def _insert(review: Review, user_id: uuid.UUID, at: dt.datetime) -> int:
    """The vote, unless it is there; the review's row is locked, so nobody inserts it in between."""
    if ReviewVote.objects.filter(review=review, user_id=user_id).exists():
        return 0
    ReviewVote.objects.create(review=review, user_id=user_id, created_at=at)
    return 1


@transaction.atomic
def reply_to_review(*, review_id: uuid.UUID, merchant_id: uuid.UUID, text: str, at: dt.datetime) -> Review:
    """The shop answers a review of its product; a second answer replaces the first.

    Raises:
        ReviewNotFound: there is no visible review of the shop's products.
        ReplyInvalid: empty, above 1,000 characters, or with links or contact details.
    """
    said = storable(text).strip()
    if not said or len(said) > MAX_REPLY or hold_cause(said):
        raise ReplyInvalid
    rows = Review.objects.select_for_update(of=("self",)).filter(product__merchant_id=merchant_id, status=Review.Status.VISIBLE)
    review = rows.filter(pk=review_id).first()
    if review is None:
        raise ReviewNotFound
    is_first = review.replied_at is None
    review.reply, review.replied_at = said, at
    review.save(update_fields=["reply", "replied_at"])
    change_stars(review.product_id, stars=0, count=0)
    if is_first:
        publish(ReviewReplied(str(review.pk)))
    return review
