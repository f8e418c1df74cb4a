from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from merchants.models import Merchant
from payments.encryption import BankDetails
from payments.models import BankAccount, EscrowHold, PayoutSchedule
from payments.services import escrow
from payments.services.bank_accounts import set_bank_account
from payments.services.payout_schedules import schedule_for
from tests.factories.payments import make_hold

DAY = dt.timedelta(days=1)
NUMBER = "DE89370400440532013000"


def make_account(merchant: Merchant, number: str = NUMBER, **overrides: Any) -> BankAccount:
    """A bank account that may be used: it was set two days ago."""
    fields = {"holder": "Lantern Lane Ltd", "country": "DE", "actor": "merchant:test", "at": timezone.now() - 2 * DAY, **overrides}
    return set_bank_account(merchant=merchant, details=BankDetails(number, "COBADEFFXXX", "Commerzbank"), **fields)


def make_payable(merchant: Merchant, amount_minor: int = 10_000, **overrides: Any) -> EscrowHold:
    """A completed order's money: 95 % of it is the merchant's."""
    held = make_hold(merchant, amount_minor, **overrides)
    return escrow.release(reference=held.reference, at=timezone.now())


def make_due(merchant: Merchant) -> PayoutSchedule:
    """The merchant's period ends now."""
    schedule = schedule_for(merchant_id=merchant.pk, at=timezone.now())
    PayoutSchedule.objects.filter(pk=schedule.pk).update(next_payout_at=timezone.now())
    schedule.refresh_from_db()
    return schedule


def refund(held: EscrowHold, amount_minor: int | None = None) -> None:
    """Give a part of an order's money, or all of it, back to the shopper."""
    escrow.refund_part(
        reference=held.reference, cause=uuid.uuid4(), amount_minor=amount_minor, at=timezone.now(), reason="broken", actor="operator:test"
    )
