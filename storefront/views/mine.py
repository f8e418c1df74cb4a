from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from catalog.selectors.shops import followed_ids
from catalog.selectors.wishes import wished_ids
from storefront.baskets import member
from storefront.wishes import wish_token


@require_safe
def mine(request: HttpRequest) -> JsonResponse:
    """What a page that is the same for everybody lacks: this visitor's form token, which hearts are filled, which shops followed.

    One query for a guest with wishes, two for a member besides finding out who it is.
    """
    user = member(request)
    told = {"wishes": wished_ids(user, wish_token(request)), "shops": followed_ids(user)}
    return JsonResponse({"token": get_token(request), **{name: [str(key) for key in keys] for name, keys in told.items()}})
