"""Which card a payment was made with, as Stripe tells one from another without its number."""

import stripe

CHARGE = "latest_charge"


def card_of(intent: str | stripe.PaymentIntent | None) -> str:
    """Stripe's fingerprint of the card that was charged last, paid or not; empty for other ways to pay, and without the charge expanded."""
    charge = None if isinstance(intent, str | None) else intent.latest_charge
    method = None if isinstance(charge, str | None) else charge.payment_method_details
    return str(getattr(getattr(method, "card", None), "fingerprint", None) or "")
