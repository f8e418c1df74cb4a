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
class ProviderDisputeOpened(Event):
    """A shopper's bank has taken a payment back; evidence is due. `reference` is the purchase."""

    dispute_id: str
    reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class ProviderDisputeClosed(Event):
    """A dispute has ended: `outcome` is won (the money is back) or lost (the merchants' shares are taken)."""

    dispute_id: str
    reference: str
    outcome: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class GiftCardBought(Event):
    """A gift card was paid for; its code is made when it is mailed, so that nothing else ever holds it."""

    card_id: str
    purchase_id: str


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


@dataclass(frozen=True)
class PayoutPaid(Event):
    """A merchant's payout has left for good."""

    payout_id: str
    merchant_id: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class PayoutFailed(Event):
    """A payout came back or was refused; its money is payable again and goes with the next one."""

    payout_id: str
    merchant_id: str
    amount_minor: int
    currency: str
    code: str


@dataclass(frozen=True)
class BankAccountChanged(Event):
    """A merchant is paid to another account from a day later on. Hints are last four characters; the former is empty for a first one."""

    account_id: str
    merchant_id: str
    hint: str
    former_hint: str
    actor: str


@dataclass(frozen=True)
class PenaltyMoved(Event):
    """The penalty of a broken rule was taken from its merchant, or given back."""

    penalty_id: str
    to_status: str
