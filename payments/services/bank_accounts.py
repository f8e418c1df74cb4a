"""Where merchants are paid to. Details are encrypted, never changed, never deleted; every look at them is written down."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from core import outbox
from core.countries import COUNTRIES
from merchants.models import Merchant
from payments import encryption, payout_rules
from payments.encryption import BankDetails
from payments.errors import BankAccountNotFound, BankDetailsInvalid
from payments.events import BankAccountChanged
from payments.models import BankAccount, BankAccountAccess, Payout

Action = BankAccountAccess.Action


@transaction.atomic
def set_bank_account(*, merchant: Merchant, holder: str, country: str, details: BankDetails, actor: str, at: dt.datetime) -> BankAccount:
    """Pay a merchant to this bank account from a day after `at` on; until then nothing is paid, also not to the one it replaces.

    The face that calls this has asked for the password again.

    Raises:
        BankDetailsInvalid: no holder, or a country, number or bank code that cannot be one.
    """
    number, code = payout_rules.plain_number(details.number), payout_rules.plain_number(details.bank_code)
    holder, bank_name = " ".join(holder.split()), " ".join(details.bank_name.split())
    is_plausible = payout_rules.is_account_number(number) and payout_rules.is_bank_code(code) and country in COUNTRIES
    if not (is_plausible and 1 <= len(holder) <= 120 and len(bank_name) <= 120):
        raise BankDetailsInvalid
    kept = encryption.encrypt(BankDetails(number, code, bank_name), merchant_id=merchant.pk)
    fresh = BankAccount(kind=BankAccount.Kind.BANK, holder=holder, country=country, last4=number[-4:], details=kept)
    return _replace(merchant, fresh, actor, at)


@transaction.atomic
def connect_account(*, merchant: Merchant, connected_account: str, holder: str, country: str, actor: str, at: dt.datetime) -> BankAccount:
    """The same for an account at Stripe ("acct_…"), which knows the bank details itself.

    Raises:
        BankDetailsInvalid: this is not the name of such an account.
    """
    name = connected_account.strip()
    if not (name.startswith("acct_") and name[5:].isalnum() and name.isascii() and len(name) <= 120):
        raise BankDetailsInvalid
    fresh = BankAccount(
        kind=BankAccount.Kind.STRIPE, holder=holder.strip()[:120], country=country, last4=name[-4:], connected_account=name, details=""
    )
    return _replace(merchant, fresh, actor, at)


def _replace(merchant: Merchant, fresh: BankAccount, actor: str, at: dt.datetime) -> BankAccount:
    """The new row in place of the current one; the merchant's row lock puts two changes of one shop in a queue."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    former = BankAccount.objects.for_merchant(merchant).filter(replaced_at__isnull=True).first()
    if former is not None:
        BankAccount.objects.filter(pk=former.pk).update(replaced_at=at)
        note_access(account_ids=[former.pk], action=Action.REPLACED, actor=actor, reason="", at=at)
    fresh.merchant, fresh.created_at = merchant, at
    fresh.usable_from = at + dt.timedelta(hours=settings.PAYOUT_HOLD_HOURS)
    fresh.save(force_insert=True)
    note_access(account_ids=[fresh.pk], action=Action.ADDED, actor=actor, reason="", at=at)
    outbox.publish(BankAccountChanged(str(fresh.pk), str(merchant.pk), fresh.hint, former.hint if former else "", actor))
    return fresh


@transaction.atomic
def reveal_details(*, account_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> BankDetails:
    """The plain details for a person of the operator who has given the password again; who and why is kept for ever.

    Raises:
        BankAccountNotFound: there is none, or it has no details of ours.
        BankDetailsUnreadable: the keys have been lost.
    """
    account: BankAccount | None = BankAccount.objects.filter(pk=account_id).exclude(details="").first()
    if account is None:
        raise BankAccountNotFound
    note_access(account_ids=[account.pk], action=Action.REVEALED, actor=actor, reason=reason, at=at)
    return encryption.decrypt(account.details, merchant_id=account.merchant_id)


def details_of(payout: Payout) -> BankDetails:
    """The plain details a payout goes to, for the payment file, which notes the access."""
    return encryption.decrypt(payout.account.details, merchant_id=payout.merchant_id)


def note_access(*, account_ids: list[uuid.UUID], action: str, actor: str, reason: str, at: dt.datetime) -> None:
    """Write down that somebody did this with these accounts."""
    rows = [BankAccountAccess(created_at=at, account_id=key, action=action, actor=actor, reason=reason[:200]) for key in account_ids]
    BankAccountAccess.objects.bulk_create(rows)


@transaction.atomic
def rotate_keys() -> int:
    """Write all details anew under the newest key, so that older keys can be taken out of the settings; returns how many.

    Raises:
        BankDetailsUnreadable: some cannot be read; nothing was changed.
    """
    accounts = list(BankAccount.objects.select_for_update().exclude(details="").order_by("pk"))
    for account in accounts:
        account.details = encryption.rotated(account.details)
    BankAccount.objects.bulk_update(accounts, ["details"], batch_size=500)
    return len(accounts)
