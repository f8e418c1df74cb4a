"""Stripe's minor units, which are not always ISO 4217's. Source: docs.stripe.com/currencies, "Zero-decimal" and "Special cases".

Our minor units follow core.money. Stripe counts ISK and UGX in hundredths although they have none, and takes three-decimal
currencies only in multiples of ten.
"""

from core.money import exponent
from payments.gateways.base import Refused

ZERO_DECIMAL = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
WHOLE_HUNDREDTHS = frozenset({"ISK", "UGX"})


def _stripe_exponent(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def to_stripe(minor: int, currency: str) -> int:
    """Our minor units in Stripe's.

    Raises:
        Refused: Stripe cannot collect exactly this amount.
    """
    shift = _stripe_exponent(currency) - exponent(currency)
    amount, remainder = (minor * 10**shift, 0) if shift >= 0 else divmod(minor, 10**-shift)
    step = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_HUNDREDTHS else 1
    if remainder or amount % step:
        raise Refused("amount_not_representable")
    return int(amount)


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's minor units in ours; an amount we cannot express comes back negative, so that it never equals an agreed one."""
    shift = exponent(currency) - _stripe_exponent(currency)
    minor, remainder = (amount * 10**shift, 0) if shift >= 0 else divmod(amount, 10**-shift)
    return -1 if remainder else int(minor)
