"""The posting rules: which accounts move when money does. docs/ledger.md has the same table with numbers.

Debits are positive. Every leg on provider clearing belongs to a transaction whose reference is the purchase, so clearing
sums to zero per purchase once nothing is on its way.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models import (
    CashCollection,
    CashReturn,
    CreditUse,
    EscrowFreeze,
    EscrowHold,
    EscrowReturn,
    GiftCard,
    LedgerAccount,
    PaymentAttempt,
    Payout,
    ProviderDispute,
    ProviderFee,
    Refund,
)

Account = LedgerAccount.Kind


class PostingKind(models.TextChoices):
    CAPTURE = "capture", _("Payment received")
    HOLD = "hold", _("Held in escrow")
    RELEASE = "release", _("Released to merchant")
    REFUND_HELD = "refund_held", _("Refund of a held order")
    REFUND_RELEASED = "refund_released", _("Refund of a completed order")
    REFUND_PAID = "refund_paid", _("Refund paid out")
    CHARGEBACK_HELD = "chargeback_held", _("Lost dispute of a held order")
    CHARGEBACK_RELEASED = "chargeback_released", _("Lost dispute of a completed order")
    DISPUTE_OPENED = "dispute_opened", _("Taken back by the provider")
    DISPUTE_WON = "dispute_won", _("Dispute won")
    DISPUTE_ABSORBED = "dispute_absorbed", _("Lost dispute borne by the operator")
    FREEZE = "freeze", _("Reserved for a dispute")
    UNFREEZE = "unfreeze", _("Reserve returned")
    CREDIT_SPENT = "credit_spent", _("Paid with credit")
    CREDIT_RETURNED = "credit_returned", _("Credit given back")
    ADJUSTMENT = "adjustment", _("Adjustment by the operator")
    PAYOUT = "payout", _("Payout")
    PAYOUT_PAID = "payout_paid", _("Payout arrived")
    PAYOUT_FAILED = "payout_failed", _("Payout returned")
    COD_COMMISSION = "cod_commission", _("Commission of a cash order")
    COD_REFUNDED = "cod_refunded", _("Refund of a cash order")
    STORE_CREDIT_ISSUED = "store_credit_issued", _("Store credit given")
    STORE_CREDIT_WITHDRAWN = "store_credit_withdrawn", _("Store credit taken back")
    GIFT_CARD_ISSUED = "gift_card_issued", _("Gift card issued")
    GIFT_CARD_SOLD = "gift_card_sold", _("Gift card sold")
    GIFT_CARD_LOADED = "gift_card_loaded", _("Gift card loaded onto store credit")
    GIFT_CARD_REFUNDED = "gift_card_refunded", _("Gift card given back")
    PROVIDER_FEE = "provider_fee", _("Fee kept by the provider")
    POINTS_GRANTED = "points_granted", _("Points granted")
    POINTS_EXPIRED = "points_expired", _("Points expired")
    POINTS_CLAWED_BACK = "points_clawed_back", _("Points taken back")
    REVERSAL = "reversal", _("Reversal")


class Dr(NamedTuple):
    """A debit of the account by the amount of that name."""

    account: Account
    amount: str


class Cr(NamedTuple):
    """A credit of the account by the amount of that name."""

    account: Account
    amount: str


# kind: what is debited and what is credited, each with the name of its amount.
# `payable` is the merchant's share: amount − commission − tax.
RULES: dict[PostingKind, tuple[Dr | Cr, ...]] = {
    PostingKind.CAPTURE: (Dr(Account.PROVIDER_BALANCE, "cash"), Cr(Account.PROVIDER_CLEARING, "cash")),
    PostingKind.HOLD: (Dr(Account.PROVIDER_CLEARING, "cash"), Dr(Account.POINTS_LIABILITY, "points"), Cr(Account.HELD, "amount")),
    PostingKind.RELEASE: (
        Dr(Account.HELD, "amount"),
        Cr(Account.PAYABLE, "payable"),
        Cr(Account.COMMISSION, "commission"),
        Cr(Account.COMMISSION_TAX, "tax"),
    ),
    PostingKind.REFUND_HELD: (Dr(Account.HELD, "amount"), Cr(Account.PROVIDER_CLEARING, "cash"), Cr(Account.POINTS_LIABILITY, "points")),
    PostingKind.REFUND_RELEASED: (
        Dr(Account.PAYABLE, "payable"),
        Dr(Account.COMMISSION, "commission"),
        Dr(Account.COMMISSION_TAX, "tax"),
        Cr(Account.PROVIDER_CLEARING, "cash"),
        Cr(Account.POINTS_LIABILITY, "points"),
    ),
    PostingKind.REFUND_PAID: (Dr(Account.PROVIDER_CLEARING, "cash"), Cr(Account.PROVIDER_BALANCE, "cash")),
    PostingKind.CHARGEBACK_HELD: (Dr(Account.HELD, "amount"), Cr(Account.DISPUTED, "amount")),
    PostingKind.CHARGEBACK_RELEASED: (
        Dr(Account.PAYABLE, "payable"),
        Dr(Account.COMMISSION, "commission"),
        Dr(Account.COMMISSION_TAX, "tax"),
        Cr(Account.DISPUTED, "amount"),
    ),
    PostingKind.DISPUTE_OPENED: (Dr(Account.DISPUTED, "amount"), Cr(Account.PROVIDER_BALANCE, "amount")),
    PostingKind.DISPUTE_WON: (Dr(Account.PROVIDER_BALANCE, "amount"), Cr(Account.DISPUTED, "amount")),
    PostingKind.DISPUTE_ABSORBED: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.DISPUTED, "amount")),
    PostingKind.FREEZE: (Dr(Account.PAYABLE, "reserved"), Cr(Account.RESERVED, "reserved")),
    PostingKind.UNFREEZE: (Dr(Account.RESERVED, "reserved"), Cr(Account.PAYABLE, "reserved")),
    PostingKind.ADJUSTMENT: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.PAYABLE, "amount")),
    PostingKind.PAYOUT: (Dr(Account.PAYABLE, "amount"), Cr(Account.PAYOUTS, "amount")),
    PostingKind.PAYOUT_PAID: (Dr(Account.PAYOUTS, "amount"), Cr(Account.PROVIDER_BALANCE, "amount")),
    PostingKind.PAYOUT_FAILED: (Dr(Account.PAYOUTS, "amount"), Cr(Account.PAYABLE, "amount")),
    PostingKind.COD_COMMISSION: (Dr(Account.PAYABLE, "owed"), Cr(Account.COMMISSION, "commission"), Cr(Account.COMMISSION_TAX, "tax")),
    PostingKind.COD_REFUNDED: (
        Dr(Account.PAYABLE, "payable"),
        Dr(Account.COMMISSION, "commission"),
        Dr(Account.COMMISSION_TAX, "tax"),
        Cr(Account.STORE_CREDIT, "credit"),
    ),
    PostingKind.STORE_CREDIT_ISSUED: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.STORE_CREDIT, "amount")),
    PostingKind.STORE_CREDIT_WITHDRAWN: (Dr(Account.STORE_CREDIT, "amount"), Cr(Account.SUBSIDIES, "amount")),
    PostingKind.GIFT_CARD_ISSUED: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.GIFT_CARD, "amount")),
    PostingKind.GIFT_CARD_SOLD: (Dr(Account.PROVIDER_CLEARING, "amount"), Cr(Account.GIFT_CARD, "amount")),
    PostingKind.GIFT_CARD_LOADED: (Dr(Account.GIFT_CARD, "amount"), Cr(Account.STORE_CREDIT, "amount")),
    PostingKind.GIFT_CARD_REFUNDED: (Dr(Account.GIFT_CARD, "amount"), Cr(Account.PROVIDER_CLEARING, "amount")),
    PostingKind.PROVIDER_FEE: (Dr(Account.PROVIDER_FEES, "fee"), Cr(Account.PROVIDER_BALANCE, "fee")),
    PostingKind.POINTS_GRANTED: (Dr(Account.POINTS_EXPENSE, "value"), Cr(Account.POINTS_LIABILITY, "value")),
    PostingKind.POINTS_EXPIRED: (Dr(Account.POINTS_LIABILITY, "value"), Cr(Account.POINTS_EXPENSE, "value")),
    PostingKind.POINTS_CLAWED_BACK: (Dr(Account.POINTS_LIABILITY, "value"), Cr(Account.POINTS_EXPENSE, "value")),
}
# The credit that is spent or returned lies on one of two accounts; the source says which.
CREDIT_RULES: dict[tuple[PostingKind, str], tuple[Dr | Cr, ...]] = {
    (PostingKind.CREDIT_SPENT, "store_credit"): (Dr(Account.STORE_CREDIT, "amount"), Cr(Account.PROVIDER_CLEARING, "amount")),
    (PostingKind.CREDIT_SPENT, "gift_card"): (Dr(Account.GIFT_CARD, "amount"), Cr(Account.PROVIDER_CLEARING, "amount")),
    (PostingKind.CREDIT_RETURNED, "store_credit"): (Dr(Account.PROVIDER_CLEARING, "amount"), Cr(Account.STORE_CREDIT, "amount")),
    (PostingKind.CREDIT_RETURNED, "gift_card"): (Dr(Account.PROVIDER_CLEARING, "amount"), Cr(Account.GIFT_CARD, "amount")),
}
# Accounts of which there is one per merchant, gateway, or person or card; of all others there is one per currency.
OWNERS = {
    Account.PROVIDER_BALANCE: "gateway",
    Account.PROVIDER_FEES: "gateway",
    Account.HELD: "merchant",
    Account.PAYABLE: "merchant",
    Account.RESERVED: "merchant",
    Account.STORE_CREDIT: "owner",
    Account.GIFT_CARD: "owner",
}


@dataclass(frozen=True, slots=True)
class Leg:
    """`owner` tells accounts of one kind apart (merchant id, gateway); `part` is the merchant order it is about."""

    kind: Account
    amount_minor: int
    owner: str = ""
    part: uuid.UUID | None = None

    @property
    def merchant_id(self) -> str | None:
        return self.owner if OWNERS.get(self.kind) == "merchant" else None

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


def legs_of(rule: Sequence[Dr | Cr], amounts: Mapping[str, int], *, part: uuid.UUID | None = None, **owners: str) -> tuple[Leg, ...]:
    """The legs of a rule with these amounts in minor units; rows whose amount is not named are left out."""
    return tuple(
        Leg(
            row.account,
            amounts[row.amount] if isinstance(row, Dr) else -amounts[row.amount],
            owners.get(OWNERS.get(row.account, ""), ""),
            part,
        )
        for row in rule
        if row.amount in amounts
    )


def posting(
    kind: PostingKind,
    *,
    reference: uuid.UUID,
    key: str,
    currency: str,
    amounts: Mapping[str, int],
    part: uuid.UUID | None = None,
    **owners: str,
) -> Posting:
    """One transaction by the rule of its kind; `amounts` has a number of minor units for each name the rule uses.

    `owners` are those OWNERS asks for: merchant, gateway, owner.
    """
    rule = RULES[kind]
    if missing := {row.amount for row in rule} - set(amounts):
        raise ValueError(f"{kind} needs {missing}")
    return Posting(kind, reference, key, currency, legs_of(rule, amounts, part=part, **owners))


def capture(attempt: PaymentAttempt) -> Posting:
    """The provider has the shopper's money; what it is for is open until it is held."""
    return posting(
        PostingKind.CAPTURE,
        reference=attempt.reference,
        key=f"capture:{attempt.pk}",
        currency=attempt.currency,
        amounts={"cash": attempt.amount_minor},
        gateway=attempt.gateway,
    )


def hold(purchase: uuid.UUID, holds: Sequence[EscrowHold], currency: str) -> Posting:
    """Cash and points become money held per merchant order."""
    rule = RULES[PostingKind.HOLD]
    points = sum(row.points_minor for row in holds)
    paid = {"cash": sum(row.amount_minor for row in holds) - points, "points": points}
    parts = [leg for row in holds for leg in legs_of(rule, {"amount": row.amount_minor}, part=row.reference, merchant=str(row.merchant_id))]
    return Posting(PostingKind.HOLD, purchase, f"hold:{purchase}", currency, [*legs_of(rule, paid), *parts])


def release(row: EscrowHold) -> Posting:
    """The order is complete: the merchant is owed what is left of the amount, less what is left of commission and its tax."""
    amounts = {"amount": row.left_minor, "commission": row.commission_left_minor, "tax": row.commission_tax_left_minor}
    amounts["payable"] = amounts["amount"] - amounts["commission"] - amounts["tax"]
    return _about(row, PostingKind.RELEASE, f"release:{row.reference}", amounts)


def taken_back(row: EscrowHold, taken: EscrowReturn) -> Posting:
    """A part of an order's money leaves the merchant, from escrow or from payable and commission, to the shopper or to a lost dispute."""
    amounts = {
        "amount": taken.amount_minor,
        "cash": taken.amount_minor - taken.points_minor,
        "points": taken.points_minor,
        "commission": taken.commission_minor,
        "tax": taken.commission_tax_minor,
        "payable": taken.amount_minor - taken.commission_minor - taken.commission_tax_minor,
    }
    kinds = {
        (False, False): PostingKind.REFUND_HELD,
        (False, True): PostingKind.REFUND_RELEASED,
        (True, False): PostingKind.CHARGEBACK_HELD,
        (True, True): PostingKind.CHARGEBACK_RELEASED,
    }
    return _about(row, kinds[taken.is_chargeback, row.released_at is not None], f"refund:{row.reference}:{taken.cause}", amounts)


def frozen(freeze: EscrowFreeze, *, lifted: bool) -> Posting:
    """A released order's money is claimed: it stays the merchant's, but no payout takes it until the claim is settled."""
    kind = PostingKind.UNFREEZE if lifted else PostingKind.FREEZE
    return _about(freeze.hold, kind, f"{kind}:{freeze.pk}", {"reserved": freeze.reserved_minor})


def _about(row: EscrowHold | CashCollection, kind: PostingKind, key: str, amounts: Mapping[str, int], **owners: str) -> Posting:
    owners |= {"merchant": str(row.merchant_id)}
    return posting(kind, reference=row.purchase, key=key, currency=row.currency, amounts=amounts, part=row.reference, **owners)


def dispute(row: ProviderDispute, kind: PostingKind, amount_minor: int | None = None) -> Posting:
    """One step of a dispute at the provider, over its whole amount unless said."""
    return posting(
        kind,
        reference=row.attempt.reference,
        key=f"{kind.value}:{row.pk}",
        currency=row.currency,
        amounts={"amount": row.amount_minor if amount_minor is None else amount_minor},
        gateway=row.attempt.gateway,
    )


def refund_paid(refund: Refund) -> Posting:
    """The provider has sent a refund to the shopper, of an order or of a late payment."""
    return posting(
        PostingKind.REFUND_PAID,
        reference=refund.attempt.reference,
        key=f"refund_paid:{refund.pk}",
        currency=refund.currency,
        amounts={"cash": refund.amount_minor},
        part=refund.reference if refund.reference != refund.attempt.reference else None,
        gateway=refund.attempt.gateway,
    )


def provider_fee(row: ProviderFee) -> Posting:
    """The provider has kept something for a movement of its own books; one below zero was given back."""
    return posting(
        PostingKind.PROVIDER_FEE,
        reference=row.pk,
        key=f"provider_fee:{row.gateway}:{row.provider_id}",
        currency=row.currency,
        amounts={"fee": row.amount_minor},
        gateway=row.gateway,
    )


def payout(row: Payout, kind: PostingKind) -> Posting:
    """One step of a payout: it leaves payable, then the provider's balance, or it comes back."""
    return posting(
        kind,
        reference=row.pk,
        key=f"{kind.value}:{row.pk}",
        currency=row.currency,
        amounts={"amount": row.amount_minor},
        merchant=str(row.merchant_id),
        gateway=row.gateway,
    )


def credit(use: CreditUse, amount_minor: int, *, key: str, returned: bool) -> Posting:
    """Store credit or a gift card pays for a purchase, by way of clearing, or gets back what it paid."""
    kind = PostingKind.CREDIT_RETURNED if returned else PostingKind.CREDIT_SPENT
    legs = legs_of(CREDIT_RULES[kind, use.source], {"amount": amount_minor}, owner=str(use.owner))
    return Posting(kind, use.purchase, f"{kind}:{key}", use.currency, legs)


def cash_collected(row: CashCollection) -> Posting:
    """The merchant has the cash of a complete order and owes what is left of the commission."""
    commission, tax = row.commission_left_minor, row.commission_tax_left_minor
    return _about(
        row, PostingKind.COD_COMMISSION, f"cod_commission:{row.reference}", {"owed": commission + tax, "commission": commission, "tax": tax}
    )


def cash_refunded(row: CashCollection, back: CashReturn) -> Posting:
    """A member gets the cash part as store credit from the merchant, who gets the commission on it back where it was paid.

    A guest is paid by the merchant's own hand, so only the commission moves.
    """
    was_collected = row.collected_at is not None
    amounts = {
        "credit": back.cash_minor if row.user_id else 0,
        "commission": back.commission_minor if was_collected else 0,
        "tax": back.commission_tax_minor if was_collected else 0,
    }
    amounts["payable"] = amounts["credit"] - amounts["commission"] - amounts["tax"]
    return _about(row, PostingKind.COD_REFUNDED, f"cod_refunded:{row.reference}:{back.cause}", amounts, owner=str(row.user_id or ""))


def points(kind: PostingKind, reference: uuid.UUID, key: str, value_minor: int, currency: str) -> Posting:
    """Points granted raise what we owe in points; expired and clawed back ones lower it."""
    return posting(kind, reference=reference, key=f"{kind}:{key}", currency=currency, amounts={"value": value_minor})


def gift_card(kind: PostingKind, card: GiftCard, reference: uuid.UUID, amount_minor: int, *, key: str, user: str = "") -> Posting:
    """Money comes onto a gift card or leaves it, but for what it pays; `user` is who loads it onto store credit."""
    owners = {Account.GIFT_CARD: str(card.pk), Account.STORE_CREDIT: user}
    legs = tuple(
        Leg(row.account, amount_minor if isinstance(row, Dr) else -amount_minor, owners.get(row.account, "")) for row in RULES[kind]
    )
    return Posting(kind, reference, f"{kind}:{key}", card.currency, legs)
