"""A member's own reviews: look at them, change them, add something later, delete them."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from catalog.models import Review
from catalog.rules.reviews import has_sizes, is_open, language_of
from catalog.selectors.reviews import own_review, reasons_for, reviews_by
from catalog.services.reviews import add_later, edit_review, withdraw_review
from core.errors import DomainError
from storefront.forms.review import AdditionForm, EditForm
from storefront.views.orders import thanks

PER_PAGE = 10
REFUSED = 422


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required
    return user


def may_edit(row: Review) -> bool:
    return row.status != Review.Status.HIDDEN and is_open(row.created_at, settings.REVIEW_EDIT_DAYS, timezone.now())


def may_add(row: Review) -> bool:
    has_one = getattr(row, "addition", None) is not None
    return row.status != Review.Status.HIDDEN and not has_one and is_open(row.created_at, settings.REVIEW_ADDITION_DAYS, timezone.now())


@login_required
@require_safe
def own_reviews(request: HttpRequest) -> HttpResponse:
    """All of them, newest first, with what may still be done."""
    paginator = Paginator(reviews_by(_user(request).pk), PER_PAGE)
    page = request.GET.get("page", "1")
    if not page.isdecimal() or len(page) > 6 or not 1 <= int(page) <= paginator.num_pages:
        raise Http404
    shown = paginator.page(int(page))
    rows = list(shown.object_list)
    reasons = reasons_for([row.pk for row in rows if row.status == Review.Status.HIDDEN])
    context = {"page": shown, "rows": [(row, may_edit(row), may_add(row), reasons.get(row.pk, "")) for row in rows]}
    return render(request, "storefront/own_reviews.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Change stars, words and photos while the time for it lasts."""
    user = _user(request)
    row = own_review(user.pk, review_id)
    said = {"stars": row.stars, "text": row.text, "service": row.service, "delivery": row.delivery, "fit": row.fit}
    data: Any = (request.POST, request.FILES) if request.method == "POST" else ()
    photos = [photo for photo in row.kept if photo.addition_id is None]  # type: ignore[attr-defined]  # prefetched
    form = EditForm(*data, initial=said, has_sizes=has_sizes(row.product.options), photos=photos)
    if data and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            written = edit_review(
                review_id=row.pk,
                user_id=user.pk,
                stars=form.cleaned_data["stars"],
                text=text,
                language=language_of(text, get_language() or "en"),
                at=timezone.now(),
                details=form.details,
                drop_photos=[uuid.UUID(key) for key in form.cleaned_data["drop"]],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your review is changed.") if written.is_visible else thanks(written))
            return redirect("own-reviews")
    context = {"form": form, "review": row, "is_open": may_edit(row), "days": settings.REVIEW_EDIT_DAYS}
    return render(request, "storefront/own_review_edit.html", context, status=REFUSED if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Say more after some time of use, once."""
    user = _user(request)
    row = own_review(user.pk, review_id)
    data: Any = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AdditionForm(*data)
    if data and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            add_later(
                review_id=row.pk,
                user_id=user.pk,
                text=text,
                language=language_of(text, get_language() or "en"),
                photos=form.cleaned_data["photos"],
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. It stands below your review."))
            return redirect("own-reviews")
    context = {"form": form, "review": row, "is_open": may_add(row)}
    return render(request, "storefront/own_review_add.html", context, status=REFUSED if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Take a review back, after being asked."""
    user = _user(request)
    row = own_review(user.pk, review_id)
    if request.method != "POST":
        return render(request, "storefront/own_review_delete.html", {"review": row})
    withdraw_review(review_id=row.pk, user_id=user.pk, at=timezone.now())
    messages.success(request, _("Your review is deleted."))
    return redirect("own-reviews")
