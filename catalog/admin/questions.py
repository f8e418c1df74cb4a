"""A merchant's inbox of questions about its products."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.admin.reviews import ReportDialog
from catalog.models import Answer, ModerationItem, Question
from catalog.rules.reviews import language_of
from catalog.services import moderation
from catalog.services.questions import MAX_ANSWER, answer_question
from core.backoffice.actions import ActionVariant, BaseDialogForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, label
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

Status = Question.Status
ANSWERED = Exists(Answer.objects.filter(question=OuterRef("pk"), by_merchant=True))


class AnswerDialog(BaseDialogForm):
    """What the shop says; the present answer stands there to be bettered."""

    object_id: str | None  # the dialog gives every form the key of its row
    text = forms.CharField(label=_("Answer"), max_length=MAX_ANSWER, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = getattr(self, "object_id", None)
        try:
            row = Answer.objects.filter(question=uuid.UUID(str(key)), by_merchant=True).first()
        except ValueError:
            row = None
        self.fields["text"].initial = row.text if row else ""


class QuestionQueue(admin.SimpleListFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Not answered by the shop")), ("answered", _("Answered by the shop"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {"open": queryset.filter(has_answer=False), "answered": queryset.filter(has_answer=True)}
        return chosen.get(self.value() or "", queryset)


def _answers(row: Question) -> str:
    shown = row.answers.filter(status=Status.VISIBLE).order_by("-by_merchant", "created_at")
    return "\n\n".join(f"{answer.author}: {answer.text}" for answer in shown) or "–"


@admin.register(Question, site=merchant_site)
class MerchantQuestionAdmin(MerchantModelAdmin):
    """The oldest unanswered question first."""

    duty = Duty.REVIEWS
    tenant_path = "product__merchant"
    list_display = ["text", "product", "state", "answers_count", "created_at"]
    list_filter = [QuestionQueue]
    list_select_related = ["product"]
    search_fields = ["product__title", "text"]
    fields = ["text", "product_title", "author", "said", "created_at"]
    actions_detail = ["answer", "report"]
    product_title = column(lambda self, row: row.product.text("title"), _("product"))
    said = column(lambda self, row: _answers(row), _("answers"))

    @admin.display(description=_("status"), ordering="has_answer")
    def state(self, row: Any) -> Any:
        return label(_("Answered by the shop"), "success") if row.has_answer else label(_("Not answered by the shop"), "warning")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(status=Status.VISIBLE).annotate(has_answer=ANSWERED).defer("search")

    def get_ordering(self, request: HttpRequest) -> Any:
        return [ANSWERED.asc(), "created_at"]

    @object_action(
        description=pgettext_lazy("verb", "Answer"),
        text=_("Everybody reads it on the page of the product. A second answer replaces the first."),
        done=_("Your answer is shown."),
        form_class=AnswerDialog,
        icon="reply",
        variant=ActionVariant.PRIMARY,
    )
    def answer(self, request: HttpRequest, form: Any, row: Question) -> None:
        merchant, text = merchant_of(request), form.cleaned_data["text"]
        answer_question(
            question_id=row.pk,
            user_id=uuid.UUID(str(request.user.pk)),
            author=merchant.name,
            text=text,
            language=language_of(text, get_language() or "en"),
            at=now(),
            merchant_id=merchant.pk,
        )

    @object_action(
        description=_("Report"),
        text=_("People of the marketplace look at it and decide. It stays visible until then."),
        done=_("The marketplace will look at it."),
        form_class=ReportDialog,
        icon="flag",
    )
    def report(self, request: HttpRequest, form: Any, row: Question) -> None:
        moderation.report(
            kind=ModerationItem.Kind.QUESTION,
            subject_id=row.pk,
            user_id=uuid.UUID(str(request.user.pk)),
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            at=now(),
            merchant_id=merchant_of(request).pk,
        )
