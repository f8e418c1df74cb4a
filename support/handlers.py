"""Mails that follow from what happened to orders. Each handler runs once per event, and each mail exists once anyway."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from core.events import InvariantsBroken
from core.outbox import handles
from logistics.models import Shipment
from orders.events import (
    CheckoutCancelled,
    CheckoutConfirmed,
    CheckoutInReview,
    CheckoutPaid,
    CheckoutPlaced,
    CodeAsked,
    DownloadsReady,
    LatePaymentRefunded,
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    TransferAwaited,
)
from orders.models import Checkout, MerchantOrder
from orders.states import CheckoutStatus
from payments.events import (
    GiftCardBought,
    MessageQuarantined,
    PaymentSuspended,
    ProviderDisputeClosed,
    ProviderDisputeOpened,
    ReconciliationDiffered,
    RefundFailed,
)
from payments.models import CashCollection, GiftCardPurchase, InboxMessage, PaymentAttempt, ProviderDispute, Refund
from payments.risk_selectors import challenge_of
from payments.services.attempts import attempt_of
from payments.services.bank_transfers import instructions
from payments.services.gift_cards import put_code
from payments.services.risk import code_of
from support import (  # noqa: F401  modules of mails register their own handlers
    alerts,
    application_mails,
    approval_mails,
    case_mails,
    copy_mails,
    notices,
    parcel_mails,
    payout_mails,
    pickup_mails,
    quote_mails,
    review_mails,
    shop_mails,
    stock_mails,
    team_mails,
    trade_mails,
    undelivered_mails,
    violation_mails,
    wish_mails,
)
from support.content import Notice, Reader
from support.selectors import operators, readers_at
from support.services import notify


@handles(CheckoutPlaced)
def mail_placed(event: CheckoutPlaced) -> None:
    _tell_buyer_of_checkout(event.checkout_id, notices.placed)


@handles(CheckoutPaid)
def mail_paid(event: CheckoutPaid) -> None:
    _tell_buyer_of_checkout(event.checkout_id, notices.paid)


@handles(CheckoutConfirmed)
def mail_confirmed(event: CheckoutConfirmed) -> None:
    _tell_buyer_of_checkout(event.checkout_id, notices.confirmed)


@handles(OrderConfirmed)
def mail_merchant_of_cash_order(event: OrderConfirmed) -> None:
    order = _order(event.order_id)
    due = CashCollection.objects.get(reference=order.pk).amount_minor
    for reader in readers_at(order.merchant):
        notify(subject_id=order.pk, reader=reader, write=lambda: _new_order(order, collect_minor=due), at=timezone.now())


@handles(CheckoutInReview)
def mail_in_review(event: CheckoutInReview) -> None:
    _tell_buyer_of_checkout(event.checkout_id, notices.in_review)
    checkout = Checkout.objects.get(pk=event.checkout_id)
    _tell_operators(event.checkout_id, lambda: alerts.payment_to_review(checkout))


@handles(CodeAsked)
def mail_code(event: CodeAsked) -> None:
    checkout, challenge = Checkout.objects.get(pk=event.checkout_id), challenge_of(uuid.UUID(event.checkout_id))
    if challenge is None or challenge.passed_at is not None or challenge.salt != event.occasion:
        return  # typed already, or a newer one is on its way
    code, subject = code_of(challenge), uuid.UUID(challenge.salt)
    notify(subject_id=subject, reader=_buyer(checkout), write=lambda: notices.payment_code(checkout, code), at=timezone.now())


@handles(CheckoutCancelled)
def mail_checkout_cancelled(event: CheckoutCancelled) -> None:
    _tell_buyer_of_checkout(event.checkout_id, notices.checkout_cancelled)


@handles(GiftCardBought)
def mail_gift_card(event: GiftCardBought) -> None:
    """The code is made here, in the transaction that writes the mail, and nothing else ever holds it."""
    bought = GiftCardPurchase.objects.get(pk=event.purchase_id)
    code = put_code(card_id=uuid.UUID(event.card_id))
    reader = Reader(bought.recipient, bought.language)
    notify(subject_id=bought.pk, reader=reader, write=lambda: notices.gift_card(bought, code), at=timezone.now())
    notify(
        subject_id=bought.pk, reader=Reader(bought.email, bought.language), write=lambda: notices.gift_card_sent(bought), at=timezone.now()
    )


@handles(TransferAwaited)
def mail_transfer_instructions(event: TransferAwaited) -> None:
    checkout = Checkout.objects.get(pk=event.checkout_id)
    attempt = attempt_of(uuid.UUID(event.attempt_id))
    if checkout.status == CheckoutStatus.AWAITING_PAYMENT:
        told = instructions(attempt=attempt)
        notify(subject_id=attempt.pk, reader=_buyer(checkout), write=lambda: notices.transfer_awaited(checkout, told), at=timezone.now())


@handles(LatePaymentRefunded)
def mail_late_payment_refunded(event: LatePaymentRefunded) -> None:
    _tell_buyer_of_checkout(event.checkout_id, lambda checkout, _: notices.late_payment_refunded(checkout, event.refunded_minor))


@handles(OrderPaid)
def mail_merchant(event: OrderPaid) -> None:
    order = _order(event.order_id)
    for reader in readers_at(order.merchant):
        notify(subject_id=order.pk, reader=reader, write=lambda: _new_order(order), at=timezone.now())


def _new_order(order: MerchantOrder, *, collect_minor: int = 0) -> Notice:
    write = notices.new_order if order.pickup_from_id is None else pickup_mails.to_put_aside
    return write(order, collect_minor=collect_minor)


@handles(OrderShipped)
def mail_shipped(event: OrderShipped) -> None:
    if MerchantOrder.objects.filter(pk=event.order_id, pickup_from__isnull=False).exists():
        return  # whoever has just picked it up knows
    shipments = Shipment.objects.filter(pk__in=event.shipment_ids).order_by("pk")
    _tell_buyer_of_order(event.order_id, lambda order: notices.shipped(order, shipments))


@handles(DownloadsReady)
def mail_downloads(event: DownloadsReady) -> None:
    _tell_buyer_of_order(event.order_id, notices.downloads_ready)


@handles(OrderDelivered)
def mail_delivered(event: OrderDelivered) -> None:
    _tell_buyer_of_order(event.order_id, lambda order: (pickup_mails.collected if order.pickup_from_id else notices.delivered)(order))


@handles(OrderCancelled)
def mail_cancelled(event: OrderCancelled) -> None:
    _tell_buyer_of_order(event.order_id, lambda order: notices.cancelled(order, event.reason, event.refunded_minor))


@handles(OrderRefunded)
def mail_refunded(event: OrderRefunded) -> None:
    # What a case has paid back is told by the case's own mail.
    if not event.cause:
        _tell_buyer_of_order(event.order_id, lambda order: notices.refunded(order, event.reason, event.refunded_minor))


@handles(PaymentSuspended)
def alert_payment_differs(event: PaymentSuspended) -> None:
    attempt = PaymentAttempt.objects.get(pk=event.attempt_id)
    _tell_operators(event.attempt_id, lambda: alerts.payment_differs(attempt, event.differs))


@handles(MessageQuarantined)
def alert_message_quarantined(event: MessageQuarantined) -> None:
    message = InboxMessage.objects.get(pk=event.message_id)
    _tell_operators(event.occasion, lambda: alerts.message_quarantined(message))


@handles(RefundFailed)
def alert_refund_failed(event: RefundFailed) -> None:
    refund = Refund.objects.select_related("attempt").get(pk=event.refund_id)
    _tell_operators(event.refund_id, lambda: alerts.refund_failed(refund))


@handles(ReconciliationDiffered)
def alert_reconciliation_differs(event: ReconciliationDiffered) -> None:
    _tell_operators(event.reconciliation_id, lambda: alerts.reconciliation_differs(event))


@handles(InvariantsBroken)
def alert_invariants_broken(event: InvariantsBroken) -> None:
    _tell_operators(event.check_id, lambda: alerts.invariants_broken(event))


@handles(ProviderDisputeOpened)
def mail_dispute_opened(event: ProviderDisputeOpened) -> None:
    dispute = ProviderDispute.objects.select_related("attempt").get(pk=event.dispute_id)
    _tell_operators(event.dispute_id, lambda: alerts.dispute_opened(dispute))
    _tell_merchants(event.reference, event.dispute_id, notices.merchant_dispute_opened)


@handles(ProviderDisputeClosed)
def mail_dispute_closed(event: ProviderDisputeClosed) -> None:
    dispute = ProviderDispute.objects.select_related("attempt").get(pk=event.dispute_id)
    _tell_operators(event.dispute_id, lambda: alerts.dispute_closed(dispute))
    _tell_merchants(event.reference, event.dispute_id, lambda order: notices.merchant_dispute_closed(order, event.outcome))


def _tell_merchants(checkout_id: str, occasion: str, write: Callable[[MerchantOrder], Notice]) -> None:
    """Each merchant of a purchase, about its own order; once for each occasion."""
    for order in _orders().filter(checkout_id=uuid.UUID(checkout_id)).order_by("number"):
        for reader in readers_at(order.merchant):
            subject = uuid.uuid5(uuid.UUID(occasion), order.pk.hex)
            notify(subject_id=subject, reader=reader, write=lambda order=order: write(order), at=timezone.now())  # type: ignore[misc]


def _tell_operators(occasion: str, write: Callable[[], Notice]) -> None:
    for reader in operators():
        notify(subject_id=uuid.UUID(occasion), reader=reader, write=write, at=timezone.now())


def _tell_buyer_of_checkout(checkout_id: str, write: Callable[[Checkout, Sequence[MerchantOrder]], Notice]) -> None:
    checkout = Checkout.objects.get(pk=checkout_id)
    orders = list(_orders().filter(checkout=checkout).order_by("number"))
    notify(subject_id=checkout.pk, reader=_buyer(checkout), write=lambda: write(checkout, orders), at=timezone.now())


def _tell_buyer_of_order(order_id: str, write: Callable[[MerchantOrder], Notice]) -> None:
    order = _order(order_id)
    notify(subject_id=order.pk, reader=_buyer(order.checkout), write=lambda: write(order), at=timezone.now())


def _orders() -> QuerySet[MerchantOrder]:
    return MerchantOrder.objects.select_related("checkout", "merchant").prefetch_related("lines__product", "lines__bundle")


def _order(order_id: str) -> MerchantOrder:
    return _orders().get(pk=uuid.UUID(order_id))


def _buyer(checkout: Checkout) -> Reader:
    return Reader(checkout.email, checkout.language)
