"""Codes of gift cards that visitors type: wrong ones are counted for the person and for the address."""

from django.http import HttpRequest

from payments.services import gift_cards
from payments.services.gift_cards import CardView
from storefront.baskets import member

LONGEST = 60


def find_card(request: HttpRequest, code: str) -> CardView:
    """The card of a code.

    Raises:
        GiftCardUnknown: there is none, or this visitor has tried too many.
        GiftCardBlocked, GiftCardExpired: it cannot be used.
    """
    user = member(request)
    tried_by = [f"ip:{request.META.get('REMOTE_ADDR', '')}", *([f"user:{user.pk}"] if user else [])]
    return gift_cards.find(code=code[:LONGEST], tried_by=tried_by)
