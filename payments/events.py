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
class PaymentSuspended(Event):
    """The provider has another payment than was agreed for an attempt; it is not in the books and waits for a person."""

    attempt_id: str
    reference: str
    differs: str


@dataclass(frozen=True)
class MessageQuarantined(Event):
    """A genuine webhook does not fit what we know. `occasion` is the same for all messages that are about the same trouble."""

    message_id: str
    gateway: str
    occasion: str
    problem: str


@dataclass(frozen=True)
class ReconciliationDiffered(Event):
    """The provider's list of a day (ISO) and our books differ in so many places that nobody has explained yet."""

    reconciliation_id: str
    gateway: str
    day: str
    differences: int


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
