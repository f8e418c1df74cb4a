"""Postings about the money of orders: payment, escrow, refunds, disputes, cash at the door."""

import uuid
from collections.abc import Sequence

from payments.models import (
    CashCollection,
    CashReturn,
    EscrowFreeze,
    EscrowHold,
    EscrowReturn,
    PaymentAttempt,
    ProviderDispute,
    Refund,
)
from payments.postings.legs import Posting, about, legs_of, posting
from payments.postings.rules import RULES, PostingKind


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
    return about(row, PostingKind.RELEASE, f"release:{row.reference}", amounts)


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
    return about(row, kinds[taken.is_chargeback, row.released_at is not None], f"refund:{row.reference}:{taken.cause}", amounts)


def frozen(freeze: EscrowFreeze, *, lifted: bool) -> Posting:
    """A released order's money is claimed: it stays the merchant's, but no payout takes it until the claim is settled."""
    kind = PostingKind.UNFREEZE if lifted else PostingKind.FREEZE
    return about(freeze.hold, kind, f"{kind}:{freeze.pk}", {"reserved": freeze.reserved_minor})


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


def cash_collected(row: CashCollection) -> Posting:
    """The merchant has the cash of a complete order and owes what is left of the commission."""
    commission, tax = row.commission_left_minor, row.commission_tax_left_minor
    return about(
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
    return about(row, PostingKind.COD_REFUNDED, f"cod_refunded:{row.reference}:{back.cause}", amounts, owner=str(row.user_id or ""))
