import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from orders.errors import CartLineNotFound, VariantNotFound
from orders.models import Cart
from orders.selectors import cart_view
from orders.selectors.taxes import taxes_of_cart
from orders.services import carts
from recommend.selectors import bought_with
from storefront.baskets import adopt_cart, cart_of, cart_token, counted, member, remember_cart
from storefront.currencies import current
from storefront.personalising import typed_answers
from storefront.preferences import come_back_to
from storefront.refusals import toast
from storefront.traders import trader_of
from storefront.views.product import product_with_refusal

SUGGESTIONS = 10


@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    """The cart with today's prices and stock, one block per merchant."""
    return cart_page(request, cart_of(request))


def cart_page(request: HttpRequest, row: Cart | None, *, refusal: DomainError | None = None) -> HttpResponse:
    """The whole page, or for htmx only its changing part; `refusal` is said on top and gives the status."""
    language = get_language() or "en"
    come_back_to(request, reverse("cart"))
    view = counted(request, cart_view(row, language, current(), trader_of(request)))
    context: dict[str, Any] = {"cart": view, "refusal": refusal, "is_partial": "HX-Request" in request.headers}
    # Nobody has said yet where it goes.
    context |= {"taxes": taxes_of_cart(view, settings.OPERATOR_COUNTRY, timezone.now()), "taxes_to": settings.OPERATOR_COUNTRY}
    if not context["is_partial"]:
        context["suggestions"] = bought_with(view.product_ids, SUGGESTIONS, language) if view.product_ids else []
    template = "storefront/components/cart_body.html" if context["is_partial"] else "storefront/cart.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


@require_GET
def mini(request: HttpRequest) -> HttpResponse:
    """What lies in the cart, in short, for the box that opens when something was put in."""
    if "HX-Request" not in request.headers:
        return redirect("cart")
    view = counted(request, cart_view(cart_of(request), get_language() or "en", current(), trader_of(request)))
    return render(request, "storefront/components/mini_cart.html", {"cart": view})


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a variant into the cart; a refusal is told on the product's page with what was typed."""
    try:
        row = carts.add_to_cart(
            user=member(request),
            token=cart_token(request),
            variant_id=_uuid(request.POST.get("variant", "")),
            quantity=request.POST.get("quantity", "1"),
            at=timezone.now(),
            conversion=current(),
            trader=trader_of(request),
            answers=typed_answers(request),
        )
    except DomainError as error:
        if "HX-Request" in request.headers:
            return toast(request, str(error), status=error.status, is_error=True)
        return product_with_refusal(request, error)
    adopt_cart(request, row)
    response = _added(request)
    remember_cart(response, row)
    return response


def _added(request: HttpRequest) -> HttpResponse:
    if request.POST.get("then") == "checkout":
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": "/checkout/"})
        return redirect("checkout")
    if "HX-Request" in request.headers:
        response = toast(request, _("It is in your cart."), is_added=True)
        response["HX-Trigger"] = "added"
        return response
    return redirect("cart")


@require_POST
def line(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Change the quantity of a line or take it out."""
    row = cart_of(request)
    try:
        if row is None:
            raise CartLineNotFound
        if "remove" in request.POST:
            carts.remove_line(cart=row, line_id=line_id)
        else:
            wanted = request.POST.get("to") or request.POST.get("quantity", "")
            carts.set_quantity(cart=row, line_id=line_id, quantity=wanted, trader=trader_of(request))
    except DomainError as error:
        return cart_page(request, row, refusal=error)
    return _changed(request, row)


@require_POST
def prices(request: HttpRequest) -> HttpResponse:
    """The shopper has read the new prices."""
    row = cart_of(request)
    if row is not None:
        carts.acknowledge_prices(cart=row, conversion=current(), trader=trader_of(request))
    return _changed(request, row)


def _changed(request: HttpRequest, row: Cart | None) -> HttpResponse:
    if "HX-Request" in request.headers:
        return cart_page(request, row)
    return HttpResponseRedirect("/cart/", status=303)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise VariantNotFound from None
