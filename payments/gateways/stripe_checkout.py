"""The hosted page (Checkout): one session per attempt, found again by what we wrote into it."""

from __future__ import annotations

from typing import Any

import stripe
from stripe.checkout import Session

from payments.gateways.base import NotAtProvider, Outcome, ProviderPayment, Refused
from payments.gateways.stripe_amounts import from_stripe, to_stripe
from payments.gateways.stripe_cards import CHARGE, card_of
from payments.gateways.stripe_client import PAGE, ask, is_live
from payments.gateways.stripe_methods import parameters
from payments.models import PaymentAttempt

PREFIX = "cs_"
VIA = "checkout"
# Stripe keeps an idempotency key for a day, so what an attempt made at all it made within it; a minute allows for differing clocks.
SEARCH_BEFORE_SECONDS, SEARCH_AFTER_SECONDS = 60, 86_400


def made_between(attempt: PaymentAttempt) -> Any:
    """The time in which an attempt's objects were made at Stripe, as its lists take it."""
    born = int(attempt.created_at.timestamp())
    return {"gte": born - SEARCH_BEFORE_SECONDS, "lte": born + SEARCH_AFTER_SECONDS}


def create(attempt: PaymentAttempt, customer: str) -> ProviderPayment:
    price: Any = {
        "currency": attempt.currency.lower(),
        "unit_amount": to_stripe(attempt.amount_minor, attempt.currency),
        "product_data": {"name": attempt.description or attempt.reference.hex},
    }
    metadata = {"attempt_id": str(attempt.pk), "reference": str(attempt.reference)}
    params: Any = {
        "mode": "payment",
        "client_reference_id": str(attempt.pk),
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": attempt.return_url,
        "cancel_url": attempt.return_url,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata | {"via": VIA}},
        **parameters(attempt),
        **({"customer": customer} if customer else {}),
    }
    return payment(
        ask(lambda client: client.v1.checkout.sessions.create(params=params, options={"idempotency_key": attempt.idempotency_key}))
    )


def retrieve(session_id: str) -> Session:
    return ask(lambda client: client.v1.checkout.sessions.retrieve(session_id, params={"expand": [f"payment_intent.{CHARGE}"]}))


def find(attempt: PaymentAttempt) -> Session:
    """The session whose id was lost, among those made since the attempt was.

    Raises:
        NotAtProvider: there is none.
    """
    params: Any = {"created": made_between(attempt), "limit": PAGE, "expand": [f"data.payment_intent.{CHARGE}"]}

    def search(client: stripe.StripeClient) -> Session | None:
        rows = client.v1.checkout.sessions.list(params=params).auto_paging_iter()
        return next((row for row in rows if row.client_reference_id == str(attempt.pk)), None)

    found = ask(search)
    if found is None:
        raise NotAtProvider
    return found


def cancel(session: Session) -> ProviderPayment:
    """Close a session nobody has paid in; what it is then."""
    if session.status != "open":
        return payment(session)
    try:
        ask(lambda client: client.v1.checkout.sessions.expire(session.id))
    except Refused:  # completed in the meantime
        pass
    return payment(retrieve(session.id))


def intent_id(session: Session) -> str:
    """The payment intent that a refund names.

    Raises:
        Refused: nobody has paid.
    """
    intent = session.payment_intent
    if intent is None:
        raise Refused("not_paid")
    return intent if isinstance(intent, str) else intent.id


def payment(session: Session) -> ProviderPayment:
    currency = (session.currency or "").upper()
    outcome, code = _outcome(session)
    return ProviderPayment(
        provider_id=session.id,
        status=outcome,
        amount_minor=from_stripe(session.amount_total or 0, currency),
        currency=currency,
        reference=session.client_reference_id or "",
        redirect_url=session.url or "",
        failure_code=code,
        problem="" if session.livemode == is_live() else "live mode",
        card=card_of(session.payment_intent),
    )


def _outcome(session: Session) -> tuple[Outcome, str]:
    """A session that is complete but not paid waits for a bank; when the bank says no, only its intent tells."""
    if session.payment_status == "paid":
        return Outcome.SUCCEEDED, ""
    if session.status == "expired":
        return Outcome.FAILED, "expired"
    intent = session.payment_intent
    if session.status == "complete" and not isinstance(intent, str | None) and intent.status in {"requires_payment_method", "canceled"}:
        error = intent.last_payment_error
        return Outcome.FAILED, (error.code if error else None) or "async_payment_failed"
    return Outcome.OPEN, ""
