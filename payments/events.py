from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PaymentSucceeded(Event):
    """The whole amount of one attempt is at the provider; `reference` is the purchase."""

    attempt_id: str
    reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class PaymentFailed(Event):
    """An attempt came to nothing; a new one may be started."""

    attempt_id: str
    reference: str
    code: str


@dataclass(frozen=True)
class RefundSucceeded(Event):
    """The provider has paid a refund out; `reference` is the merchant order, or the purchase for a late payment."""

    refund_id: str
    reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class RefundFailed(Event):
    """The provider will not pay a refund out; a person has to find another way to the shopper."""

    refund_id: str
    reference: str
    amount_minor: int
    currency: str
