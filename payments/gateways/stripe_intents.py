"""Payment intents: the shopper confirms on a page of ours with Stripe's own script; card numbers go from their browser to Stripe."""

from __future__ import annotations

from typing import Any

import stripe
from django.conf import settings

from payments.gateways.base import NotAtProvider, Outcome, ProviderPayment, Refused
from payments.gateways.stripe_amounts import from_stripe, to_stripe
from payments.gateways.stripe_cards import CHARGE, card_of
from payments.gateways.stripe_checkout import VIA, made_between
from payments.gateways.stripe_client import PAGE, ask, is_live
from payments.gateways.stripe_methods import parameters
from payments.models import PaymentAttempt

PREFIX = "pi_"
_OUTCOMES = {"succeeded": Outcome.SUCCEEDED, "canceled": Outcome.FAILED}


def create(attempt: PaymentAttempt, customer: str) -> ProviderPayment:
    params: Any = {
        "amount": to_stripe(attempt.amount_minor, attempt.currency),
        "currency": attempt.currency.lower(),
        "description": attempt.description or attempt.reference.hex,
        "metadata": {"attempt_id": str(attempt.pk), "reference": str(attempt.reference)},
        **(parameters(attempt) or {"automatic_payment_methods": {"enabled": True}}),
        **({"customer": customer} if customer else {}),
    }
    return payment(
        ask(lambda client: client.v1.payment_intents.create(params=params, options={"idempotency_key": attempt.idempotency_key}))
    )


def retrieve(intent_id: str) -> stripe.PaymentIntent:
    return ask(lambda client: client.v1.payment_intents.retrieve(intent_id, params={"expand": [CHARGE]}))


def find(attempt: PaymentAttempt) -> stripe.PaymentIntent:
    """The intent whose id was lost; those that belong to a Checkout session are the session's.

    Raises:
        NotAtProvider: there is none.
    """
    params: Any = {"created": made_between(attempt), "limit": PAGE, "expand": [f"data.{CHARGE}"]}

    def search(client: stripe.StripeClient) -> stripe.PaymentIntent | None:
        rows = client.v1.payment_intents.list(params=params).auto_paging_iter()
        return next((row for row in rows if _note(row, "attempt_id") == str(attempt.pk) and _note(row, "via") != VIA), None)

    found = ask(search)
    if found is None:
        raise NotAtProvider
    return found


def cancel(intent: stripe.PaymentIntent) -> ProviderPayment:
    """Close an intent nobody has paid; what it is then, which is open still while a bank is working on it."""
    if intent.status in _OUTCOMES:
        return payment(intent)
    try:
        return payment(ask(lambda client: client.v1.payment_intents.cancel(intent.id)))
    except Refused:  # paid, or on its way, in the meantime
        return payment(retrieve(intent.id))


def payment(intent: stripe.PaymentIntent) -> ProviderPayment:
    currency = intent.currency.upper()
    outcome = _OUTCOMES.get(intent.status, Outcome.OPEN)
    amount = intent.amount_received if outcome is Outcome.SUCCEEDED else intent.amount
    reference = _note(intent, "attempt_id")
    return ProviderPayment(
        provider_id=intent.id,
        status=outcome,
        amount_minor=from_stripe(amount or 0, currency),
        currency=currency,
        reference=reference,
        redirect_url=f"{settings.SITE_URL}/stripe/{reference}/",
        failure_code="canceled" if outcome is Outcome.FAILED else "",
        problem="" if intent.livemode == is_live() else "live mode",
        card=card_of(intent),
    )


def _note(intent: stripe.PaymentIntent, name: str) -> str:
    return str(getattr(intent.metadata, name, "") or "")
