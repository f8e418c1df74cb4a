"""Which purchases this visitor may open without signing in: their tokens, kept in the session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from orders import selectors
from orders.models import Checkout
from storefront.baskets import member

SESSION_KEY = "purchases"
MOST = 30


def remember_purchase(request: HttpRequest, number: str, token: str) -> None:
    """Let this visitor open the purchase from now on; the oldest of thirty is forgotten."""
    kept: dict[str, str] = dict(request.session.get(SESSION_KEY, {}))
    kept.pop(number, None)
    request.session[SESSION_KEY] = dict([*kept.items(), (number, token)][-MOST:])


def purchase(request: HttpRequest, number: str) -> Checkout:
    """The visitor's own purchase. Raises orders.errors.CheckoutNotFound for a stranger's."""
    return selectors.checkout_for(number, member(request), request.session.get(SESSION_KEY, {}).get(number))


def open_by_mail(request: HttpRequest, number: str, page: str) -> HttpResponse:
    """A mail's link (?t=) opens the purchase; the token goes into the session and out of the address.

    Raises:
        orders.errors.CheckoutNotFound: the token is not this purchase's.
    """
    token = request.GET["t"]
    selectors.checkout_for(number, None, token)
    remember_purchase(request, number, token)
    return redirect(page, number)


def kept_purchases(request: HttpRequest) -> list[Checkout]:
    """A guest's purchases of this session, newest first."""
    tokens = list(request.session.get(SESSION_KEY, {}).values())
    rows = Checkout.objects.filter(token__in=tokens) if tokens else Checkout.objects.none()
    return list(rows.order_by("-placed_at").prefetch_related("orders__merchant", "orders__lines"))
