from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from core.ids import uuid7
from merchants.models import Merchant
from payments.models import EscrowHold, PaymentAttempt, SandboxPayment
from payments.services import attempts, escrow, sandbox
from payments.services.escrow import HoldShare

RETURN_URL = "https://shop.example/pay/return/"


def start(**overrides: Any) -> PaymentAttempt:
    """A started attempt of 100.00 USD in the sandbox."""
    fields = {
        "reference": uuid7(),
        "amount_minor": 10_000,
        "currency": "USD",
        "gateway": "sandbox",
        "return_url": RETURN_URL,
        "description": "Purchase",
        "at": timezone.now(),
        **overrides,
    }
    return attempts.start_attempt(**fields)


def answer(attempt: PaymentAttempt, decision: str, *, at: dt.datetime | None = None) -> None:
    """The shopper's answer on the practice page."""
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision=decision, at=at or timezone.now())


def make_paid_attempt(**overrides: Any) -> PaymentAttempt:
    """An attempt whose money is at the provider and in the ledger."""
    attempt = start(**overrides)
    answer(attempt, "lose")
    return attempts.refresh_attempt(attempt_id=attempt.pk, at=timezone.now())


def share(merchant: Merchant, amount_minor: int, **overrides: Any) -> HoldShare:
    """A merchant order's part, commission 5 %, nothing in points."""
    fields = {"reference": uuid7(), "points_minor": 0, "commission_minor": amount_minor // 20, **overrides}
    return HoldShare(merchant_id=merchant.pk, amount_minor=amount_minor, **fields)


def make_hold(merchant: Merchant, amount_minor: int = 10_000, **overrides: Any) -> EscrowHold:
    """One merchant order's held money, paid in the sandbox."""
    part = share(merchant, amount_minor, **overrides)
    paid = make_paid_attempt(amount_minor=amount_minor - part.points_minor)
    return escrow.hold(purchase=paid.reference, shares=[part], currency="USD", at=timezone.now())[0]


def sandbox_payment(attempt: PaymentAttempt) -> SandboxPayment:
    """The provider's side of an attempt, which only tests and the gateway may look at."""
    return SandboxPayment.objects.get(idempotency_key=attempt.idempotency_key)
