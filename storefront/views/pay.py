from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from core.errors import DomainError
from orders.errors import ExtraCheckNeeded
from orders.models import Checkout
from orders.services import cancellation
from orders.services import payment as paying
from orders.services.cash import confirm_cash
from orders.states import CheckoutStatus
from payments.selectors import latest_attempt
from payments.services.bank_transfers import transfer_of
from payments.states import AttemptStatus
from storefront.baskets import member
from storefront.guests import open_by_mail, purchase
from storefront.tenders import BANK, CASH, known_tenders, tenders_for_purchase
from storefront.views.pay_check import to_check

SEE_OTHER = 303
DONE = (CheckoutStatus.PAID, CheckoutStatus.CONFIRMED)


def pay(request: HttpRequest, number: str) -> HttpResponse:
    """The unpaid purchase with its deadline and the ways to pay it."""
    if request.method == "POST":
        return _start(request, number)
    return _show(request, number)


@require_safe
def _show(request: HttpRequest, number: str) -> HttpResponse:
    if request.GET.get("t"):
        return open_by_mail(request, number, "pay")
    checkout = purchase(request, number)
    if checkout.status in DONE:
        return redirect("confirmation", number)
    return _page(request, checkout)


def _page(request: HttpRequest, checkout: Checkout, refusal: DomainError | None = None) -> HttpResponse:
    attempt = latest_attempt(checkout.pk)
    offered = tenders_for_purchase(checkout)
    transfer = transfer_of(attempt)
    context = {
        "checkout": checkout,
        "tenders": offered,
        "other_tenders": [tender for tender in offered if tender.code != BANK],
        "transfer": transfer,
        "is_open": checkout.status == CheckoutStatus.AWAITING_PAYMENT,
        "has_failed": attempt is not None and attempt.status == AttemptStatus.FAILED,
        "refusal": refusal,
    }
    return render(request, "storefront/pay.html", context, status=refusal.status if refusal else 200)


@require_POST
def _start(request: HttpRequest, number: str) -> HttpResponse:
    checkout = purchase(request, number)
    codes = [tender.code for tender in known_tenders()]
    wanted = request.POST.get("gateway") or next(iter(codes), "")
    try:
        return _to_provider(request, checkout, wanted)
    except DomainError as error:
        checkout.refresh_from_db()
        if checkout.status in DONE:
            raise  # the payment page has nothing to say about it
        return _page(request, checkout, refusal=error)


def to_provider_once_placed(request: HttpRequest, checkout: Checkout, gateway: str) -> HttpResponse:
    """Send the shopper to the provider's page. The order stands already: where that page cannot be opened now, ours says why."""
    try:
        return _to_provider(request, checkout, gateway)
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("pay", args=[checkout.number]), status=SEE_OTHER)


def _to_provider(request: HttpRequest, checkout: Checkout, gateway: str) -> HttpResponse:
    try:
        return _to_door(request, checkout) if gateway == CASH.code else _to_page(checkout, gateway)
    except ExtraCheckNeeded:
        return to_check(checkout)


def _to_door(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    user = member(request)
    confirm_cash(checkout_id=checkout.pk, actor=f"shopper:{user.pk if user else 'guest'}", at=timezone.now())
    return HttpResponseRedirect(reverse("confirmation", args=[checkout.number]), status=SEE_OTHER)


def _to_page(checkout: Checkout, gateway: str) -> HttpResponse:
    back = settings.SITE_URL + reverse("pay-return", args=[checkout.number])
    attempt = paying.start_payment(checkout=checkout, gateway=gateway, return_url=back, at=timezone.now())
    if not attempt.redirect_url:
        return HttpResponseRedirect(reverse("pay-return", args=[checkout.number]), status=SEE_OTHER)
    return HttpResponseRedirect(on_this_host(attempt.redirect_url), status=SEE_OTHER)


@require_GET
def pay_return(request: HttpRequest, number: str) -> HttpResponse:
    """Where the provider sends the shopper back. What the address claims is ignored; the provider is asked."""
    checkout = paying.settle(checkout_id=purchase(request, number).pk, at=timezone.now())
    if checkout.status in DONE:
        return _go(request, reverse("confirmation", args=[number]))
    attempt = latest_attempt(checkout.pk)
    is_waiting = checkout.status == CheckoutStatus.AWAITING_PAYMENT and attempt and attempt.status != AttemptStatus.FAILED
    if is_waiting and transfer_of(attempt) is None:
        return render(request, "storefront/pay_waiting.html", {"checkout": checkout, "attempt": attempt})
    return _go(request, reverse("pay", args=[number]))


def _go(request: HttpRequest, path: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": path})
    return redirect(path)


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """The shopper gives an unpaid purchase up; everything in it goes back."""
    checkout = purchase(request, number)
    user = member(request)
    cancellation.cancel_checkout(checkout_id=checkout.pk, actor=f"shopper:{user.pk if user else 'guest'}", at=timezone.now())
    messages.success(request, _("The order is cancelled. Nothing was charged."))
    return redirect("order", number)


def on_this_host(url: str) -> str:
    """Our own pages without the host, so the shopper stays on the name they came by and keeps their cookies."""
    return url.removeprefix(settings.SITE_URL) or "/"
