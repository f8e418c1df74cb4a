from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError
from payments.models import GiftCardPurchase
from payments.selectors import latest_attempt
from payments.services import attempts, gift_cards
from payments.services.bank_transfers import transfer_of
from payments.services.gift_cards import Present
from payments.states import CAPTURED, AttemptStatus, GiftPurchaseStatus
from storefront.baskets import member
from storefront.forms.gift_cards import CodeForm, GiftCardForm
from storefront.gift_codes import find_card
from storefront.tenders import gift_tenders
from storefront.views.pay import SEE_OTHER, on_this_host


@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HttpRequest) -> HttpResponse:
    """A gift card for somebody: value, recipient, message, and straight on to the payment provider."""
    user, offered = member(request), gift_tenders()
    choices = [(tender.code, tender.label) for tender in offered]
    if request.method != "POST":
        first = str(settings.GIFT_CARD_VALUES_MINOR[0])
        known = {"email": user.email, "giver": user.name} if user else {}
        form = GiftCardForm(gateways=choices, initial={"value": first, **known})
        return render(request, "storefront/gift_cards.html", {"form": form, "tenders": offered})
    form = GiftCardForm(request.POST, gateways=choices)
    if not form.is_valid():
        return render(request, "storefront/gift_cards.html", {"form": form, "tenders": offered}, status=422)
    typed = {name: form.cleaned_data[name] for name in ("email", "recipient", "giver", "message")}
    present = Present(
        value_minor=form.cleaned_data["value"],
        currency=settings.CURRENCY,
        language=get_language() or settings.LANGUAGE_CODE,
        user_id=user.pk if user else None,
        **typed,
    )
    return _to_provider(request, gift_cards.order(present=present, at=timezone.now()), form.gateway_code)


@require_http_methods(["GET", "HEAD", "POST"])
def bought(request: HttpRequest, token: str) -> HttpResponse:
    """The buyer's page of one gift card: pay it, see where it is, give it back. The token in the address is the permission."""
    purchase = _purchase(token)
    if request.method == "POST" and purchase.status == GiftPurchaseStatus.AWAITING_PAYMENT:
        return _to_provider(request, purchase, request.POST.get("gateway", ""))
    return _page(request, purchase)


def _page(request: HttpRequest, purchase: GiftCardPurchase, refusal: DomainError | None = None) -> HttpResponse:
    attempt = latest_attempt(purchase.pk) if purchase.status == GiftPurchaseStatus.AWAITING_PAYMENT else None
    card = getattr(purchase, "card", None)
    context: dict[str, Any] = {
        "purchase": purchase,
        "tenders": gift_tenders(),
        "transfer": transfer_of(attempt),
        "has_failed": attempt is not None and attempt.status == AttemptStatus.FAILED,
        "is_unused": card is not None and gift_cards.view_of(card).balance_minor == card.value_minor,
        "refusal": refusal,
    }
    return render(request, "storefront/gift_card.html", context, status=refusal.status if refusal else 200)


def _to_provider(request: HttpRequest, purchase: GiftCardPurchase, gateway: str) -> HttpResponse:
    back = settings.SITE_URL + reverse("gift-card-return", args=[purchase.token])
    try:
        attempt = attempts.start_attempt(
            reference=purchase.pk,
            amount_minor=purchase.value_minor,
            currency=purchase.currency,
            gateway=gateway or next((tender.code for tender in gift_tenders()), ""),
            return_url=back,
            description=_("Gift card"),
            at=timezone.now(),
        )
    except DomainError as error:
        return _page(request, purchase, refusal=error)
    return HttpResponseRedirect(on_this_host(attempt.redirect_url or back), status=SEE_OTHER)


@require_GET
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Where the provider sends the buyer back. What the address claims is ignored; the provider is asked."""
    purchase = _purchase(token)
    attempt = latest_attempt(purchase.pk)
    if attempt is not None and attempt.status not in {*CAPTURED, AttemptStatus.FAILED}:
        attempt = attempts.refreshed(attempt=attempt, at=timezone.now())
    if attempt is not None and attempt.status == AttemptStatus.SUCCEEDED:
        gift_cards.mark_paid(
            purchase_id=purchase.pk, attempt_id=attempt.pk, amount_minor=attempt.amount_minor, currency=attempt.currency, at=timezone.now()
        )
    return redirect("gift-card", token)


@require_POST
def give_back(request: HttpRequest, token: str) -> HttpResponse:
    """The buyer changes their mind while nothing of the card is used."""
    purchase, user = _purchase(token), member(request)
    try:
        gift_cards.give_back(
            purchase_id=purchase.pk, actor=f"shopper:{user.pk if user else 'guest'}", reason="by the buyer", at=timezone.now()
        )
    except DomainError as error:
        return _page(request, purchase, refusal=error)
    messages.success(request, _("The gift card is blocked and the money is on its way back."))
    return redirect("gift-card", token)


@require_http_methods(["GET", "HEAD", "POST"])
def balance(request: HttpRequest) -> HttpResponse:
    """What is on the card whose code was typed. Wrong codes are limited, and all of them have the same answer."""
    form = CodeForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                context["card"], status = find_card(request, form.cleaned_data["code"]), 200
            except DomainError as error:
                form.add_error("code", str(error))
                status = error.status
    return render(request, "storefront/gift_card_balance.html", context, status=status)


def _purchase(token: str) -> GiftCardPurchase:
    found = GiftCardPurchase.objects.select_related("card").filter(token=token[:48]).first()
    if found is None or len(token) > 48:
        raise Http404
    return found
