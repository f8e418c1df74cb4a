"""Reactions to what the apps below publish. Each runs in a transaction of its own, once per event."""

import uuid
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.outbox import handles
from logistics.events import PromisesToMove, ReservationExpired, ShipmentDelivered, ShipmentLost, ShipmentReturned, WaveStarted
from loyalty import rules as loyalty_rules
from loyalty.events import PointsClawedBack, PointsEarned, PointsExpired
from merchants.events import HolidayStarted
from orders.events import OrderCancelled, OrderCompleted, OrderPaid, OrderPartRefunded, OrderRefunded
from orders.models import AfterSalesCase, Checkout, MerchantOrder
from orders.services import charged_back, expiry, fulfilment, holidays, papers, payment, replanning, totes, undelivered
from orders.services.cases import sending, settling
from payments.events import PaymentFailed, PaymentSucceeded, ProviderDisputeClosed, RefundSucceeded
from payments.models import Refund
from payments.services import gift_cards, ledger


@handles(PaymentSucceeded)
def mark_purchase_paid(event: PaymentSucceeded) -> None:
    """What was paid is a purchase or a gift card; a second handler would cost every purchase a transaction more."""
    purchase_id = uuid.UUID(event.reference)
    paid: dict[str, Any] = {
        "attempt_id": uuid.UUID(event.attempt_id),
        "amount_minor": event.amount_minor,
        "currency": event.currency,
        "at": timezone.now(),
    }
    if Checkout.objects.filter(pk=purchase_id).exists():
        payment.mark_paid(checkout_id=purchase_id, **paid)
    else:
        gift_cards.mark_paid(purchase_id=purchase_id, **paid)


@handles(PaymentFailed)
def note_failed_payment(event: PaymentFailed) -> None:
    payment.note_failure(checkout_id=uuid.UUID(event.reference), code=event.code, at=timezone.now())


@handles(ReservationExpired)
def expire_purchase(event: ReservationExpired) -> None:
    expiry.expire_released(checkout_id=uuid.UUID(event.reference), at=timezone.now())


@handles(ShipmentDelivered)
def deliver_order(event: ShipmentDelivered) -> None:
    reference = uuid.UUID(event.reference)
    undelivered.note_arrived(shipment_id=uuid.UUID(event.shipment_id), at=timezone.now())
    if MerchantOrder.objects.filter(pk=reference).exists():
        fulfilment.parcel_delivered(order_id=reference, at=timezone.now())
    elif AfterSalesCase.objects.filter(pk=reference).exists():
        sending.parcel_arrived(case_id=reference, at=timezone.now())


@handles(ShipmentReturned)
def note_returned_parcel(event: ShipmentReturned) -> None:
    undelivered.note_undelivered(shipment_id=uuid.UUID(event.shipment_id), at=timezone.now())


@handles(ShipmentLost)
def note_lost_parcel(event: ShipmentLost) -> None:
    undelivered.note_undelivered(shipment_id=uuid.UUID(event.shipment_id), at=timezone.now())


@handles(HolidayStarted)
def move_deadlines_of_holiday(event: HolidayStarted) -> None:
    holidays.move_deadlines(holiday_id=uuid.UUID(event.holiday_id), at=timezone.now())


@handles(PromisesToMove)
def plan_orders_again(event: PromisesToMove) -> None:
    replanning.replan_promises(place_id=uuid.UUID(event.place_id), at=timezone.now())


@handles(WaveStarted)
def prepare_orders_of_wave(event: WaveStarted) -> None:
    totes.prepare_orders(wave_id=uuid.UUID(event.wave_id), actor=event.actor, at=timezone.now())


@handles(RefundSucceeded)
def close_refunded_case(event: RefundSucceeded) -> None:
    case_id = Refund.objects.values_list("cause", flat=True).get(pk=event.refund_id)
    settling.refund_arrived(case_id=case_id, at=timezone.now())


@handles(ProviderDisputeClosed)
def end_charged_back_orders(event: ProviderDisputeClosed) -> None:
    charged_back.end_charged_back(purchase_id=uuid.UUID(event.reference), at=timezone.now())


@handles(OrderPaid)
def invoice_order(event: OrderPaid) -> None:
    papers.issue_invoice(order_id=uuid.UUID(event.order_id), at=timezone.now())


@handles(OrderCompleted)
def invoice_completed_order(event: OrderCompleted) -> None:
    """Cash at the door is paid by now; other orders have their invoice since they were paid."""
    papers.issue_papers(order_id=uuid.UUID(event.order_id), at=timezone.now())


@handles(OrderCancelled)
def credit_cancelled_order(event: OrderCancelled) -> None:
    papers.credit_refund(order_id=uuid.UUID(event.order_id), cause=uuid.UUID(event.order_id), at=timezone.now())


@handles(OrderRefunded)
def credit_refunded_order(event: OrderRefunded) -> None:
    papers.credit_refund(order_id=uuid.UUID(event.order_id), cause=uuid.UUID(event.cause or event.order_id), at=timezone.now())


@handles(OrderPartRefunded)
def credit_part_of_order(event: OrderPartRefunded) -> None:
    papers.credit_refund(order_id=uuid.UUID(event.order_id), cause=uuid.UUID(event.cause), at=timezone.now())


@handles(PointsEarned)
def owe_earned_points(event: PointsEarned) -> None:
    ledger.post_points_granted(
        reference=uuid.UUID(event.reference),
        key=event.key,
        value_minor=loyalty_rules.value_minor(event.points),
        currency=settings.CURRENCY,
        at=timezone.now(),
    )


@handles(PointsExpired)
def forget_expired_points(event: PointsExpired) -> None:
    ledger.post_points_expired(
        reference=uuid.UUID(event.lot_id),
        key=event.key,
        value_minor=loyalty_rules.value_minor(event.points),
        currency=settings.CURRENCY,
        at=timezone.now(),
    )


@handles(PointsClawedBack)
def forget_clawed_back_points(event: PointsClawedBack) -> None:
    ledger.post_points_clawed_back(
        reference=uuid.UUID(event.reference),
        key=event.key,
        value_minor=loyalty_rules.value_minor(event.points),
        currency=settings.CURRENCY,
        at=timezone.now(),
    )
