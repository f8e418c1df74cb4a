import datetime as dt
import logging
import uuid

from django.db import transaction

from core import outbox
from core.states import move_to, record_change, write_changes
from logistics import services as logistics
from logistics.errors import ReservationLost
from orders.errors import CheckoutCancelled, CheckoutConfirmed, CheckoutExpired, CheckoutNotFound
from orders.events import LatePaymentRefunded, TransferAwaited
from orders.models import Checkout, MerchantOrder
from orders.selectors.purchases import checkout_of
from orders.services import risk
from orders.services.moves import locked_checkout
from orders.services.patience import wait_longer
from orders.services.refusals import refuse_ended
from orders.services.unpaid import expire
from orders.states import CheckoutStatus
from payments import selectors as payment_selectors
from payments.gateways import time_to_pay
from payments.models import PaymentAttempt, Refund
from payments.services import attempts, escrow
from payments.services import refunds as payment_refunds
from payments.states import AttemptStatus

log = logging.getLogger(__name__)
ACTOR = "system:payments"


def start_payment(*, checkout: Checkout, gateway: str, return_url: str, at: dt.datetime) -> PaymentAttempt:
    """A payment attempt over what is due of a purchase that was read this moment, to send the shopper to; the live one when there is one.

    Calls the provider, so it must not run inside a transaction. Whether the purchase is overdue is the sweep's decision,
    by the database's clock; here only its status counts.

    Raises:
        CheckoutNotFound, CheckoutPaid, CheckoutConfirmed, CheckoutCancelled, CheckoutExpired: nothing to pay.
        PaymentDeclined, ExtraCheckNeeded: it looks like fraud.
    """
    refuse_ended(checkout)
    risk.check_before_payment(checkout=checkout, at=at)
    patience = time_to_pay(gateway)
    if patience is not None:
        wait_longer(checkout_id=checkout.pk, gateway=gateway, patience=patience)
    attempt = attempts.start_attempt(
        reference=checkout.pk,
        amount_minor=checkout.due_minor,
        currency=checkout.currency,
        gateway=gateway,
        return_url=return_url,
        description=checkout.number,
        at=at,
    )
    now = checkout_of(checkout.pk)
    if now is None:
        raise CheckoutNotFound
    try:
        refuse_ended(now)
    except (CheckoutCancelled, CheckoutConfirmed, CheckoutExpired):
        # It ended while we talked to the provider, so whoever ended it did not see this attempt.
        attempts.cancel_attempt(reference=checkout.pk, at=at)
        raise
    if patience is not None and attempt.status == AttemptStatus.SENT:
        _tell_how_to_pay(attempt)
    return attempt


@transaction.atomic
def _tell_how_to_pay(attempt: PaymentAttempt) -> None:
    outbox.publish(TransferAwaited(checkout_id=str(attempt.reference), attempt_id=str(attempt.pk)))


def settle(*, checkout_id: uuid.UUID, at: dt.datetime) -> Checkout:
    """Ask the provider how the latest attempt stands and act on it at once; for the page the shopper returns to.

    What the return address claims is never believed. Calls the provider, so it must not run inside a transaction.

    Raises:
        CheckoutNotFound: there is none.
    """
    attempt = payment_selectors.latest_attempt(checkout_id)
    if attempt is not None:
        # Only where the shopper was sent to pay. One whose sending was cut off is the poller's: asking again would keep its page waiting.
        if attempt.status == AttemptStatus.SENT:
            attempt = attempts.refreshed(attempt=attempt, at=at)
        if attempt.status == AttemptStatus.SUCCEEDED:
            return mark_paid(
                checkout_id=checkout_id, attempt_id=attempt.pk, amount_minor=attempt.amount_minor, currency=attempt.currency, at=at
            )
    checkout = checkout_of(checkout_id)
    if checkout is None:
        raise CheckoutNotFound
    return checkout


@transaction.atomic
def mark_paid(*, checkout_id: uuid.UUID, attempt_id: uuid.UUID, amount_minor: int, currency: str, at: dt.datetime) -> Checkout:
    """The purchase's money is in: hold it per merchant, keep the stock for good, hand the orders to the merchants.

    Called once or many times for the same payment it does this once. Money for a purchase that has ended, or of another
    amount, goes back in full, once.

    Raises:
        CheckoutNotFound: there is none.
    """
    checkout = locked_checkout(checkout_id)
    if checkout.status == CheckoutStatus.PAID:
        return checkout
    if (amount_minor, currency) != (checkout.due_minor, checkout.currency):
        log.error("payment of another amount", extra={"checkout_id": str(checkout_id), "attempt_id": str(attempt_id)})
        _return_money(checkout, attempt_id, amount_minor, "amount differs", at)
    elif checkout.status != CheckoutStatus.AWAITING_PAYMENT:
        _return_money(checkout, attempt_id, amount_minor, f"paid after it was {checkout.status}", at)
    else:
        _take_payment(checkout, attempt_id, at)
    return checkout


def _return_money(checkout: Checkout, attempt_id: uuid.UUID, amount_minor: int, reason: str, at: dt.datetime) -> None:
    # The caller holds the purchase's lock, so looking first is safe.
    if Refund.objects.filter(attempt_id=attempt_id).exists():
        return
    payment_refunds.refund_attempt(attempt_id=attempt_id, reason=reason, at=at)
    outbox.publish(LatePaymentRefunded(checkout_id=str(checkout.pk), refunded_minor=amount_minor))


def _take_payment(checkout: Checkout, attempt_id: uuid.UUID, at: dt.datetime) -> None:
    try:
        keep_goods(checkout, actor=ACTOR, at=at)
    except ReservationLost:
        # Logistics gave the goods back before our own sweep came by: expiry has won.
        expire(checkout, at)
        _return_money(checkout, attempt_id, checkout.due_minor, "paid after its goods were given back", at)
        return
    _hand_over(checkout, at)


def settle_with_credit(checkout: Checkout, at: dt.datetime) -> None:
    """Credit has paid all of a purchase that this transaction has just placed: it is paid without a provider."""
    keep_goods(checkout, actor=ACTOR, at=at)
    _hand_over(checkout, at)


def keep_goods(checkout: Checkout, *, actor: str, at: dt.datetime) -> None:
    """Keep what is reserved for a purchase for good; raises ReservationLost where something had to be and is not."""
    try:
        logistics.commit_reservations(reference=checkout.pk, at=at, actor=actor)
    except ReservationLost:
        # Digital goods lie in no warehouse.
        if MerchantOrder.objects.filter(checkout=checkout, is_digital=False).exists():
            raise


def _hand_over(checkout: Checkout, at: dt.datetime) -> None:
    """The purchase is paid and its goods are kept: money into escrow, orders to the merchants."""
    orders = list(checkout.orders.select_related("merchant").order_by("pk"))
    is_waiting = risk.waits_for_review(checkout, at)
    move_to(checkout, CheckoutStatus.PAID, actor=ACTOR, at=at, paid_at=at, review_by=risk.review_by(at) if is_waiting else None)
    if is_waiting:
        risk.keep_waiting(checkout, orders, actor=ACTOR, at=at)
    else:
        risk.hand_over(checkout, orders, actor=ACTOR, at=at, paid_at=at)
    escrow.hold(purchase=checkout.pk, shares=[_share(order) for order in orders], currency=checkout.currency, at=at)


def _share(order: MerchantOrder) -> escrow.HoldShare:
    return escrow.HoldShare(
        merchant_id=order.merchant_id,
        reference=order.pk,
        amount_minor=order.total_minor,
        points_minor=order.points_minor,
        commission_minor=order.commission_minor,
        commission_tax_minor=order.commission_tax_minor,
    )


@transaction.atomic
def note_failure(*, checkout_id: uuid.UUID, code: str, at: dt.datetime) -> None:
    """A payment was declined: say so in the purchase's history; it stays payable until its deadline."""
    checkout = Checkout.objects.filter(pk=checkout_id).first()
    if checkout is not None:
        reason = f"payment failed: {code}"[:200]
        write_changes([record_change(checkout, checkout.status, checkout.status, actor=ACTOR, reason=reason, at=at)])
