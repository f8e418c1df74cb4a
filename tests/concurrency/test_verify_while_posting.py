"""The ledger is verified while it is written to."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from core.ids import uuid7
from payments import verification
from payments.postings import Account, Leg, Posting
from payments.services import ledger

pytestmark = pytest.mark.django_db(transaction=True)


def post() -> None:
    legs = [Leg(Account.SUBSIDIES, 100), Leg(Account.STORE_CREDIT, -100, "a shopper")]
    ledger.post(posting=Posting("test", uuid7(), uuid7().hex, "USD", legs), at=timezone.now())


def sum_apart() -> tuple[int, int]:
    """Kept balances and the entries behind them, asked one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(available_minor), 0)::bigint FROM payments_ledgerbalance")
        kept = cursor.fetchone()[0]
        post_elsewhere()
        cursor.execute("SELECT coalesce(-sum(amount_minor), 0)::bigint FROM payments_ledgerentry WHERE amount_minor < 0")
        return kept, cursor.fetchone()[0]


def post_elsewhere() -> None:
    def run() -> None:
        try:
            post()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_all_figures_of_a_verification_are_of_one_moment() -> None:
    post()

    with verification.one_moment():
        kept, posted = sum_apart()

    assert kept == posted == 100


def test_control_without_the_snapshot_figures_are_of_different_moments() -> None:
    post()

    kept, posted = sum_apart()

    assert (kept, posted) == (100, 200)


def test_a_verification_writes_nothing() -> None:
    with verification.one_moment(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("on",)
