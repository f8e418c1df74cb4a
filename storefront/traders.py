"""For which company a visitor buys. Whatever is drawn with its prices is for this visitor only: nothing of it may be cached."""

from django.http import HttpRequest
from django.utils import timezone

from catalog.selectors.trade import Trader
from storefront.baskets import member


def trader_of(request: HttpRequest) -> Trader | None:
    """The company of whoever is signed in, if they buy for one; no statement but the one that finds the person."""
    user = member(request)
    return None if user is None or user.company_id is None else Trader(user.company_id, timezone.localdate())
