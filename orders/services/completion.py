import datetime as dt
import logging
import uuid

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Sum

from catalog.services import cards
from core import outbox
from core.states import move_to
from logistics import services as logistics
from loyalty import rules as loyalty_rules
from loyalty import services as loyalty
from orders.case_rules import earning_base_minor
from orders.errors import CaseOpen
from orders.events import OrderCompleted
from orders.models import AfterSalesCase, MerchantOrder, UndeliveredParcel
from orders.services import charged_back
from orders.services.moves import locked_order
from orders.services.refunds import refund_order
from orders.states import CASE_UNSETTLED, OrderStatus, UndeliveredStatus
from payments.services import cash, escrow

log = logging.getLogger(__name__)
EARNING_RULE = "order"
WAITING = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
UNSETTLED = Exists(AfterSalesCase.objects.filter(order=OuterRef("pk"), status__in=CASE_UNSETTLED))
UNDELIVERED = Exists(UndeliveredParcel.objects.filter(order=OuterRef("pk"), status=UndeliveredStatus.OPEN))


@transaction.atomic
def confirm_receipt(*, order_id: uuid.UUID, actor: str, at: dt.datetime) -> MerchantOrder:
    """The shopper says it arrived: the merchant gets the money, a member the points; parcels under way have arrived with it.

    Again is the same answer. An order whose whole price a bank has kept ends as refunded.

    Raises:
        OrderNotFound: there is none.
        IllegalTransition: it was not sent, or has ended otherwise.
        CaseOpen: something about it is still to be settled.
    """
    order = locked_order(order_id)
    if order.status not in {OrderStatus.COMPLETED, OrderStatus.REFUNDED}:
        _refuse_unsettled(order)
        _complete(order, actor=actor, reason="", at=at)
        logistics.deliver(reference=order.pk, actor=actor, at=at)
    return order


def _refuse_unsettled(order: MerchantOrder) -> None:
    """The caller has locked the order's row, and opening a case takes that lock first."""
    open_case = AfterSalesCase.objects.filter(order=order, status__in=CASE_UNSETTLED).order_by("pk").first()
    if open_case is not None:
        raise CaseOpen(number=open_case.number)


def _is_waited_for(order: MerchantOrder) -> bool:
    """Something about it is still to be settled."""
    has_case = AfterSalesCase.objects.filter(order=order, status__in=CASE_UNSETTLED).exists()
    return has_case or UndeliveredParcel.objects.filter(order=order, status=UndeliveredStatus.OPEN).exists()


def complete_due(*, at: dt.datetime, limit: int = 200) -> int:
    """Complete orders whose shopper stayed silent past `complete_by`; returns how many. Several sweeps may run at once.

    An order waits for its after-sales cases, and for a decision about parcels that came back or got lost.
    """
    due = MerchantOrder.objects.filter(~UNSETTLED, ~UNDELIVERED, status__in=WAITING, complete_by__lte=at).order_by("complete_by")
    return sum(_complete_if_due(order_id, at) for order_id in list(due.values_list("pk", flat=True)[:limit]))


def _complete_if_due(order_id: uuid.UUID, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            rows = MerchantOrder.objects.select_for_update(skip_locked=True, of=("self",)).select_related("checkout")
            order = rows.filter(pk=order_id, status__in=WAITING, complete_by__lte=at).first()
            if order is None or _is_waited_for(order):
                return False
            _complete(order, actor="system:completion", reason="deadline", at=at)
    except Exception:
        # One broken order must not keep the others waiting.
        log.exception("completion failed", extra={"order_id": str(order_id)})
        return False
    return True


def _complete(order: MerchantOrder, *, actor: str, reason: str, at: dt.datetime) -> None:
    checkout = order.checkout
    if not checkout.is_cash and escrow.is_gone(order.pk):
        refund_order(order_id=order.pk, actor=actor, reason=charged_back.REASON, at=at)
        return
    if checkout.is_cash:
        move_to(order, OrderStatus.COMPLETED, actor=actor, reason=reason, at=at, completed_at=at, paid_at=at)
        cash.collect(reference=order.pk, at=at)
    else:
        move_to(order, OrderStatus.COMPLETED, actor=actor, reason=reason, at=at, completed_at=at)
        escrow.release(reference=order.pk, at=at)
    points = loyalty_rules.points_for_purchase(earning_base_minor(order), order.currency, checkout.rate)
    user_id = checkout.user_id
    if user_id is not None and points > 0:
        loyalty.earn(user_id=user_id, points=points, reference=order.pk, rule=EARNING_RULE, at=at)
    outbox.publish(OrderCompleted(order_id=str(order.pk)))
    # In key order, because other completions write the same cards.
    sold = order.lines.order_by("product_id").values_list("product_id").annotate(kept=Sum(F("quantity") - F("refunded_quantity")))
    for product_id, quantity in sold:
        cards.add_sold(product_id=product_id, quantity=quantity)
