"""Stripe: the shopper pays on its hosted page (Checkout) or through a payment intent; this server never sees a card number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from stripe.checkout import Session

from payments.gateways import stripe_checkout as checkout
from payments.gateways import stripe_intents as intents
from payments.gateways import stripe_webhooks
from payments.gateways.base import NotAtProvider, Outcome, ProviderPayment, ProviderRefund, WebhookEvent
from payments.gateways.stripe_amounts import from_stripe, to_stripe
from payments.gateways.stripe_client import PAGE, ask
from payments.gateways.stripe_methods import needs_customer
from payments.models import PaymentAttempt, Refund

PAYMENT_INTENTS = "payment_intents"
_REFUND_OUTCOMES = {"succeeded": Outcome.SUCCEEDED, "failed": Outcome.FAILED, "canceled": Outcome.FAILED}


class StripeGateway:
    code = "stripe"
    label = _("Card, Alipay or WeChat Pay")

    def is_available(self) -> bool:
        """With keys; payment intents need the publishable one too, for the shopper's browser."""
        keys = [settings.STRIPE_SECRET_KEY]
        if settings.STRIPE_MODE == PAYMENT_INTENTS:
            keys.append(settings.STRIPE_PUBLISHABLE_KEY)
        return all(keys)

    def create(self, attempt: PaymentAttempt) -> ProviderPayment:
        customer = _customer(attempt) if needs_customer(attempt) else ""
        if settings.STRIPE_MODE == PAYMENT_INTENTS:
            return intents.create(attempt, customer)
        return checkout.create(attempt, customer)

    def fetch(self, attempt: PaymentAttempt) -> ProviderPayment:
        seen = _seen(attempt)
        return checkout.payment(seen) if isinstance(seen, Session) else intents.payment(seen)

    def cancel(self, attempt: PaymentAttempt) -> ProviderPayment:
        seen = _seen(attempt)
        return checkout.cancel(seen) if isinstance(seen, Session) else intents.cancel(seen)

    def refund(self, refund: Refund) -> ProviderRefund:
        notes = {"refund_id": str(refund.pk), "attempt_id": str(refund.attempt_id), "reference": str(refund.attempt.reference)}
        params: Any = {
            "payment_intent": _intent_id(refund.attempt),
            "amount": to_stripe(refund.amount_minor, refund.currency),
            "metadata": notes,
        }
        key = refund.idempotency_key
        return _refund(ask(lambda client: client.v1.refunds.create(params=params, options={"idempotency_key": key})))

    def fetch_refund(self, refund: Refund) -> ProviderRefund:
        if refund.provider_id:
            return _refund(ask(lambda client: client.v1.refunds.retrieve(refund.provider_id)))
        params: Any = {"payment_intent": _intent_id(refund.attempt), "limit": PAGE}
        rows = ask(lambda client: list(client.v1.refunds.list(params=params).auto_paging_iter()))
        found = next((row for row in rows if getattr(row.metadata, "refund_id", "") == str(refund.pk)), None)
        if found is None:
            raise NotAtProvider
        return _refund(found)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        return stripe_webhooks.read(headers, body)


def _seen(attempt: PaymentAttempt) -> Session | stripe.PaymentIntent:
    """What an attempt made at Stripe: by its id; where that was lost, in the lists of both modes, for the setting may have changed."""
    if attempt.provider_id:
        is_intent = attempt.provider_id.startswith(intents.PREFIX)
        return intents.retrieve(attempt.provider_id) if is_intent else checkout.retrieve(attempt.provider_id)
    try:
        return checkout.find(attempt)
    except NotAtProvider:
        return intents.find(attempt)


def _intent_id(attempt: PaymentAttempt) -> str:
    if attempt.provider_id.startswith(intents.PREFIX):
        return attempt.provider_id
    seen = _seen(attempt)
    return checkout.intent_id(seen) if isinstance(seen, Session) else seen.id


def _customer(attempt: PaymentAttempt) -> str:
    """A customer for one attempt, nobody's name in it; its key is the attempt's, so that it is made once."""
    params: Any = {"metadata": {"attempt_id": str(attempt.pk)}}
    key = f"{attempt.idempotency_key}-customer"
    return ask(lambda client: client.v1.customers.create(params=params, options={"idempotency_key": key})).id


def _refund(row: stripe.Refund) -> ProviderRefund:
    currency = row.currency.upper()
    outcome = _REFUND_OUTCOMES.get(row.status or "", Outcome.OPEN)
    return ProviderRefund(row.id, outcome, from_stripe(row.amount, currency), currency, getattr(row, "failure_reason", None) or "")
