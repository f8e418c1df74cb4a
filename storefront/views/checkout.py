from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.models import Address, User
from core.errors import DomainError
from core.ids import uuid7
from logistics.rules import Destination
from orders.errors import CartEmpty
from orders.models import Cart, Checkout
from orders.selectors import CartView, cart_view
from orders.selectors.taxes import taxes_of_cart
from orders.selectors.ways import choose_ways
from orders.services import checkout as placing
from orders.states import CheckoutStatus
from payments.errors import GiftCardEmpty, GiftCardOfAnotherCurrency
from storefront.baskets import cart_of, counted, member
from storefront.checkout_summary import Chosen, credits_for, forget_cards, keep_card, summarise
from storefront.currencies import current
from storefront.duties import duties_shown, refuse_unseen_duties
from storefront.forms.checkout import CheckoutForm
from storefront.gift_codes import find_card
from storefront.guests import remember_purchase
from storefront.origins import mark_device, remember_origin
from storefront.tenders import known_tenders, tenders_for_cart
from storefront.traders import trader_of
from storefront.views.cart import cart_page
from storefront.views.pay import to_provider_once_placed
from storefront.ways import chosen_ways, shown_ways


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Contact, address and total on one page; placing leads straight to the payment provider."""
    row = cart_of(request)
    if request.method == "POST":
        return _place(request, row)
    known = _known(member(request))
    view = _sum_up(request, row, known)
    if view.is_empty or view.has_problems:
        return redirect("cart")
    form = CheckoutForm(gateways=_gateways(), conversion=current(), cart=view, initial=_initial(known, view))
    return _page(request, form, view)


def _place(request: HttpRequest, row: Cart | None) -> HttpResponse:
    if row is None:
        return cart_page(request, row, refusal=CartEmpty())
    if "apply" in request.POST:
        return _apply(request, row)
    view = _sum_up(request, row, request.POST)
    form = CheckoutForm(request.POST, gateways=_gateways(), conversion=current(), cart=view)
    if not form.is_valid():
        return _page(request, form, view, status=422)
    user = member(request)
    try:
        form.refuse_other_currency()
        total, currency = form.expected_total_minor, form.conversion.currency
        credits = credits_for(request, user, total, currency, use_credit=form.cleaned_data["credit"])
        form.refuse_other_due(total - credits.total_minor)
        refuse_unseen_duties(request, view, form)
        placed = placing.place_order(
            cart_id=row.pk,
            key=form.cleaned_data["key"],
            buyer=replace(form.buyer(user, get_language() or settings.LANGUAGE_CODE), ways=chosen_ways(request, view)),
            points=form.points_used,
            expected_total_minor=total,
            at=timezone.now(),
            conversion=form.conversion,
            credit=credits.wishes,
        )
    except DomainError as error:
        return _refused(request, form, row, error)
    if credits.cards:
        forget_cards(request)
    return _to_payment(request, form, placed)


def _apply(request: HttpRequest, row: Cart) -> HttpResponse:
    """A box was ticked, or a gift card's code entered: the sum again, as the server counts it. Nothing is placed."""
    view = _sum_up(request, row, request.POST)
    refusal = _enter_card(request, view.currency)
    if view.is_empty:
        return cart_page(request, row, refusal=CartEmpty())
    typed = {name: value for name, value in request.POST.items() if name in CheckoutForm.base_fields}
    initial = {**_initial(_known(member(request)), view), **typed}
    form = CheckoutForm(gateways=_gateways(), conversion=current(), cart=view, initial=initial)
    status = refusal.status if refusal else 200
    if "HX-Request" not in request.headers:
        return _page(request, form, view, status=status, refusal=refusal)
    context = _context(request, form, view, refusal)
    return render(request, "storefront/components/checkout_summary.html", {**context, "is_swap": True}, status=status)


def _enter_card(request: HttpRequest, currency: str) -> DomainError | None:
    if removed := request.POST.get("remove_card", ""):
        forget_cards(request, only=removed)
    if removed or request.POST.get("apply") != "gift_card":
        return None
    try:
        card = find_card(request, request.POST.get("gift_card", ""))
        if card.currency != currency:
            raise GiftCardOfAnotherCurrency
        if not card.balance_minor:
            raise GiftCardEmpty
        keep_card(request, card)
    except DomainError as error:
        return error
    return None


def _refused(request: HttpRequest, form: CheckoutForm, row: Cart, error: DomainError) -> HttpResponse:
    """The same form with the reason and today's total; nothing was placed."""
    view = _sum_up(request, row, request.POST)
    if view.is_empty:
        return cart_page(request, row, refusal=error)
    form.add_error(None, str(error))
    form.show_total(view.total_minor)
    return _page(request, form, view, status=error.status)


def _to_payment(request: HttpRequest, form: CheckoutForm, placed: Checkout) -> HttpResponse:
    if placed.user_id is None:
        remember_purchase(request, placed.number, placed.token)
    if placed.status != CheckoutStatus.AWAITING_PAYMENT:
        return redirect("confirmation", placed.number)
    device = remember_origin(request, placed)
    return mark_device(to_provider_once_placed(request, placed, form.gateway_code), device)


def _page(request: HttpRequest, form: CheckoutForm, view: CartView, status: int = 200, refusal: DomainError | None = None) -> HttpResponse:
    return render(request, "storefront/checkout.html", _context(request, form, view, refusal), status=status)


def _context(request: HttpRequest, form: CheckoutForm, view: CartView, refusal: DomainError | None) -> dict[str, Any]:
    summary = summarise(request, view, _chosen(request))
    offered = tenders_for_cart(view, summary.due_minor)
    country = str(form["country"].value() or settings.OPERATOR_COUNTRY)
    taxes = {"taxes": taxes_of_cart(view, country, timezone.now()), "taxes_to": country, "duties": duties_shown(view, form)}
    ways = shown_ways(view, str(form["city"].value() or "") if "city" in form.fields else "", timezone.now())
    return {
        "ways": ways,
        "form": form,
        "cart": view,
        "offer": summary.offer,
        "summary": summary,
        "tenders": offered,
        "card_refusal": refusal,
        **taxes,
    }


def _chosen(request: HttpRequest) -> Chosen:
    points = request.POST.get("points", "")
    return Chosen(points=int(points) if points.isdecimal() and len(points) < 10 else 0, credit=bool(request.POST.get("credit")))


def _sum_up(request: HttpRequest, row: Cart | None, address: Mapping[str, Any]) -> CartView:
    """The cart as it costs sent to an address: the one typed, else the member's own, else the country that the form offers first."""
    to = Destination(str(address.get("country") or settings.OPERATOR_COUNTRY), str(address.get("postcode") or ""))
    view = counted(request, cart_view(row, get_language(), current(), trader_of(request), to))
    return choose_ways(view, chosen_ways(request, view), to, current(), timezone.now())


def _known(user: User | None) -> dict[str, Any]:
    """Who a member is and where they live."""
    if user is None:
        return {}
    book = Address.objects.filter(user=user).order_by("-is_default", "-created_at")
    known: dict[str, Any] = {"email": user.email, "name": user.name}
    known |= book.values("name", "phone", "address", "city", "postcode", "country").first() or {}
    return known


def _initial(known: dict[str, Any], view: CartView) -> dict[str, Any]:
    return {"key": uuid7(), "seen_total": view.total_minor, "seen_currency": view.currency} | known


def _gateways() -> list[tuple[str, Any]]:
    """What a form may say. Whether this purchase may be paid so is decided once it is placed."""
    return [(tender.code, tender.label) for tender in known_tenders()]
