"""Payouts to merchants' accounts at Stripe, against the provider of its own process."""

import datetime as dt

import pytest
from django.utils import timezone

from core import invariants
from merchants.models import Merchant
from payments.models import Payout
from payments.services import payouts, transfers
from payments.services.bank_accounts import connect_account
from tests.factories.payouts import DAY, make_due, make_payable
from tests.provider_double.client import ProviderDouble

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def connected(stripe_double: ProviderDouble, merchant: Merchant) -> str:
    """The merchant's account at Stripe, and 95.00 USD to be paid there."""
    account = stripe_double.account()
    connect_account(
        merchant=merchant, connected_account=account, holder="Tea House", country="US", actor="merchant:test", at=now() - 2 * DAY
    )
    make_payable(merchant)
    make_due(merchant)
    return account


def run(at: dt.datetime | None = None) -> Payout:
    payouts.run_payouts(at=at or now())
    transfers.send_payouts(at=at or now())
    return Payout.objects.get()


def test_a_payout_is_one_transfer_to_the_merchants_account(connected: str, stripe_double: ProviderDouble) -> None:
    payout = run()

    (transfer,) = stripe_double.rows("transfer")
    assert (transfer["destination"], transfer["amount"], transfer["currency"]) == (connected, 9_500, "usd")
    assert transfer["metadata"]["payout_id"] == str(payout.pk)
    assert (payout.status, payout.provider_id) == ("paid", transfer["id"])
    assert invariants.violations() == {}


@pytest.mark.parametrize("knob", ["drop_after", "error_after"])
def test_a_transfer_whose_answer_was_lost_is_found_and_not_made_again(connected: str, stripe_double: ProviderDouble, knob: str) -> None:
    """MON19."""
    stripe_double.turn(knob, method="POST", path="/v1/transfers")
    run()
    stripe_double.clear(knob)

    for minutes in (2, 5, 30):
        run(now() + dt.timedelta(minutes=minutes))

    assert Payout.objects.get().status == "paid"
    assert len(stripe_double.rows("transfer")) == 1
    assert invariants.violations() == {}


def test_an_account_that_stripe_does_not_know_fails_the_payout(connected: str, stripe_double: ProviderDouble) -> None:
    stripe_double.forget(connected)

    payout = run()

    assert (payout.status, payout.failure_code) == ("failed", "resource_missing")
    assert not stripe_double.rows("transfer")
    assert invariants.violations() == {}
