"""Which purchases this visitor may open without signing in: their tokens, kept in the session."""

from django.http import HttpRequest

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


def kept_purchases(request: HttpRequest) -> list[Checkout]:
    """A guest's purchases of this session, newest first."""
    tokens = list(request.session.get(SESSION_KEY, {}).values())
    rows = Checkout.objects.filter(token__in=tokens) if tokens else Checkout.objects.none()
    return list(rows.order_by("-placed_at").prefetch_related("orders__merchant", "orders__lines"))
