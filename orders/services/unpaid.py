import datetime as dt
from typing import Any

from core import outbox
from core.states import move_to
from logistics import services as logistics
from loyalty import services as loyalty
from orders.events import CheckoutExpired
from orders.models import Checkout
from orders.services.credits import return_credit
from orders.services.moves import move_orders
from orders.services.quotes import return_quotes
from orders.services.ways import end_ways
from orders.states import CheckoutStatus
from payments.services import attempts


def give_up(checkout: Checkout, status: Any, *, actor: str, reason: str, at: dt.datetime) -> None:
    """End an unpaid purchase, whose row the caller has locked: its orders follow, stock, points and credit go back.

    An open payment is withdrawn as well as the provider lets us; money that still comes in is refunded.

    Raises:
        IllegalTransition: it is not waiting for its payment any more.
    """
    move_to(checkout, status, actor=actor, reason=reason, at=at)
    orders = list(checkout.orders.order_by("pk"))
    move_orders(orders, status, actor=actor, reason=reason, at=at)
    return_quotes(checkout.pk, actor=actor, at=at)
    return_credit(checkout, at)
    if checkout.points:
        for order in orders:
            loyalty.give_back(reference=order.pk, at=at)
    attempts.cancel_attempt(reference=checkout.pk, at=at)
    end_ways(orders, actor=actor, reason=reason, at=at)
    logistics.release_reservations(reference=checkout.pk, at=at, reason=reason, actor=actor)


def expire(checkout: Checkout, at: dt.datetime) -> None:
    """Its time to pay is over; the caller has locked its row."""
    give_up(checkout, CheckoutStatus.EXPIRED, actor="system:expiry", reason="unpaid", at=at)
    outbox.publish(CheckoutExpired(checkout_id=str(checkout.pk)))
