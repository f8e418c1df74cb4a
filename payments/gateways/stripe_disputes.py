"""Disputes at Stripe: a chargeback takes the money at once and gives it back if the evidence wins."""

from __future__ import annotations

import datetime as dt
from typing import Any

import stripe
from django.conf import settings

from payments.gateways.base import Outcome, ProviderDisputeSeen
from payments.gateways.stripe_amounts import from_stripe
from payments.gateways.stripe_client import PAGE, ask

# Inquiries (`warning_…`) and prevented disputes have moved no money.
OUTCOMES = {"needs_response": Outcome.OPEN, "under_review": Outcome.OPEN, "won": Outcome.SUCCEEDED, "lost": Outcome.FAILED}


class StripeDisputes:
    def is_available(self) -> bool:
        return bool(settings.STRIPE_SECRET_KEY)

    def fetch_dispute(self, provider_id: str) -> ProviderDisputeSeen:
        return _seen(ask(lambda client: client.v1.disputes.retrieve(provider_id, params={"expand": ["payment_intent"]})))

    def recent_disputes(self, since: dt.datetime) -> list[str]:
        params: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        return ask(lambda client: [row.id for row in client.v1.disputes.list(params=params).auto_paging_iter()])


def _seen(row: stripe.Dispute) -> ProviderDisputeSeen:
    currency = row.currency.upper()
    intent = row.payment_intent
    due = row.evidence_details.due_by
    return ProviderDisputeSeen(
        provider_id=row.id,
        status=OUTCOMES.get(row.status, Outcome.OPEN),
        has_moved_money=row.status in OUTCOMES,
        amount_minor=from_stripe(row.amount, currency),
        currency=currency,
        reference="" if isinstance(intent, str | None) else str(getattr(intent.metadata, "attempt_id", "")),
        reason=row.reason,
        evidence_due_by=dt.datetime.fromtimestamp(due, tz=dt.UTC) if due else None,
    )
