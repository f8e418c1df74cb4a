"""Finding a visitor's cart: a member's by user, a guest's by the random token in a cookie."""

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from orders import selectors
from orders.models import Cart
from orders.selectors import CartView
from storefront.preferences import remember

CART_COOKIE = "cart"


def member(request: HttpRequest) -> User | None:
    """Who is signed in, if anybody."""
    return request.user if request.user.is_authenticated else None


def cart_token(request: HttpRequest) -> str | None:
    """The guest's cart token; None where the cookie is missing or cannot be one of ours."""
    token = request.COOKIES.get(CART_COOKIE, "")
    return token if 16 <= len(token) <= 48 and token.isascii() and token.isprintable() else None


def cart_of(request: HttpRequest) -> Cart | None:
    """The visitor's cart, or None where nothing was ever put into one."""
    return selectors.cart_for(member(request), cart_token(request))


def cart_count(request: HttpRequest) -> int:
    """How many pieces lie in the cart; no query for visitors without a session and a cart, or where the page has counted them."""
    known: int | None = getattr(request, "_cart_count", None)
    return selectors.cart_count(member(request), cart_token(request)) if known is None else known


def counted(request: HttpRequest, view: CartView) -> CartView:
    """The cart this page shows, so its frame need not count again."""
    request._cart_count = view.count  # type: ignore[attr-defined]
    return view


def adopt_cart(request: HttpRequest, cart: Cart) -> None:
    """From here on this request has the cart that was just made, so that its answer counts what is in it."""
    request._cart_count = cart.pieces  # type: ignore[attr-defined]
    if cart.token:
        request.COOKIES[CART_COOKIE] = cart.token


def remember_cart(response: HttpResponse, cart: Cart) -> None:
    """Give a guest the cookie that finds the cart again."""
    if cart.token:
        remember(response, CART_COOKIE, cart.token)


def forget_cart(response: HttpResponse) -> None:
    """The cart has moved to the member's account; the token opens nothing any more."""
    response.delete_cookie(CART_COOKIE, samesite="Lax")
