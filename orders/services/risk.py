"""Payments that look like fraud: an extra check before paying, and a person's look before goods are sent."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Value, When

from core import outbox
from orders import rules
from orders.errors import CashDeclined, CheckoutNotFound, ExtraCheckNeeded, PaymentDeclined, ReviewDecided
from orders.events import CheckoutInReview, CheckoutPaid, CodeAsked, OrderPaid
from orders.models import Checkout, MerchantOrder, PurchaseOrigin
from orders.selectors.risk import facts_of
from orders.services.cancellation import cancel_order
from orders.services.downloads import open_downloads
from orders.services.moves import move_orders
from orders.states import OrderStatus
from payments.models import RiskAssessment
from payments.risk_selectors import has_confirmed
from payments.services import risk as payment_risk

log = logging.getLogger(__name__)
ACTOR = "system:review"
REFUSED = "the payment could not be verified"
Decision, Stage, Verdict = RiskAssessment.Decision, RiskAssessment.Stage, RiskAssessment.Verdict


def note_origin(*, checkout: Checkout, address: str, device: str, at: dt.datetime, network_country: str = "") -> None:
    """Remember where a purchase was placed from; once. `network_country` is ISO 3166 alpha-2, empty where nobody tells it."""
    values = {"address": address or None, "device": device[:48], "network_country": network_country[:2], "seen_at": at}
    PurchaseOrigin.objects.get_or_create(checkout=checkout, defaults=values)


def check_before_payment(*, checkout: Checkout, at: dt.datetime) -> None:
    """Look at an unpaid purchase before its payment is started.

    Raises:
        PaymentDeclined: it looks so much like fraud that the operator takes no money for it.
        ExtraCheckNeeded: the shopper has to type the code we mail before the payment page opens.
    """
    found = payment_risk.assess(reference=checkout.pk, stage=Stage.STARTED, facts=facts_of(checkout, at), at=at)
    if found.decision == Decision.BLOCK:
        raise PaymentDeclined
    if found.decision == Decision.EXTRA_CHECK and not has_confirmed(checkout.pk):
        raise ExtraCheckNeeded


def check_before_cash(*, checkout: Checkout, at: dt.datetime) -> None:
    """Look at an unpaid purchase before its merchants send it for cash at the door.

    There is no money that could be held while a person looks, so what would be reviewed has to be paid in another way.

    Raises:
        CashDeclined: too risky to be sent without a payment.
        ExtraCheckNeeded: the shopper has to type the code we mail first.
    """
    found = payment_risk.assess(reference=checkout.pk, stage=Stage.CASH, facts=facts_of(checkout, at, in_cash=True), at=at)
    if found.decision in {Decision.BLOCK, Decision.REVIEW}:
        raise CashDeclined
    if found.decision == Decision.EXTRA_CHECK and not has_confirmed(checkout.pk):
        raise ExtraCheckNeeded


@transaction.atomic
def ask_for_code(*, checkout: Checkout, at: dt.datetime) -> None:
    """Mail the shopper a code, again where one was mailed before.

    Raises:
        CodeTooSoon, CodeExhausted: see payments.services.risk.send_code.
    """
    challenge = payment_risk.send_code(reference=checkout.pk, at=at)
    if challenge.passed_at is None:
        outbox.publish(CodeAsked(checkout_id=str(checkout.pk), occasion=challenge.salt))


def waits_for_review(checkout: Checkout, at: dt.datetime) -> bool:
    """The money is in; whether a person has to look before the merchants send. The caller has locked the purchase."""
    found = payment_risk.assess(reference=checkout.pk, stage=Stage.PAID, facts=facts_of(checkout, at), at=at)
    return found.is_waiting


def review_by(at: dt.datetime) -> dt.datetime:
    """Until when a person has time to decide about a purchase paid at `at`."""
    return at + dt.timedelta(hours=settings.RISK_REVIEW_HOURS)


@transaction.atomic
def approve(*, checkout_id: uuid.UUID, actor: str, at: dt.datetime) -> Checkout:
    """A person trusts the payment: the merchants are told to send what has not been cancelled meanwhile.

    Raises:
        CheckoutNotFound: there is none.
        ReviewDecided: somebody, or the deadline, has decided before, or nothing was to be decided.
    """
    checkout = _decide(checkout_id, Verdict.APPROVED, actor, at)
    hand_over(checkout, _waiting_orders(checkout), actor=actor, at=at)
    return checkout


@transaction.atomic
def reject(*, checkout_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = REFUSED) -> Checkout:
    """A person does not trust the payment: what has not been cancelled meanwhile is, and its money and points go back in full, once.

    Raises:
        CheckoutNotFound: there is none.
        ReviewDecided: as for `approve`.
    """
    checkout = _decide(checkout_id, Verdict.REJECTED, actor, at)
    for order in _waiting_orders(checkout):
        cancel_order(order_id=order.pk, actor=actor, reason=reason, at=at)
    return checkout


def _decide(checkout_id: uuid.UUID, verdict: str, actor: str, at: dt.datetime) -> Checkout:
    """Whoever gets the purchase's lock first decides; the others find a verdict.

    Not its key: who cancels one of the orders meanwhile has that order's lock and shares the purchase's key when it commits.
    """
    checkout = Checkout.objects.select_for_update(no_key=True).filter(pk=checkout_id).first()
    if checkout is None:
        raise CheckoutNotFound
    if not payment_risk.record_verdict(reference=checkout.pk, verdict=verdict, reviewed_by=actor, at=at):
        raise ReviewDecided
    Checkout.objects.filter(pk=checkout.pk).update(review_by=None)
    checkout.review_by = None
    return checkout


def _waiting_orders(checkout: Checkout) -> list[MerchantOrder]:
    rows = MerchantOrder.objects.filter(checkout=checkout, status=OrderStatus.IN_REVIEW).select_related("merchant")
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def hand_over(checkout: Checkout, orders: Sequence[MerchantOrder], *, actor: str, at: dt.datetime, **changes: Any) -> None:
    """Give paid orders to their merchants, whose time to ship begins; the caller has locked the purchase."""
    if not orders:
        return
    due = {order.pk: rules.ship_by(order.merchant.works_from(at), order.days_to_handle) for order in orders}
    ship_by = Case(*(When(pk=pk, then=Value(moment)) for pk, moment in due.items()))
    move_orders(orders, OrderStatus.PAID, actor=actor, at=at, ship_by=ship_by, **changes)
    checkout_id = str(checkout.pk)
    paid = [OrderPaid(order_id=str(order.pk), checkout_id=checkout_id, merchant_id=str(order.merchant_id)) for order in orders]
    outbox.publish(CheckoutPaid(checkout_id=checkout_id), *paid)
    open_downloads(checkout, [order for order in orders if order.digital_consent_at], at=at)


def keep_waiting(checkout: Checkout, orders: Sequence[MerchantOrder], *, actor: str, at: dt.datetime) -> None:
    """Orders that are paid wait for a person; the caller has locked the purchase and given it its deadline."""
    move_orders(orders, OrderStatus.IN_REVIEW, actor=actor, at=at, paid_at=at)
    outbox.publish(CheckoutInReview(checkout_id=str(checkout.pk)))


def settle_due_reviews(*, at: dt.datetime, limit: int = 100) -> int:
    """Decide for purchases nobody looked at until `review_by`, as the setting RISK_REVIEW_SILENCE says; returns how many.

    Several sweeps may run at once.
    """
    due = Checkout.objects.filter(review_by__lte=at).order_by("review_by")
    return sum(_settle_if_due(checkout_id, at) for checkout_id in list(due.values_list("pk", flat=True)[:limit]))


def _settle_if_due(checkout_id: uuid.UUID, at: dt.datetime) -> bool:
    decide = approve if settings.RISK_REVIEW_SILENCE == "approve" else reject
    try:
        with transaction.atomic():
            rows = Checkout.objects.select_for_update(skip_locked=True, no_key=True)
            if not rows.filter(pk=checkout_id, review_by__lte=at).exists():
                return False
            decide(checkout_id=checkout_id, actor=ACTOR, at=at)
    except Exception:
        # One broken purchase must not keep the others waiting.
        log.exception("review failed", extra={"checkout_id": str(checkout_id)})
        return False
    return True


def forget_origins(*, at: dt.datetime) -> int:
    """Delete where purchases were placed from, once that is too old to tell anything; returns how many."""
    old = PurchaseOrigin.objects.filter(seen_at__lt=at - dt.timedelta(days=settings.RISK_ORIGIN_DAYS))
    return old.delete()[0]
