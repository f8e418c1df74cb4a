"""Payouts the operator carries to the bank: each in one file, each marked once."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from core import invariants
from merchants.models import Merchant
from payments.errors import PayoutNotByHand
from payments.models import BankAccountAccess, Payout
from payments.selectors import balances
from payments.services import payouts, transfers
from payments.transfer_files import csv_of_file
from tests.factories.payouts import NUMBER, make_account, make_due, make_payable

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def waiting(merchant: Merchant, settings: Any) -> Payout:
    """A payout that waits for a person, because there is no practice provider."""
    make_account(merchant, holder="=cmd()")
    make_payable(merchant)
    make_due(merchant)
    settings.SANDBOX_GATEWAY = False
    payouts.run_payouts(at=now())
    return Payout.objects.get()


def test_a_file_has_the_whole_details_and_no_formulas(waiting: Payout) -> None:
    made = transfers.make_transfer_file(actor="operator:1", at=now())
    assert made is not None

    (row,) = csv.DictReader(io.StringIO(csv_of_file(made).decode("utf-8-sig")))

    assert (row["account_number"], row["bank_code"], row["amount"], row["currency"]) == (NUMBER, "COBADEFFXXX", "95.00", "USD")
    assert (row["reference"], row["holder"]) == (waiting.pk.hex, "'=cmd()")
    assert BankAccountAccess.objects.filter(action="exported", actor="operator:1").count() == 1


def test_a_payout_is_in_one_file_only(waiting: Payout) -> None:
    first = transfers.make_transfer_file(actor="operator:1", at=now())
    second = transfers.make_transfer_file(actor="operator:2", at=now())

    waiting.refresh_from_db()
    assert (waiting.status, waiting.gateway, waiting.file) == ("sent", "bank_transfer", first)
    assert second is None


def test_the_operators_word_ends_it_once(waiting: Payout) -> None:
    transfers.mark_by_hand(payout_id=waiting.pk, is_paid=True, actor="operator:1", reason="", at=now())

    for is_paid in (True, False):
        with pytest.raises(PayoutNotByHand):
            transfers.mark_by_hand(payout_id=waiting.pk, is_paid=is_paid, actor="operator:1", reason="", at=now())
    waiting.refresh_from_db()
    assert waiting.status == "paid"
    assert "invariant_payouts_on_their_way" not in invariants.violations()


def test_what_the_bank_sent_back_is_payable_again(waiting: Payout) -> None:
    transfers.mark_by_hand(payout_id=waiting.pk, is_paid=False, actor="operator:1", reason="account closed", at=now())

    waiting.refresh_from_db()
    assert (waiting.status, waiting.failure_code) == ("failed", "returned")
    assert balances(waiting.merchant_id, "USD").payable_minor == 9_500
    assert invariants.violations() == {}


def test_polling_changes_nothing_about_a_payout_that_waits_for_a_person(waiting: Payout) -> None:
    transfers.refresh_payout(payout_id=waiting.pk, at=now())

    waiting.refresh_from_db()
    assert waiting.status == "sent"


def test_a_payout_that_a_provider_makes_cannot_be_marked(merchant: Merchant) -> None:
    make_account(merchant)
    make_payable(merchant)
    make_due(merchant)
    payouts.run_payouts(at=now())

    with pytest.raises(PayoutNotByHand):
        transfers.mark_by_hand(payout_id=Payout.objects.get().pk, is_paid=False, actor="operator:1", reason="", at=now())
