import datetime as dt
import uuid

from django.db import transaction

from core import outbox
from core.states import IllegalTransition, move_to
from logistics import services as logistics
from orders.case_rules import side_of
from orders.errors import PartShipped
from orders.events import CheckoutCancelled, OrderCancelled
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.services.cases.superseding import end_with_order
from orders.services.downloads import revoke_unused
from orders.services.moves import locked_checkout, locked_order
from orders.services.returns_of_money import refund_rest
from orders.services.unpaid import give_up
from orders.services.ways import end_ways
from orders.states import CaseSide, CheckoutStatus, OrderStatus
from payments.services import cash


@transaction.atomic
def cancel_checkout(*, checkout_id: uuid.UUID, actor: str, at: dt.datetime) -> Checkout:
    """End a purchase that nobody has paid; stock and points go back. Again is the same answer.

    Raises:
        CheckoutNotFound: there is none.
        IllegalTransition: it is paid, or has ended.
    """
    checkout = locked_checkout(checkout_id)
    if checkout.status != CheckoutStatus.CANCELLED:
        give_up(checkout, CheckoutStatus.CANCELLED, actor=actor, reason="cancelled", at=at)
        outbox.publish(CheckoutCancelled(checkout_id=str(checkout.pk)))
    return checkout


@transaction.atomic
def cancel_order(*, order_id: uuid.UUID, actor: str, reason: str, at: dt.datetime, even_in_parts: bool = False) -> MerchantOrder:
    """Cancel a paid order that is not yet sent: its money, points and stock go back, once. Again is the same answer.

    Args:
        even_in_parts: also where a part is on its way, because all of its money is gone anyway.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it is sent, unpaid or has ended otherwise.
        PartShipped: a part of it is on its way.
        AlreadyDownloaded: the shopper cancels, and has used digital goods of it.
    """
    order = locked_order(order_id)
    if order.status == OrderStatus.CANCELLED:
        return order
    if order.status in {OrderStatus.AWAITING_PAYMENT, OrderStatus.SHIPPED}:
        # One merchant's part of an unpaid purchase cannot leave it: the payment is for the whole. What is on its way can only be
        # refused at the door.
        raise IllegalTransition(status=order.get_status_display())
    if order.part_shipped_at is not None and not even_in_parts:
        raise PartShipped
    if order.digital_consent_at and side_of(actor) == CaseSide.SHOPPER:
        revoke_unused(OrderLine.objects.filter(order=order), at=at)
    move_to(order, OrderStatus.CANCELLED, actor=actor, reason=reason, at=at)
    end_with_order(order, actor=actor, reason=reason, at=at)
    if order.checkout.is_cash:
        cash.drop(reference=order.pk, reason=reason, at=at)
    refund = refund_rest(order=order, actor=actor, reason=reason, at=at)
    end_ways([order], actor=actor, reason=reason, at=at)
    outbox.publish(OrderCancelled(order_id=str(order.pk), reason=reason, refunded_minor=refund.cash_minor + refund.credit_minor))
    logistics.release_reservations(reference=order.checkout_id, at=at, reason=reason, group=order.pk, actor=actor)
    return order
