"""Payouts to merchants' accounts at Stripe (Connect): a transfer from our balance to theirs; Stripe pays it on to their bank."""

from __future__ import annotations

import uuid
from typing import Any

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from payments.gateways.base import NotAtProvider, Outcome, ProviderTransfer, Refused
from payments.gateways.stripe_amounts import from_stripe, to_stripe
from payments.gateways.stripe_client import PAGE, ask
from payments.models import Payout


class StripeTransfers:
    code = "stripe"
    label = _("Stripe payout")

    def is_available(self, merchant_id: uuid.UUID) -> bool:
        return bool(settings.STRIPE_SECRET_KEY)

    def transfer(self, payout: Payout) -> ProviderTransfer:
        params: Any = {
            "amount": to_stripe(payout.amount_minor, payout.currency),
            "currency": payout.currency.lower(),
            "destination": payout.destination,
            "transfer_group": str(payout.pk),
            "metadata": {"payout_id": str(payout.pk), "merchant_id": str(payout.merchant_id)},
        }
        try:
            return _seen(ask(lambda client: client.v1.transfers.create(params=params, options={"idempotency_key": payout.idempotency_key})))
        except NotAtProvider as error:
            raise Refused("no_such_account") from error

    def fetch_transfer(self, payout: Payout) -> ProviderTransfer:
        """By id; where that was lost, in the group that only this payout has."""
        if payout.provider_id:
            return _seen(ask(lambda client: client.v1.transfers.retrieve(payout.provider_id)))
        params: Any = {"transfer_group": str(payout.pk), "limit": PAGE}
        rows = ask(lambda client: list(client.v1.transfers.list(params=params).auto_paging_iter()))
        if not rows:
            raise NotAtProvider
        return _seen(rows[0])


def _seen(row: stripe.Transfer) -> ProviderTransfer:
    """A transfer is done when it is made; one that somebody reversed whole has come back."""
    currency = row.currency.upper()
    outcome, code = (Outcome.FAILED, "reversed") if row.reversed else (Outcome.SUCCEEDED, "")
    return ProviderTransfer(row.id, outcome, from_stripe(row.amount, currency), currency, code)
