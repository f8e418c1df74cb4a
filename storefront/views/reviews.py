"""Reading reviews: pages of them, one of them with its photos; finding them helpful, reporting them."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import Review
from catalog.selectors.moderation import SUBJECTS, place_of
from catalog.selectors.products import published_product
from catalog.selectors.reviews import photo_for, rating_of, visible_review
from catalog.services import moderation
from catalog.services.review_answers import set_helpful
from catalog.services.review_photos import private_path
from core.errors import DomainError
from storefront.baskets import member
from storefront.forms.review import ReportForm
from storefront.refusals import refusal
from storefront.review_block import block_of, page_query, votes, wish_of
from storefront.views.cases import private_picture

PAGES = {"question": "question", "answer": "question"}


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """The reviews of a product, page by page; the product's page shows the first."""
    product = published_product(slug)
    wish = wish_of(request.GET)
    if not wish.page:
        raise Http404
    block = block_of(product, rating_of(product.card), wish)
    if wish.page > 1 and not block.page.reviews:
        raise Http404
    context = {
        "product": product,
        "merchant_name": product.merchant.text("name", get_language() or "en"),
        "listed": block,
        "votes": votes(member(request), [review.pk for review in block.page.reviews]),
        "previous_href": page_query(wish, wish.page - 1),
        "token": get_token(request),
    }
    return render(request, "storefront/reviews.html", context)


@require_safe
def review(request: HttpRequest, slug: str, review_id: uuid.UUID) -> HttpResponse:
    """One review, with its photos in full."""
    product = published_product(slug)
    row = visible_review(product.pk, review_id)
    context = {
        "product": product,
        "merchant_name": product.merchant.text("name", get_language() or "en"),
        "review": row,
        "votes": votes(member(request), [row.pk]),
        "token": get_token(request),
    }
    return render(request, "storefront/review.html", context)


@require_POST
def helpful(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Say that a review helped, or take that back; the form says how it stood when the button was pressed."""
    user = member(request)
    if user is None:
        row = Review.objects.filter(pk=review_id, status=Review.Status.VISIBLE).select_related("product").first()
        return to_sign_in(request, _address(row) if row else "/")
    is_helpful = request.POST.get("was") != "true"
    row = set_helpful(review_id=review_id, user_id=user.pk, is_helpful=is_helpful, at=timezone.now())
    if "HX-Request" in request.headers:
        return vote_button(request, "review-helpful", row, is_helpful=is_helpful)
    messages.success(request, _("Thank you. You find this review helpful.") if is_helpful else _("Your vote is taken back."))
    return redirect(_address(row))


def vote_button(request: HttpRequest, action: str, row: Any, *, is_helpful: bool) -> HttpResponse:
    """The button as it is after it was pressed."""
    context = {"action": action, "row": row, "pressed": "true" if is_helpful else "false", "token": get_token(request)}
    return render(request, "storefront/components/helpful.html", context)


def to_sign_in(request: HttpRequest, back: str) -> HttpResponse:
    """Guests are asked to sign in and come back to what they were reading."""
    url = f"{reverse('account_login')}?next={back}"
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _address(row: Review) -> str:
    return reverse("review-shown", args=[row.product.slug, row.pk])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, subject_id: uuid.UUID) -> HttpResponse:
    """Tell the marketplace that something breaks the rules."""
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    if kind not in SUBJECTS:
        raise Http404
    back = reverse(PAGES.get(kind, "review-shown"), args=place_of(kind, subject_id))
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moderation.report(kind=kind, subject_id=subject_id, user_id=user.pk, at=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                return refusal(request, error)
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. We will look at it."))
            return redirect(back)
    return render(request, "storefront/report.html", {"form": form, "back": back}, status=422 if form.errors else 200)


@require_safe
def photo(request: HttpRequest, photo_id: uuid.UUID) -> FileResponse:
    """A photo that is not, or not yet, for everybody: for its author and the marketplace."""
    user, row = member(request), photo_for(photo_id)
    if user is None or row is None or not (row.review.user_id == user.pk or user.has_perm("catalog.view_moderationitem")):
        raise Http404
    return private_picture(private_path(row))
