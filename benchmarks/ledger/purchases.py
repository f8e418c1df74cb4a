"""The postings of made-up purchases, by the shop's own rules: capture, hold, releases, refunds before and after the release."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence

from core.ids import uuid7
from payments import postings
from payments.models import EscrowHold, EscrowReturn, PaymentAttempt, Refund
from payments.postings import Posting

CURRENCY = "USD"
MOST_MERCHANTS = 3
# Of a hundred orders: given back before, and after the merchant got the money; the rest is released.
REFUNDED_HELD, REFUNDED_RELEASED = 6, 3


def purchases(merchants: Sequence[uuid.UUID], seed: int) -> Iterator[list[Posting]]:
    """Endless purchases, each as the list of its postings in the order in which they happen; about five a purchase."""
    chance = random.Random(seed)
    while True:
        yield list(_purchase(merchants, chance))


def _purchase(merchants: Sequence[uuid.UUID], chance: random.Random) -> Iterator[Posting]:
    reference = uuid7()
    holds = [
        _hold(reference, merchant, chance) for merchant in chance.sample(merchants, chance.randint(1, min(MOST_MERCHANTS, len(merchants))))
    ]
    gateway = chance.choice(["stripe", "sandbox"])
    total = sum(row.amount_minor for row in holds)
    attempt = PaymentAttempt(reference=reference, gateway=gateway, amount_minor=total, currency=CURRENCY)
    yield postings.capture(attempt)
    yield postings.hold(reference, holds, CURRENCY)
    for row in holds:
        yield from _end(row, attempt, chance.randrange(100))


def _hold(purchase: uuid.UUID, merchant: uuid.UUID, chance: random.Random) -> EscrowHold:
    amount = chance.randint(200, 40_000)
    return EscrowHold(
        merchant_id=merchant, purchase=purchase, reference=uuid7(), amount_minor=amount, commission_minor=amount // 20, currency=CURRENCY
    )


def _end(row: EscrowHold, attempt: PaymentAttempt, fate: int) -> Iterator[Posting]:
    """What becomes of one order's money."""
    if fate >= REFUNDED_HELD:
        yield postings.release(row)
        row.released_at = attempt.created_at
    if fate >= REFUNDED_HELD + REFUNDED_RELEASED:
        return
    taken = EscrowReturn(hold=row, cause=uuid7(), amount_minor=row.amount_minor, cash_minor=row.amount_minor)
    taken.commission_minor = row.commission_minor if row.released_at else 0
    yield postings.taken_back(row, taken)
    yield postings.refund_paid(Refund(attempt=attempt, reference=row.reference, amount_minor=row.amount_minor, currency=CURRENCY))
