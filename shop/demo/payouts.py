"""The demo's merchants are paid as real ones are: a bank account, a day of the week, and a sweep whenever a period ended."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from merchants.models import Merchant
from payments.encryption import BankDetails
from payments.gateways.sandbox_transfers import CLOSED
from payments.models import BankAccount, Payout, PayoutSchedule
from payments.services.bank_accounts import set_bank_account
from payments.services.payout_schedules import set_schedule
from payments.services.payouts import run_payouts

ACTOR = "system:demo"
BANKS = (("ICBKCNBJ", "ICBC"), ("PCBCCNBJ", "China Construction Bank"), ("BKCHCNBJ", "Bank of China"))
# Whose first account is refused by its bank, so that a failed payout and what follows can be seen.
UNLUCKY = "laochen-second-hand"


def open_account(merchant: Merchant, *, at: dt.datetime, ending: str = "") -> None:
    """A bank account and a schedule that fits the trade, once; `ending` are the number's last four digits."""
    bank_code, bank_name = BANKS[merchant.pk.int % len(BANKS)]
    number = f"62{merchant.pk.int % 10**13:013d}"
    last = ending or (CLOSED if merchant.slug == UNLUCKY else f"{1000 + merchant.pk.int % 9000}")
    details = BankDetails(number + last, bank_code, bank_name)
    set_bank_account(merchant=merchant, holder=merchant.name, country="CN", details=details, actor=ACTOR, at=at)
    if PayoutSchedule.objects.filter(merchant=merchant).exists():
        return
    frequency = "daily" if merchant.kind == Merchant.Kind.SELF_OPERATED else "weekly"
    minimum = settings.PAYOUT_MINIMUM_MINOR
    set_schedule(merchant=merchant, frequency=frequency, weekday=0, day=1, minimum_minor=minimum, actor=ACTOR, at=at)


def open_accounts(merchants: list[Merchant], *, at: dt.datetime) -> None:
    """Accounts and schedules of all merchants that have none yet."""
    known = set(BankAccount.objects.values_list("merchant_id", flat=True))
    for merchant in merchants:
        if merchant.pk not in known:
            open_account(merchant, at=at)


def pay_until(moment: dt.datetime) -> None:
    """Everything that fell due up to `moment`, each period at its own time."""
    with _expecting_a_refusal():
        while due := PayoutSchedule.objects.filter(next_payout_at__lte=moment).order_by("next_payout_at").first():
            run_payouts(at=due.next_payout_at)
            _mend_accounts(due.next_payout_at)


@contextmanager
def _expecting_a_refusal() -> Iterator[None]:
    """The one payout that is meant to fail is no news for whoever starts the shop."""
    log = logging.getLogger("payments.services.transfers")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _mend_accounts(at: dt.datetime) -> None:
    """Who was told that a payout came back gives the right number the day after."""
    for payout in Payout.objects.filter(status="failed", account__replaced_at=None).select_related("merchant"):
        open_account(payout.merchant, at=at + dt.timedelta(days=1), ending="6688")
