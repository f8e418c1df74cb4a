"""Asking shops for a price, and agreeing to it."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from catalog.rules.options import in_order, labels_in
from catalog.selectors import SellableVariant, sellable_variants
from core.errors import DomainError
from core.states import history
from orders.errors import QuoteNotFound, VariantNotFound
from orders.models import Quote
from orders.selectors import database_now
from orders.services import quotes as service
from orders.states import QuoteStatus
from storefront.baskets import member
from storefront.forms.quotes import AskForm

PER_PAGE = 20


def _member(request: HttpRequest) -> User:
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    return user


@login_required
@require_safe
def quotes(request: HttpRequest) -> HttpResponse:
    """The member's requests, newest first."""
    rows = Quote.objects.filter(user=_member(request)).select_related("variant__product__card", "merchant").order_by("-created_at")
    return render(request, "storefront/quotes.html", {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the price of many pieces of a variant."""
    variant = _variant(request.GET.get("v", ""))
    form = AskForm(request.POST or None, initial={"quantity": max(10, variant.min_quantity)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = service.ask_for_quote(user=_member(request), variant_id=variant.variant_id, at=timezone.now(), **form.cleaned_data)
            except DomainError as error:
                form.add_error("quantity" if error.code == "invalid_quantity" else None, str(error))
                status = error.status
            else:
                messages.success(request, _("The shop has been asked. You get a mail when it answers."))
                return redirect("quote", quote_id=made.pk)
    return render(request, "storefront/quote_ask.html", {"variant": variant, "form": form}, status=status)


def _variant(text: str) -> SellableVariant:
    try:
        found = sellable_variants([uuid.UUID(text)])
    except ValueError:
        raise VariantNotFound from None
    if not found:
        raise VariantNotFound
    return next(iter(found.values()))


@login_required
@require_safe
def quote(request: HttpRequest, quote_id: uuid.UUID) -> HttpResponse:
    """One request: what was asked, what was offered, until when, and what one can do."""
    return _page(request, quote_id)


def _page(request: HttpRequest, quote_id: uuid.UUID, refusal: DomainError | None = None) -> HttpResponse:
    rows = Quote.objects.select_related("variant__product__card", "merchant", "checkout")
    row = rows.filter(pk=quote_id, user=_member(request)).first()
    if row is None:
        raise QuoteNotFound
    names = dict(QuoteStatus.choices)
    steps = [(names.get(QuoteStatus(move.to_status)), move.at) for move in history(row)]
    options = labels_in(row.variant.product.options, in_order(row.variant.product.options, row.variant.options), get_language() or "en")
    context = {"quote": row, "options": options, "refusal": refusal, "steps": [(names[QuoteStatus.REQUESTED], row.created_at), *steps]}
    return render(request, "storefront/quote.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def act(request: HttpRequest, quote_id: uuid.UUID, action: str) -> HttpResponse:
    """Accept, or give up."""
    user = _member(request)
    actions: dict[str, Callable[[], object]] = {
        "accept": lambda: service.accept_quote(quote_id=quote_id, user=user, at=database_now()),
        "give-up": lambda: service.give_up_quote(quote_id=quote_id, user=user, at=timezone.now()),
    }
    if action not in actions:
        raise QuoteNotFound
    try:
        actions[action]()
    except QuoteNotFound:
        raise
    except DomainError as error:
        return _page(request, quote_id, error)
    if action == "accept":
        messages.success(request, _("It is in your cart at the agreed price."))
        return redirect("cart")
    return redirect("quote", quote_id=quote_id)
