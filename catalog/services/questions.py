"""Questions about products and their answers. Whoever changes an answer locks its question first and the card last."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import F

from catalog.errors import AlreadyAnswered, AnswerInvalid, OwnVote, ProductNotFound, QuestionInvalid, QuestionNotFound, TooManyQuestions
from catalog.events import QuestionAnswered
from catalog.models import Answer, AnswerVote, ModerationItem, Product, Question
from catalog.rules.reviews import hold_cause
from catalog.rules.texts import storable
from catalog.rules.tokens import tsvector
from catalog.services.cards import change_stars
from catalog.services.held import hold
from core.outbox import publish

MAX_QUESTION, MAX_ANSWER, LEAST = 300, 1_000, 4
MOST_A_DAY = 10
Status = Question.Status


@transaction.atomic
def ask_question(*, product_id: uuid.UUID, user_id: uuid.UUID, author: str, text: str, language: str, at: dt.datetime) -> Question:
    """A member asks about a product; a question with links or contact details waits for a check.

    Raises:
        ProductNotFound: it is not on sale.
        QuestionInvalid: fewer than 4 or more than 300 characters.
        TooManyQuestions: this member has asked ten within a day.
    """
    said = " ".join(storable(text).split())
    if not LEAST <= len(said) <= MAX_QUESTION:
        raise QuestionInvalid
    if not Product.objects.filter(pk=product_id, status=Product.Status.PUBLISHED).exists():
        raise ProductNotFound
    if Question.objects.filter(user_id=user_id, created_at__gt=at - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyQuestions
    question = Question.objects.create(
        product_id=product_id,
        user_id=user_id,
        author=storable(author)[:100],
        text=said,
        language=language,
        search=tsvector([("A", said)]),
        created_at=at,
    )
    if cause := hold_cause(said):
        hold(question, ModerationItem.Kind.QUESTION, cause, product_id=product_id, at=at)
    _draw_anew(product_id)
    return question


@transaction.atomic
def answer_question(
    *,
    question_id: uuid.UUID,
    user_id: uuid.UUID,
    author: str,
    text: str,
    language: str,
    at: dt.datetime,
    merchant_id: uuid.UUID | None = None,
) -> Answer:
    """Answer as somebody who bought it, which the caller has checked, or with `merchant_id` as the shop, whose second answer replaces the
    first. A member's answer with links or contact details waits for a check; the shop's is refused.

    Raises:
        QuestionNotFound: there is no visible one, or it is about another shop's product.
        AnswerInvalid: empty, above 1,000 characters, or the shop's with links or contact details.
        AlreadyAnswered: by this member.
    """
    said = storable(text).strip()
    cause = hold_cause(said)
    if not said or len(said) > MAX_ANSWER or (merchant_id and cause):
        raise AnswerInvalid
    question = _locked(question_id, merchant_id)
    fields = {"text": said, "language": language, "author": storable(author)[:100], "user_id": user_id}
    present = Answer.objects.filter(question=question, by_merchant=True).first() if merchant_id else None
    if present is not None:
        Answer.objects.filter(pk=present.pk).update(**fields)
        present.refresh_from_db()
        _draw_anew(question.product_id)
        return present
    answer = Answer(question=question, by_merchant=merchant_id is not None, created_at=at, **fields)
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAnswered from error
    if cause:
        hold(answer, ModerationItem.Kind.ANSWER, cause, product_id=question.product_id, at=at)
        return answer
    follow_answer(answer, was_visible=False)
    return answer


def _locked(question_id: uuid.UUID, merchant_id: uuid.UUID | None) -> Question:
    of_shop = {"product__merchant_id": merchant_id} if merchant_id else {}
    question = Question.objects.select_for_update(of=("self",)).filter(pk=question_id, status=Status.VISIBLE, **of_shop).first()
    if question is None:
        raise QuestionNotFound
    return question


def follow_answer(answer: Answer, *, was_visible: bool) -> None:
    """Bring the question's count in line with whether the answer is shown; whoever asked is told of one that is new to readers."""
    change = int(answer.is_visible) - int(was_visible)
    if change:
        Question.objects.filter(pk=answer.question_id).update(answers_count=F("answers_count") + change)
    if change > 0:
        publish(QuestionAnswered(str(answer.question_id), str(answer.pk)))
    _draw_anew(answer.question.product_id)


def follow_question(question: Question) -> None:
    """The page without it, or with it again."""
    _draw_anew(question.product_id)


def _draw_anew(product_id: uuid.UUID) -> None:
    change_stars(product_id, stars=0, count=0)


@transaction.atomic
def set_answer_helpful(*, answer_id: uuid.UUID, user_id: uuid.UUID, is_helpful: bool, at: dt.datetime) -> Answer:
    """A member finds an answer helpful, or no longer; saying it twice changes nothing.

    Raises:
        QuestionNotFound: there is no visible one.
        OwnVote: the member wrote it.
    """
    rows = Answer.objects.select_for_update(no_key=True, of=("self",)).select_related("question__product")
    answer = rows.filter(pk=answer_id, status=Status.VISIBLE, question__status=Status.VISIBLE).first()
    if answer is None:
        raise QuestionNotFound
    if answer.user_id == user_id:
        raise OwnVote
    votes = AnswerVote.objects.filter(answer=answer, user_id=user_id)
    changed = 0
    if is_helpful and not votes.exists():
        AnswerVote.objects.create(answer=answer, user_id=user_id, created_at=at)
        changed = 1
    elif not is_helpful:
        changed = -votes.delete()[0]
    if changed:
        Answer.objects.filter(pk=answer.pk).update(helpful_count=F("helpful_count") + changed)
        _draw_anew(answer.question.product_id)
    answer.helpful_count += changed
    return answer
