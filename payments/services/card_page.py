"""What the page of ours needs on which a shopper confirms a Stripe payment intent. Nothing of it is stored."""

import uuid
from dataclasses import dataclass

from django.conf import settings

from payments.errors import PaymentNotFound
from payments.gateways import stripe_intents as intents
from payments.gateways.base import GatewayError, outside_transaction
from payments.services.attempts import attempt_of
from payments.states import LIVE


@dataclass(frozen=True, slots=True)
class CardPage:
    """`client_secret` lets the shopper's browser, and nobody else, confirm this payment at Stripe; empty while Stripe cannot be asked."""

    amount_minor: int
    currency: str
    description: str
    return_url: str
    publishable_key: str
    client_secret: str
    is_open: bool


def card_page(*, attempt_id: uuid.UUID) -> CardPage:
    """The page of one attempt.

    Raises:
        PaymentNotFound: there is no such attempt, or it is not paid on a page of ours.
    """
    outside_transaction()
    attempt = attempt_of(attempt_id)
    if attempt.gateway != "stripe" or not attempt.provider_id.startswith(intents.PREFIX):
        raise PaymentNotFound
    is_open = attempt.status in LIVE
    try:
        secret = intents.retrieve(attempt.provider_id).client_secret if is_open else ""
    except GatewayError:
        secret = ""
    return CardPage(
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        description=attempt.description,
        return_url=attempt.return_url,
        publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        client_secret=secret or "",
        is_open=is_open,
    )
