"""Mails to people who reviewed, or can review, what they bought."""

from __future__ import annotations

import uuid

from django.utils import timezone

from catalog.events import ModerationDecided, QuestionAnswered, ReviewReplied
from catalog.models import Answer, Review
from catalog.selectors.moderation import author_of, item_for
from core.outbox import handles
from orders.events import OrderCompleted
from orders.models import MerchantOrder
from orders.selectors import reviewable_lines
from support import review_notices as notices
from support.content import Reader
from support.services import notify


@handles(OrderCompleted)
def mail_review_invited(event: OrderCompleted) -> None:
    """Members only: a guest cannot review. Not where everything was reviewed before this came to its turn."""
    rows = MerchantOrder.objects.select_related("checkout", "merchant").prefetch_related("lines__product")
    order = rows.get(pk=uuid.UUID(event.order_id))
    checkout = order.checkout
    if checkout.user_id is None or not any(line.order_id == order.pk for line in reviewable_lines(checkout)):
        return
    reader = Reader(checkout.email, checkout.language)
    notify(subject_id=order.pk, reader=reader, write=lambda: notices.invited(order), at=timezone.now())


@handles(ReviewReplied)
def mail_review_replied(event: ReviewReplied) -> None:
    review = Review.objects.select_related("user", "product").filter(pk=event.review_id, status=Review.Status.VISIBLE).first()
    if review is not None and review.user is not None:
        reader = Reader(review.user.email, review.user.language)
        notify(subject_id=review.pk, reader=reader, write=lambda: notices.replied(review), at=timezone.now())


@handles(ModerationDecided)
def mail_moderation_decided(event: ModerationDecided) -> None:
    item = item_for(uuid.UUID(event.item_id))
    author = author_of(item) if item else None
    if item is not None and author is not None:
        reader = Reader(author.email, author.language)
        notify(subject_id=uuid.UUID(event.occasion), reader=reader, write=lambda: notices.decided(item, event.status), at=timezone.now())


@handles(QuestionAnswered)
def mail_question_answered(event: QuestionAnswered) -> None:
    """To whoever asked, and to the buyers who have answered the same question; never to the author of the answer."""
    rows = Answer.objects.select_related("question__product", "question__user").filter(status=Answer.Status.VISIBLE)
    answer = rows.filter(pk=event.answer_id, question__status=Answer.Status.VISIBLE).first()
    if answer is None:
        return
    question = answer.question
    others = question.answers.filter(by_merchant=False, status=Answer.Status.VISIBLE).select_related("user")
    told = {user.pk: user for user in [question.user, *(row.user for row in others)] if user is not None and user.pk != answer.user_id}
    for user in told.values():
        is_asker = user.pk == question.user_id
        reader = Reader(user.email, user.language)
        notify(subject_id=answer.pk, reader=reader, write=lambda is_asker=is_asker: notices.answered(answer, is_asker), at=timezone.now())  # type: ignore[misc]
