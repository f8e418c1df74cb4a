import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.compiled import change, compiled, first
from core.states import IllegalTransition, StaleState, record_change, write_changes
from orders.errors import CheckoutNotFound, OrderNotFound
from orders.models import Checkout, MerchantOrder
from payments.services.escrow import Returned


def locked_checkout(checkout_id: uuid.UUID) -> Checkout:
    """The purchase with its row locked. Whoever decides about a whole purchase takes this lock first.

    Raises:
        CheckoutNotFound: there is none.
    """
    checkout = first(_locked(checkout_id))
    if checkout is None:
        raise CheckoutNotFound
    return checkout


@compiled
def _locked(checkout_id: uuid.UUID) -> QuerySet[Checkout]:
    return Checkout.objects.select_for_update().filter(pk=checkout_id)


def locked_order(order_id: uuid.UUID) -> MerchantOrder:
    """The merchant order with its row locked and its purchase loaded.

    Raises:
        OrderNotFound: there is none.
    """
    rows = MerchantOrder.objects.select_for_update(of=("self",)).select_related("checkout")
    order: MerchantOrder | None = rows.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def move_orders(orders: Sequence[MerchantOrder], status: str, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    """`core.states.move_to` for all orders of one purchase, in two statements.

    Raises:
        IllegalTransition: one of them cannot go there.
        StaleState: somebody else moved one of them first.
    """
    previous = orders[0].status
    if any(order.status != previous for order in orders) or status not in MerchantOrder.TRANSITIONS.get(previous, frozenset()):
        raise IllegalTransition(status=orders[0].get_status_display())
    moved = MerchantOrder.objects.filter(pk__in=[order.pk for order in orders], status=previous).update(status=status, **changes)
    if moved != len(orders):
        raise StaleState
    write_changes(record_change(order, previous, status, actor=actor, reason=reason, at=at) for order in orders)
    for order in orders:
        order.status = status


def note_refunded(order: MerchantOrder, returned: Returned, shipping_minor: int) -> None:
    """Write on an order, whose row the caller has locked, what of its total has gone back; `shipping_minor` of it was for shipping."""
    order.refunded_shipping_minor += shipping_minor
    order.refunded_points_minor += returned.points_minor
    order.refunded_minor += returned.cash_minor + returned.credit_minor + returned.points_minor
    change(
        MerchantOrder,
        {"id": order.pk},
        {
            "refunded_minor": order.refunded_minor,
            "refunded_points_minor": order.refunded_points_minor,
            "refunded_shipping_minor": order.refunded_shipping_minor,
        },
    )
