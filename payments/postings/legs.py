"""A ledger transaction to be: its legs by the rule of its kind."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payments.models import (
    CashCollection,
    EscrowHold,
)
from payments.postings.rules import OWNERS, RULES, Account, Cr, Dr, PostingKind


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


def about(row: EscrowHold | CashCollection, kind: PostingKind, key: str, amounts: Mapping[str, int], **owners: str) -> Posting:
    """One transaction about a merchant order."""
    owners |= {"merchant": str(row.merchant_id)}
    return posting(kind, reference=row.purchase, key=key, currency=row.currency, amounts=amounts, part=row.reference, **owners)
