"""Postings about deposits of merchants and penalties."""

from payments.models import (
    DepositMovement,
    Penalty,
)
from payments.postings.legs import Posting, posting
from payments.postings.rules import PostingKind


def deposit(row: DepositMovement, kind: PostingKind) -> Posting:
    """Money goes from payable into the deposit, or back; penalties have a posting of their own."""
    return posting(
        kind,
        reference=row.pk,
        key=f"deposit:{row.pk}",
        currency=row.currency,
        amounts={"amount": abs(row.amount_minor)},
        merchant=str(row.merchant_id),
    )


def penalty(row: Penalty, *, returned: bool) -> Posting:
    """A penalty is taken, from payable and from the deposit, or goes back to where it was taken from."""
    kind = PostingKind.PENALTY_RETURNED if returned else PostingKind.PENALTY
    return posting(
        kind,
        reference=row.pk,
        key=f"{kind}:{row.pk}",
        currency=row.currency,
        amounts={"amount": row.amount_minor, "payable": row.amount_minor - row.deposit_minor, "deposit": row.deposit_minor},
        merchant=str(row.merchant_id),
    )
