"""Questions of a product, answered ones first, and those that are like what somebody is about to ask."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import JSONObject

from catalog.errors import QuestionNotFound
from catalog.models import Answer, AnswerVote, Question
from catalog.rules.queries import question_of, words_of
from catalog.selectors.tsquery import Spelled

PER_PAGE = 10
ON_PRODUCT = 3
SIMILAR = 3
Status = Question.Status
_ANSWERED = ("-answers_count", "-created_at", "-pk")
_BEST = ("-by_merchant", "-helpful_count", "created_at", "pk")
_SAID = {name: name for name in ("author", "by_merchant", "text", "language")}


@dataclass(frozen=True, slots=True)
class QuestionPage:
    questions: list[Question]
    page: int
    has_next: bool


def _visible(product_id: uuid.UUID) -> QuerySet[Question]:
    return Question.objects.filter(product_id=product_id, status=Status.VISIBLE).defer("search")


def _answers() -> Prefetch[str]:
    rows = Answer.objects.filter(status=Status.VISIBLE).order_by(*_BEST)
    return Prefetch("answers", rows, to_attr="shown")


def questions_of(product_id: uuid.UUID, page: int = 1) -> QuestionPage:
    """One page of visible questions with their visible answers; two statements, one where there is no question."""
    rows = _visible(product_id).prefetch_related(_answers()).order_by(*_ANSWERED)
    start = (page - 1) * PER_PAGE
    found = list(rows[start : start + PER_PAGE + 1])
    return QuestionPage(found[:PER_PAGE], page, len(found) > PER_PAGE)


def first_questions(product_id: uuid.UUID) -> QuestionPage:
    """The first few of `questions_of`, each with its best answer only; one statement."""
    best = Answer.objects.filter(question=OuterRef("pk"), status=Status.VISIBLE).order_by(*_BEST).values(row=JSONObject(**_SAID))
    rows = _visible(product_id).annotate(best=Subquery(best[:1])).order_by(*_ANSWERED)
    found: list[Any] = list(rows[: ON_PRODUCT + 1])
    for question in found:
        question.shown = [Answer(**question.best)] if question.best else []  # as Prefetch's to_attr
    return QuestionPage(found[:ON_PRODUCT], 1, len(found) > ON_PRODUCT)


def visible_question(product_id: uuid.UUID, question_id: uuid.UUID) -> Question:
    """One question with its answers. Raises QuestionNotFound."""
    question = _visible(product_id).prefetch_related(_answers()).filter(pk=question_id).first()
    if question is None:
        raise QuestionNotFound
    return question


def matching_questions(product_id: uuid.UUID, text: str) -> list[Question]:
    """Questions of a product that hold all the words."""
    asked = question_of(text)
    return _ranked(product_id, asked.strict(is_prefix=True), PER_PAGE) if asked.groups else []


def similar_questions(product_id: uuid.UUID, text: str) -> list[Question]:
    """Questions of a product that share at least half of the words of this one, the nearest first."""
    asked, words = question_of(text), set(words_of(text))
    if not words:
        return []
    found = _ranked(product_id, asked.loose(), 20)
    shared = [(len(words & set(words_of(row.text))), row) for row in found]
    near = [pair for pair in shared if 2 * pair[0] >= len(words)]
    return [row for _n, row in sorted(near, key=lambda pair: -pair[0])[:SIMILAR]]


def _ranked(product_id: uuid.UUID, query: str, most: int) -> list[Question]:
    rows = _visible(product_id).filter(search=Spelled(query)).prefetch_related(_answers())
    return list(rows.order_by(*_ANSWERED)[:most])


def own_answer_votes(user_id: uuid.UUID, answer_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these answers this member finds helpful."""
    if not answer_ids:
        return set()
    return set(AnswerVote.objects.filter(user_id=user_id, answer__in=answer_ids).values_list("answer_id", flat=True))


def open_questions(merchant_id: uuid.UUID) -> QuerySet[Question]:
    """Visible questions about a shop's products that the shop has not answered, the oldest first."""
    rows = Question.objects.filter(product__merchant_id=merchant_id, status=Status.VISIBLE).exclude(answers__by_merchant=True)
    return rows.order_by("created_at", "pk")
