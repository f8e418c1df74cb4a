"""Finding a visitor's wish lists: a member's by user, a guest's by the random token in a cookie.

Pages and cards are the same for everybody and show no hearts filled; the browser asks `/mine/` for that once a page has loaded. It asks
only where a member is signed in or the readable cookie MINE_COOKIE says that there is something to show.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from catalog.models import WishList
from catalog.services.wishes import merge_wishes
from storefront.preferences import YEAR_SECONDS, remember

WISH_COOKIE = "wishes"
MINE_COOKIE = "mine"


def wish_token(request: HttpRequest) -> str | None:
    """The guest's token; None where the cookie is missing or cannot be one of ours."""
    token = request.COOKIES.get(WISH_COOKIE, "")
    return token if 16 <= len(token) <= 48 and token.isascii() and token.isprintable() else None


def remember_wishes(response: HttpResponse, row: WishList) -> None:
    """Give a guest the cookie that finds the list again."""
    if row.token:
        remember(response, WISH_COOKIE, row.token)
    mark_mine(response)


def mark_mine(response: HttpResponse) -> None:
    """From now on pages ask what is this visitor's; the cookie says no more than that."""
    response.set_cookie(MINE_COOKIE, "1", max_age=YEAR_SECONDS, secure=settings.HTTPS, samesite="Lax")


def take_wishes_along(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """At sign-in the guest's wishes join the member's; the token opens nothing any more."""
    token = wish_token(request)
    if token is not None:
        merge_wishes(token=token, user=user, at=timezone.now())
        response.delete_cookie(WISH_COOKIE, samesite="Lax")
