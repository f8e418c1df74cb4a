"""Mails that follow from what happened to a merchant's money. Each handler runs once per event, and each mail exists once anyway."""

from __future__ import annotations

from django.utils import timezone

from core.outbox import handles
from payments.events import BankAccountChanged, PayoutFailed, PayoutPaid
from payments.models import BankAccount, Payout
from support import payout_notices
from support.content import Reader
from support.selectors import TOLD_OF_MONEY, readers_at
from support.services import notify


@handles(PayoutPaid)
def mail_payout_paid(event: PayoutPaid) -> None:
    payout = _payout(event.payout_id)
    for reader in readers_at(payout.merchant, TOLD_OF_MONEY):
        notify(subject_id=payout.pk, reader=reader, write=lambda: payout_notices.payout_paid(payout), at=timezone.now())


@handles(PayoutFailed)
def mail_payout_failed(event: PayoutFailed) -> None:
    payout = _payout(event.payout_id)
    for reader in readers_at(payout.merchant, TOLD_OF_MONEY):
        notify(subject_id=payout.pk, reader=reader, write=lambda: payout_notices.payout_failed(payout), at=timezone.now())


@handles(BankAccountChanged)
def mail_bank_account_changed(event: BankAccountChanged) -> None:
    """To everybody who may change it, and to the shop's own address, which whoever took over a login cannot read."""
    account = BankAccount.objects.select_related("merchant").get(pk=event.account_id)
    team = readers_at(account.merchant, TOLD_OF_MONEY)
    shop = [Reader(account.merchant.email, team[0].language)] if account.merchant.email not in {one.email for one in team} else []
    for reader in (*team, *shop):
        notify(
            subject_id=account.pk,
            reader=reader,
            write=lambda: payout_notices.bank_account_changed(account, event.former_hint),
            at=timezone.now(),
        )


def _payout(payout_id: str) -> Payout:
    found: Payout = Payout.objects.select_related("merchant", "statement").get(pk=payout_id)
    return found
