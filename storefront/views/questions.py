"""Questions about a product: read, search, ask, answer."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from catalog.models import Answer, Product, Question
from catalog.rules.reviews import language_of, masked
from catalog.selectors.products import published_product
from catalog.selectors.questions import (
    QuestionPage,
    matching_questions,
    own_answer_votes,
    questions_of,
    similar_questions,
    visible_question,
)
from catalog.services.questions import ask_question, set_answer_helpful
from core.errors import DomainError
from orders.services.questions import answer_as_buyer, bought_as
from storefront.baskets import member
from storefront.forms.questions import AnswerForm, QuestionForm
from storefront.views.reviews import to_sign_in, vote_button

REFUSED = 422
MOST_PAGES = 500
LONGEST_SEARCH = 100


@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """All questions of a product, those with these words, and a form for a new one."""
    product = published_product(slug)
    return _ask(request, product) if request.method == "POST" else _list(request, product, QuestionForm())


def _list(
    request: HttpRequest, product: Product, form: QuestionForm, *, status: int = 200, similar: list[Question] | None = None
) -> HttpResponse:
    words, number = request.GET.get("q", "").strip()[:LONGEST_SEARCH].replace("\0", ""), request.GET.get("page", "1")
    if not number.isascii() or not number.isdecimal() or len(number) > 3 or not 1 <= int(number) <= MOST_PAGES:
        raise Http404
    page = QuestionPage(matching_questions(product.pk, words), 1, has_next=False) if words else questions_of(product.pk, int(number))
    if int(number) > 1 and not page.questions:
        raise Http404
    context = {"product": product, "form": form, "page": page, "searched": words, "similar": similar or []}
    return render(request, "storefront/questions.html", context, status=status)


def _ask(request: HttpRequest, product: Product) -> HttpResponse:
    """The question, unless one like it is there and the asker has not seen it yet."""
    user = member(request)
    if user is None:
        return to_sign_in(request, reverse("questions", args=[product.slug]))
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _list(request, product, form, status=REFUSED)
    text = form.cleaned_data["text"]
    similar = [] if request.POST.get("anyway") else similar_questions(product.pk, text)
    if similar:
        return _list(request, product, form, similar=similar)
    try:
        asked = ask_question(
            product_id=product.pk,
            user_id=user.pk,
            author=_name(user),
            text=text,
            language=language_of(text, get_language() or "en"),
            at=timezone.now(),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _list(request, product, form, status=error.status)
    if not asked.is_visible:
        messages.success(request, _("Thank you. Somebody of the marketplace looks at your question before it is shown."))
        return redirect("questions", product.slug)
    messages.success(request, _("Your question is there. You get a mail when somebody answers."))
    return redirect("question", product.slug, asked.pk)


def _name(user: User) -> str:
    return masked(user.name or user.email.partition("@")[0])


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str, question_id: uuid.UUID) -> HttpResponse:
    """One question with its answers; who bought the product can answer it, once."""
    product = published_product(slug)
    row = visible_question(product.pk, question_id)
    user = member(request)
    if request.method == "POST":
        return _answer(request, product, row, user)
    return _page(request, product, row, user)


def _answer(request: HttpRequest, product: Product, row: Question, user: User | None) -> HttpResponse:
    if user is None:
        return to_sign_in(request, reverse("question", args=[product.slug, row.pk]))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, product, row, user, form, status=REFUSED)
    text = form.cleaned_data["text"]
    language = language_of(text, get_language() or "en")
    try:
        answer = answer_as_buyer(question_id=row.pk, user_id=user.pk, text=text, language=language, at=timezone.now())
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, product, row, user, form, status=error.status)
    shown = _("Thank you for your answer.")
    messages.success(
        request, shown if answer.is_visible else _("Thank you. Somebody of the marketplace looks at your answer before it is shown.")
    )
    return redirect("question", product.slug, row.pk)


def _page(
    request: HttpRequest, product: Product, row: Question, user: User | None, form: AnswerForm | None = None, *, status: int = 200
) -> HttpResponse:
    answers: list[Answer] = row.shown  # type: ignore[attr-defined]  # prefetched
    has_answered = user is not None and Answer.objects.filter(question=row, user=user, by_merchant=False).exists()
    can_answer = user is not None and not has_answered and bought_as(user.pk, product.pk) is not None
    own = own_answer_votes(user.pk, [answer.pk for answer in answers]) if user else set()
    context: dict[str, Any] = {
        "product": product,
        "merchant_name": product.merchant.text("name", get_language() or "en"),
        "question": row,
        "votes": {answer.pk: "true" if answer.pk in own else "false" for answer in answers},
        "form": form or (AnswerForm() if can_answer else None),
        "has_answered": has_answered,
        "token": get_token(request),
    }
    return render(request, "storefront/question.html", context, status=status)


@require_POST
def helpful(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Say that an answer helped, or take that back."""
    user = member(request)
    if user is None:
        found = Answer.objects.filter(pk=answer_id, status=Answer.Status.VISIBLE).select_related("question__product").first()
        return to_sign_in(request, _address(found) if found else "/")
    is_helpful = request.POST.get("was") != "true"
    row = set_answer_helpful(answer_id=answer_id, user_id=user.pk, is_helpful=is_helpful, at=timezone.now())
    if "HX-Request" in request.headers:
        return vote_button(request, "answer-helpful", row, is_helpful=is_helpful)
    messages.success(request, _("Thank you. You find this answer helpful.") if is_helpful else _("Your vote is taken back."))
    return redirect(_address(row))


def _address(row: Answer) -> str:
    return reverse("question", args=[row.question.product.slug, row.question_id])
