from dataclasses import dataclass
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
from loyalty import rules as loyalty
from loyalty.selectors import balance
from orders.errors import CartEmpty
from orders.models import Cart, Checkout
from orders.selectors import CartView, cart_view
from orders.selectors.taxes import taxes_of_cart
from orders.services import checkout as placing
from orders.states import CheckoutStatus
from storefront.baskets import cart_of, counted, member
from storefront.currencies import current
from storefront.forms.checkout import CheckoutForm
from storefront.guests import remember_purchase
from storefront.origins import mark_device, remember_origin
from storefront.tenders import known_tenders, tenders_for_cart
from storefront.views.cart import cart_page
from storefront.views.pay import to_provider_once_placed


@dataclass(frozen=True)
class Offer:
    """Points the member may use here and what they are worth."""

    points: int
    value_minor: int
    total_minor: int


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Contact, address and total on one page; placing leads straight to the payment provider."""
    row = cart_of(request)
    if request.method == "POST":
        return _place(request, row)
    view = counted(request, cart_view(row, get_language(), current()))
    if view.is_empty or view.has_problems:
        return redirect("cart")
    form = CheckoutForm(gateways=_gateways(), conversion=current(), initial=_initial(member(request), view))
    return _page(request, form, view)


def _place(request: HttpRequest, row: Cart | None) -> HttpResponse:
    if row is None:
        return cart_page(request, row, refusal=CartEmpty())
    form = CheckoutForm(request.POST, gateways=_gateways(), conversion=current())
    if not form.is_valid():
        return _page(request, form, counted(request, cart_view(row, get_language(), current())), status=422)
    user = member(request)
    try:
        form.refuse_other_currency()
        placed = placing.place_order(
            cart_id=row.pk,
            key=form.cleaned_data["key"],
            buyer=form.buyer(user.pk if user else None, get_language() or settings.LANGUAGE_CODE),
            points=form.points_used,
            expected_total_minor=form.expected_total_minor,
            at=timezone.now(),
            conversion=form.conversion,
        )
    except DomainError as error:
        return _refused(request, form, row, error)
    return _to_payment(request, form, placed)


def _refused(request: HttpRequest, form: CheckoutForm, row: Cart, error: DomainError) -> HttpResponse:
    """The same form with the reason and today's total; nothing was placed."""
    view = counted(request, cart_view(row, get_language(), current()))
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


def _page(request: HttpRequest, form: CheckoutForm, view: CartView, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "cart": view, "offer": _offer(member(request), view), "tenders": tenders_for_cart(view)}
    country = str(form["country"].value() or settings.OPERATOR_COUNTRY)
    context |= {"taxes": taxes_of_cart(view, country, timezone.now()), "taxes_to": country}
    return render(request, "storefront/checkout.html", context, status=status)


def _offer(user: User | None, view: CartView) -> Offer | None:
    if user is None:
        return None
    points = loyalty.max_points(view.goods_minor, balance(user.pk, timezone.now()), conversion=current())
    worth = loyalty.value_minor(points, conversion=current())
    return Offer(points, worth, view.total_minor - worth) if points else None


def _initial(user: User | None, view: CartView) -> dict[str, Any]:
    known: dict[str, Any] = {"key": uuid7(), "seen_total": view.total_minor, "seen_currency": view.currency}
    if user is not None:
        known |= {"email": user.email, "name": user.name}
        book = Address.objects.filter(user=user).order_by("-is_default", "-created_at")
        known |= book.values("name", "phone", "address", "city", "postcode", "country").first() or {}
    return known


def _gateways() -> list[tuple[str, Any]]:
    """What a form may say. Whether this purchase may be paid so is decided once it is placed."""
    return [(tender.code, tender.label) for tender in known_tenders()]
