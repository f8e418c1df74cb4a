from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from catalog.selectors.wishes import wished_ids
from storefront.baskets import member
from storefront.wishes import wish_token


@require_safe
def mine(request: HttpRequest) -> JsonResponse:
    """What a page that is the same for everybody lacks: this visitor's form token and which hearts are filled. At most one query more
    than finding out who it is."""
    wishes = wished_ids(member(request), wish_token(request))
    return JsonResponse({"token": get_token(request), "wishes": [str(key) for key in wishes]})
