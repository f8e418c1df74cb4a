"""What goes back to a shopper, and how."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.models import MerchantOrder
from support.content import money


def money_back(order: MerchantOrder, refunded_minor: int) -> list[str]:
    """What goes back, and how."""
    words = []
    amount = money(refunded_minor, order.currency)
    if refunded_minor and order.checkout.is_cash:
        text = _("%(amount)s is on your store credit.") if order.checkout.user_id else _("The seller pays you %(amount)s back.")
        words.append(text % {"amount": amount})
    elif refunded_minor:
        words.append(_("%(amount)s goes back the way you paid; banks take a few days to show it.") % {"amount": amount})
    return [*words, *points_back(order.points_minor)]


def points_back(points: int) -> list[str]:
    return [_("The points you used are back in your account.")] if points else []
