"""Bank details: unreadable at rest, never changed or deleted, every look written down."""

import datetime as dt
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.models import OutboxEvent
from merchants.models import Merchant
from payments import encryption
from payments.encryption import BankDetails
from payments.errors import BankAccountNotFound, BankDetailsInvalid, BankDetailsUnreadable
from payments.models import BankAccount, BankAccountAccess
from payments.services.bank_accounts import connect_account, reveal_details, rotate_keys, set_bank_account
from tests.factories.payouts import NUMBER, make_account

pytestmark = pytest.mark.django_db
now = timezone.now


def everything_stored() -> str:
    """All text the database holds of bank accounts and events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(b)::text FROM payments_bankaccount b UNION ALL SELECT row_to_json(e)::text FROM core_outboxevent e"
        )
        return " ".join(text for (text,) in cursor.fetchall())


def test_only_holder_country_and_the_last_four_are_readable_at_rest(merchant: Merchant) -> None:
    account = make_account(merchant, NUMBER)

    stored = everything_stored()
    assert (account.holder, account.country, account.hint) == ("Lantern Lane Ltd", "DE", "•••• 3000")
    assert NUMBER not in stored
    assert NUMBER[:-4] not in stored
    assert "COBADEFF" not in stored
    assert encryption.decrypt(account.details, merchant_id=merchant.pk) == BankDetails(NUMBER, "COBADEFFXXX", "Commerzbank")


def test_numbers_are_kept_without_blanks(merchant: Merchant) -> None:
    account = make_account(merchant, "de89 3704-0044 0532 0130 00")

    assert encryption.decrypt(account.details, merchant_id=merchant.pk).number == NUMBER


@pytest.mark.parametrize("number", ["DE89370400440532013001", "12", "=1+1+1+1", "1234 5678 @", "", "9" * 35])
def test_what_cannot_be_an_account_is_refused(merchant: Merchant, number: str) -> None:
    with pytest.raises(BankDetailsInvalid):
        make_account(merchant, number)

    assert BankAccount.objects.count() == 0


def test_a_new_account_replaces_the_former_which_stays(merchant: Merchant) -> None:
    """AUT07: a change is held for a day, and everybody who should know can be told both ends."""
    former = make_account(merchant)
    at = now()

    fresh = set_bank_account(
        merchant=merchant, holder="Thief", country="GB", details=BankDetails("GB29NWBK60161331926819"), actor="merchant:1", at=at
    )

    former.refresh_from_db()
    assert (former.replaced_at, fresh.replaced_at) == (at, None)
    assert fresh.usable_from == at + dt.timedelta(hours=24)
    event = OutboxEvent.objects.filter(name="BankAccountChanged").order_by("-pk")[0].payload
    assert (event["hint"], event["former_hint"], event["actor"]) == ("•••• 6819", "•••• 3000", "merchant:1")
    assert [(row.account, row.action, row.actor) for row in BankAccountAccess.objects.order_by("pk")][1:] == [
        (former, "replaced", "merchant:1"),
        (fresh, "added", "merchant:1"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_bankaccount SET usable_from = now() - interval '1 day'",
        "UPDATE payments_bankaccount SET connected_account = 'acct_thief'",
        "DELETE FROM payments_bankaccount",
        "UPDATE payments_bankaccountaccess SET actor = 'nobody'",
        "DELETE FROM payments_bankaccountaccess",
    ],
)
def test_an_account_and_its_accesses_cannot_be_rewritten(merchant: Merchant, change: str) -> None:
    make_account(merchant)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_look_at_the_details_is_written_down(merchant: Merchant) -> None:
    account = make_account(merchant)

    details = reveal_details(account_id=account.pk, actor="operator:1", reason="bank asks", at=now())

    access = BankAccountAccess.objects.filter(action="revealed").get()
    assert details.number == NUMBER
    assert (access.account, access.actor, access.reason) == (account, "operator:1", "bank asks")


def test_another_merchants_details_cannot_be_put_in_place(merchant_pair: tuple[Merchant, Merchant]) -> None:
    """A row whose encrypted text was copied from elsewhere is not believed."""
    mine, theirs = make_account(merchant_pair[0]), make_account(merchant_pair[1], "GB29NWBK60161331926819")
    BankAccount.objects.filter(pk=theirs.pk).update(details=mine.details)

    with pytest.raises(BankDetailsUnreadable):
        reveal_details(account_id=theirs.pk, actor="operator:1", reason="", at=now())


def test_a_stripe_account_has_no_details_of_ours(merchant: Merchant) -> None:
    account = connect_account(merchant=merchant, connected_account="acct_1032D82", holder="L", country="US", actor="merchant:1", at=now())

    assert (account.kind, account.hint, account.details) == ("stripe", "•••• 2D82", "")
    with pytest.raises(BankAccountNotFound):
        reveal_details(account_id=account.pk, actor="operator:1", reason="", at=now())
    with pytest.raises(BankDetailsInvalid):
        connect_account(merchant=merchant, connected_account="x", holder="L", country="US", actor="merchant:1", at=now())


def test_both_keys_read_while_one_is_replaced(merchant: Merchant, settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    before = make_account(merchant)
    settings.BANK_DETAILS_KEYS = [old]
    middle = make_account(merchant)
    settings.BANK_DETAILS_KEYS = [new, old]
    after = make_account(merchant)

    read = [encryption.decrypt(account.details, merchant_id=merchant.pk).number for account in (before, middle, after)]

    assert read == [NUMBER] * 3
    settings.BANK_DETAILS_KEYS = [new]
    with pytest.raises(BankDetailsUnreadable):
        encryption.decrypt(middle.details, merchant_id=merchant.pk)


def test_after_the_rotation_the_old_keys_may_go(merchant: Merchant, settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.BANK_DETAILS_KEYS = [old]
    account = make_account(merchant)
    settings.BANK_DETAILS_KEYS = [new, old]

    call_command("rotate_bank_details")

    settings.BANK_DETAILS_KEYS, settings.SECRET_KEY = [new], "another"
    account.refresh_from_db()
    assert encryption.decrypt(account.details, merchant_id=merchant.pk).number == NUMBER


def test_a_rotation_that_cannot_read_everything_changes_nothing(merchant_pair: tuple[Merchant, Merchant], settings: Any) -> None:
    lost, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    readable = make_account(merchant_pair[0])
    settings.BANK_DETAILS_KEYS = [lost]
    make_account(merchant_pair[1])
    settings.BANK_DETAILS_KEYS = [new]

    with pytest.raises(BankDetailsUnreadable):
        rotate_keys()

    assert BankAccount.objects.get(pk=readable.pk).details == readable.details


def test_an_altered_token_is_refused(merchant: Merchant) -> None:
    token = encryption.encrypt(BankDetails(NUMBER), merchant_id=merchant.pk)

    with pytest.raises(BankDetailsUnreadable):
        encryption.decrypt(token[:-4] + "AAAA", merchant_id=merchant.pk)
    assert NUMBER not in json.dumps(token)
