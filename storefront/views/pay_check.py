"""The extra check before a payment: a code from a mail."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from orders.models import Checkout
from orders.services import risk
from orders.states import CheckoutStatus
from payments.errors import CodeTooSoon
from payments.risk_selectors import challenge_of
from payments.services.risk import confirm_code
from storefront.guests import purchase

MOST_CODE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def pay_check(request: HttpRequest, number: str) -> HttpResponse:
    """Type the code that was mailed, or ask for another one; then on to the payment."""
    checkout = purchase(request, number)
    if checkout.status != CheckoutStatus.AWAITING_PAYMENT:
        return redirect("pay", number)
    try:
        if request.method != "POST":
            return _opened(request, checkout)
        if "again" in request.POST:
            risk.ask_for_code(checkout=checkout, at=timezone.now())
            messages.success(request, _("We have sent you a new code."))
            return redirect("pay-check", number)
        confirm_code(reference=checkout.pk, code=request.POST.get("code", "")[:MOST_CODE], at=timezone.now())
    except DomainError as error:
        return _page(request, checkout, refusal=error)
    return redirect("pay", number)


def to_check(checkout: Checkout) -> HttpResponse:
    """Send the first code and the shopper to the page that asks for it."""
    if challenge_of(checkout.pk) is None:
        with suppress(CodeTooSoon):  # the same shopper's other tab has just sent it
            risk.ask_for_code(checkout=checkout, at=timezone.now())
    return HttpResponseRedirect(reverse("pay-check", args=[checkout.number]), status=303)


def _opened(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """Looking at the page sends nothing; the first code was sent when the payment was to start."""
    challenge = challenge_of(checkout.pk)
    if challenge is None or challenge.passed_at is not None:
        return redirect("pay", checkout.number)
    return _page(request, checkout)


def _page(request: HttpRequest, checkout: Checkout, refusal: DomainError | None = None) -> HttpResponse:
    context = {"checkout": checkout, "refusal": refusal, "masked": masked(checkout.email)}
    return render(request, "storefront/pay_check.html", context, status=refusal.status if refusal else 200)


def masked(email: str) -> str:
    """An address as its owner recognises it and nobody else can use it: l…a@example.com."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{domain}"
