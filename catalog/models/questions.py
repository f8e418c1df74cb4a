"""What people want to know before they buy, and who answers."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.products import Product
from catalog.models.published import Published, known_status
from core.models import Entity


class Question(Published):
    """A member's question about a product. `answers_count` counts visible answers, `search` holds its words."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="questions")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    author = models.CharField(_("author"), max_length=100)
    text = models.CharField(_("question"), max_length=300)
    language = models.CharField(max_length=10, default="en")
    answers_count = models.PositiveIntegerField(_("answers"), default=0)
    search = SearchVectorField(null=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [known_status("question_status")]
        indexes = [
            models.Index(fields=["product", "-answers_count", "-created_at", "-id"], name="question_answered"),
            models.Index(fields=["product", "created_at"], name="question_open", condition=Q(status="visible", answers_count=0)),
            GinIndex(fields=["search"], name="question_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.text


class Answer(Published):
    """An answer by the shop, or by a member who bought the product; one per person and question, and one of the shop."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    author = models.CharField(_("author"), max_length=100)
    by_merchant = models.BooleanField(_("by the shop"), default=False)
    text = models.CharField(_("answer"), max_length=1000)
    language = models.CharField(max_length=10, default="en")
    helpful_count = models.PositiveIntegerField(_("found helpful"), default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["question"], name="answer_of_shop_once", condition=Q(by_merchant=True)),
            models.UniqueConstraint(fields=["question", "user"], name="answer_once", condition=Q(by_merchant=False, user__isnull=False)),
            known_status("answer_status"),
        ]
        indexes = [models.Index(fields=["question", "-by_merchant", "-helpful_count", "created_at"], name="answer_order")]

    def __str__(self) -> str:
        return self.text[:60]


class AnswerVote(Entity):
    """A member found an answer helpful."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "user"], name="answer_vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.answer_id}"
