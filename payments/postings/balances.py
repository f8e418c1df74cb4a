"""Postings about balances beside orders: payouts, fees, credit, gift cards, points."""

import uuid

from payments.models import (
    CreditUse,
    GiftCard,
    Payout,
    ProviderFee,
)
from payments.postings.legs import Leg, Posting, legs_of, posting
from payments.postings.rules import CREDIT_RULES, RULES, Account, Dr, PostingKind


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
