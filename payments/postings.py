"""The posting rules: which accounts move when money does. docs/ledger.md has the same table with numbers.

Debits are positive. Every leg on provider clearing belongs to a transaction whose reference is the purchase, so clearing
sums to zero per purchase once nothing is on its way.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models import EscrowHold, LedgerAccount, PaymentAttempt, Refund

Account = LedgerAccount.Kind


class PostingKind(models.TextChoices):
    CAPTURE = "capture", _("Payment received")
    HOLD = "hold", _("Held in escrow")
    RELEASE = "release", _("Released to merchant")
    REFUND_HELD = "refund_held", _("Refund of a held order")
    REFUND_RELEASED = "refund_released", _("Refund of a completed order")
    REFUND_PAID = "refund_paid", _("Refund paid out")
    POINTS_GRANTED = "points_granted", _("Points granted")
    POINTS_EXPIRED = "points_expired", _("Points expired")
    POINTS_CLAWED_BACK = "points_clawed_back", _("Points taken back")
    REVERSAL = "reversal", _("Reversal")


@dataclass(frozen=True, slots=True)
class Leg:
    """`owner` tells accounts of one kind apart (merchant id, gateway); `part` is the merchant order it is about."""

    kind: Account
    amount_minor: int
    owner: str = ""
    part: uuid.UUID | None = None

    @property
    def merchant_id(self) -> str | None:
        return self.owner if self.kind in {Account.HELD, Account.PAYABLE} else None

    def code(self, currency: str) -> str:
        return ":".join(filter(None, (self.kind.value, self.owner, currency)))


@dataclass(frozen=True, slots=True)
class Posting:
    """One ledger transaction to be. `key` makes it happen once."""

    kind: str
    reference: uuid.UUID
    key: str
    currency: str
    legs: Sequence[Leg]


def capture(attempt: PaymentAttempt) -> Posting:
    """The provider has the shopper's money; what it is for is open until it is held."""
    legs = (
        Leg(Account.PROVIDER_BALANCE, attempt.amount_minor, attempt.gateway),
        Leg(Account.PROVIDER_CLEARING, -attempt.amount_minor),
    )
    return Posting(PostingKind.CAPTURE, attempt.reference, f"capture:{attempt.pk}", attempt.currency, legs)


def hold(purchase: uuid.UUID, holds: Sequence[EscrowHold], currency: str) -> Posting:
    """Cash and points become money held per merchant order."""
    legs = [
        Leg(Account.PROVIDER_CLEARING, sum(row.amount_minor - row.points_minor for row in holds)),
        Leg(Account.POINTS_LIABILITY, sum(row.points_minor for row in holds)),
        *(Leg(Account.HELD, -row.amount_minor, str(row.merchant_id), row.reference) for row in holds),
    ]
    return Posting(PostingKind.HOLD, purchase, f"hold:{purchase}", currency, legs)


def release(row: EscrowHold) -> Posting:
    """The order is complete: the merchant is owed the amount less commission."""
    merchant, part = str(row.merchant_id), row.reference
    legs = (
        Leg(Account.HELD, row.amount_minor, merchant, part),
        Leg(Account.PAYABLE, row.commission_minor - row.amount_minor, merchant, part),
        Leg(Account.COMMISSION, -row.commission_minor, part=part),
    )
    return Posting(PostingKind.RELEASE, row.purchase, f"release:{part}", row.currency, legs)


def refund_held(row: EscrowHold) -> Posting:
    """What was held goes back: cash to the shopper by way of clearing, points to the liability."""
    legs = (Leg(Account.HELD, row.amount_minor, str(row.merchant_id), row.reference), *_back_to_shopper(row))
    return Posting(PostingKind.REFUND_HELD, row.purchase, f"refund:{row.reference}", row.currency, legs)


def refund_released(row: EscrowHold) -> Posting:
    """The merchant's share and our commission are taken back; payable may become negative and nets the next payout."""
    legs = (
        Leg(Account.PAYABLE, row.amount_minor - row.commission_minor, str(row.merchant_id), row.reference),
        Leg(Account.COMMISSION, row.commission_minor, part=row.reference),
        *_back_to_shopper(row),
    )
    return Posting(PostingKind.REFUND_RELEASED, row.purchase, f"refund:{row.reference}", row.currency, legs)


def _back_to_shopper(row: EscrowHold) -> tuple[Leg, Leg]:
    return (
        Leg(Account.PROVIDER_CLEARING, row.points_minor - row.amount_minor, part=row.reference),
        Leg(Account.POINTS_LIABILITY, -row.points_minor, part=row.reference),
    )


def refund_paid(refund: Refund) -> Posting:
    """The provider has sent a refund to the shopper, of an order or of a late payment."""
    part = refund.reference if refund.reference != refund.attempt.reference else None
    legs = (
        Leg(Account.PROVIDER_CLEARING, refund.amount_minor, part=part),
        Leg(Account.PROVIDER_BALANCE, -refund.amount_minor, refund.attempt.gateway, part),
    )
    return Posting(PostingKind.REFUND_PAID, refund.attempt.reference, f"refund_paid:{refund.pk}", refund.currency, legs)


def points(kind: str, reference: uuid.UUID, key: str, value_minor: int, currency: str) -> Posting:
    """Points granted raise what we owe in points; expired and clawed back ones lower it."""
    value = value_minor if kind == PostingKind.POINTS_GRANTED else -value_minor
    legs = (Leg(Account.POINTS_EXPENSE, value), Leg(Account.POINTS_LIABILITY, -value))
    return Posting(kind, reference, f"{kind}:{key}", currency, legs)
