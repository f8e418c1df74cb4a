"""A purchase paid by bank transfer: it waits longer, its goods with it, and ends like any other."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from core.invariants import violations
from logistics.models import Reservation
from orders.models import Checkout
from orders.selectors import database_now
from orders.services import payment
from orders.services.expiry import expire_unpaid
from payments.gateways import bank_books
from payments.models import ExpectedTransfer, OutgoingTransfer, PaymentAttempt, Refund
from payments.services import bank_transfers
from support.models import Mail
from tests.drain import drain
from tests.factories.payments import answer
from tests.walkthrough import RETURN_URL, order_up_to

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def account(settings: Settings) -> None:
    settings.BANK_TRANSFER_ACCOUNT = "IBAN DE75 5121 0800 1245 1261 99"


@pytest.fixture
def unpaid() -> Checkout:
    return order_up_to("awaiting_payment").checkout


def choose(checkout: Checkout, gateway: str = "bank_transfer") -> PaymentAttempt:
    checkout.refresh_from_db()
    return payment.start_payment(checkout=checkout, gateway=gateway, return_url=RETURN_URL, at=timezone.now())


def money_comes(**overrides: Any) -> None:
    transfer = ExpectedTransfer.objects.get()
    fields = {"transaction_id": "TX1", "amount_minor": transfer.amount_minor, "currency": transfer.currency, "text": transfer.code}
    line = bank_books.BookedLine(booked_on=dt.date(2026, 11, 22), **{**fields, **overrides})
    bank_books.take_line(line, at=timezone.now())


def test_choosing_it_keeps_the_purchase_and_its_goods_for_three_days_by_the_databases_clock(unpaid: Checkout) -> None:
    before = database_now()

    choose(unpaid)

    unpaid.refresh_from_db()
    assert before + 3 * DAY <= unpaid.expires_at <= database_now() + 3 * DAY
    assert set(Reservation.objects.values_list("expires_at", flat=True)) == {unpaid.expires_at}


def test_choosing_it_again_does_not_keep_the_goods_any_longer(unpaid: Checkout) -> None:
    choose(unpaid)
    unpaid.refresh_from_db()
    first = unpaid.expires_at

    choose(unpaid, "sandbox")
    choose(unpaid)

    unpaid.refresh_from_db()
    assert unpaid.expires_at == first


def test_other_ways_to_pay_keep_their_half_hour(unpaid: Checkout) -> None:
    choose(unpaid, "sandbox")

    before = unpaid.expires_at
    unpaid.refresh_from_db()
    assert unpaid.expires_at == before


def test_the_shopper_is_written_account_sum_and_reference_once(unpaid: Checkout) -> None:
    attempt = choose(unpaid)
    choose(unpaid)
    drain()

    mail = Mail.objects.get(kind="transfer_awaited")
    told = bank_transfers.instructions(attempt=attempt)
    assert told.reference in mail.text
    assert "IBAN DE75" in mail.text


def test_the_money_that_comes_pays_the_purchase(unpaid: Checkout) -> None:
    choose(unpaid)

    money_comes()
    drain()

    unpaid.refresh_from_db()
    assert unpaid.status == "paid"
    assert violations() == {}


def test_money_that_comes_after_the_deadline_goes_back_once_as_a_transfer_to_make(unpaid: Checkout) -> None:
    choose(unpaid)
    unpaid.refresh_from_db()
    expire_unpaid(at=unpaid.expires_at)
    drain()

    money_comes()
    drain()
    drain()

    unpaid.refresh_from_db()
    assert unpaid.status == "expired"
    assert (Refund.objects.get().amount_minor, Refund.objects.get().status) == (unpaid.total_minor, "sent")
    assert OutgoingTransfer.objects.get().amount_minor == unpaid.total_minor
    bank_transfers.settle_outgoing(
        outgoing_id=OutgoingTransfer.objects.get().pk, made=True, actor="operator:test", reason="", at=timezone.now()
    )
    assert violations() == {}


def test_a_transfer_beside_a_card_payment_goes_back_and_the_card_payment_stands(unpaid: Checkout) -> None:
    """MON27: paid in two ways; the second is given back once."""
    choose(unpaid)
    attempt = choose(unpaid, "sandbox")
    answer(attempt, "approve")
    drain()

    money_comes()
    drain()

    unpaid.refresh_from_db()
    assert unpaid.status == "paid"
    assert sorted(PaymentAttempt.objects.values_list("gateway", "status")) == [("bank_transfer", "surplus"), ("sandbox", "succeeded")]
    assert OutgoingTransfer.objects.get().amount_minor == unpaid.total_minor
