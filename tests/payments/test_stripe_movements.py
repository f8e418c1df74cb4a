"""A day of Stripe's own list, read from the provider double over HTTP, beside our books."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from core import invariants
from payments.gateways import gateway
from payments.gateways.base import OutcomeUnknown
from payments.gateways.stripe_movements import list_movements
from payments.models import PaymentAttempt, ProviderFee, Reconciliation, ReconciliationDifference
from payments.services import attempts, reconciliation, refunds
from tests.factories.payments import start
from tests.payments.test_escrow import balance
from tests.provider_double.client import ProviderDouble

pytestmark = pytest.mark.django_db
now = timezone.now


def paid(double: ProviderDouble, **overrides: Any) -> PaymentAttempt:
    attempt = start(gateway="stripe", **overrides)
    double.pay(attempt.provider_id)
    return attempts.refresh_attempt(attempt_id=attempt.pk, at=now())


def compare() -> Reconciliation:
    return reconciliation.reconcile_day(gateway="stripe", day=now().astimezone(dt.UTC).date(), at=now())


def totals(row: Reconciliation) -> list[tuple[Any, ...]]:
    names = ("movement", "currency", "our_count", "our_minor", "their_count", "their_minor")
    return list(row.totals.order_by("movement", "currency").values_list(*names))


def differences() -> list[tuple[str, str]]:
    return list(ReconciliationDifference.objects.values_list("movement", "kind"))


def test_payments_and_refunds_of_stripe_agree_in_every_kind_of_currency(stripe_double: ProviderDouble) -> None:
    attempt = paid(stripe_double)
    paid(stripe_double, amount_minor=1_500, currency="JPY")
    refunds.request_refund(attempt_id=attempt.pk, reference=attempt.reference, amount_minor=4_000, reason="", at=now())
    refunds.send_refunds(at=now())

    row = compare()

    assert (row.status, differences()) == ("clean", [])
    assert totals(row) == [
        ("fee", "JPY", 1, 73, 1, 73), ("fee", "USD", 1, 320, 1, 320),
        ("payment", "JPY", 1, 1_500, 1, 1_500), ("payment", "USD", 1, 10_000, 1, 10_000), ("refund", "USD", 1, 4_000, 1, 4_000),
    ]  # fmt: skip


def test_what_stripe_keeps_is_booked_so_that_the_books_have_the_balance_it_has(stripe_double: ProviderDouble) -> None:
    attempt = paid(stripe_double)
    refunds.request_refund(attempt_id=attempt.pk, reference=attempt.reference, amount_minor=4_000, reason="", at=now())
    refunds.send_refunds(at=now())

    compare()
    compare()

    kept = sum(row["net"] for row in stripe_double.rows("balance_transaction"))
    assert balance("provider_balance") == kept == 10_000 - 4_000 - 320
    assert (balance("provider_fees"), ProviderFee.objects.count()) == (320, 1)
    assert "invariant_provider_balance_explained" not in invariants.violations()


def test_what_stripe_charges_by_itself_is_a_fee_whole(stripe_double: ProviderDouble) -> None:
    paid(stripe_double)
    line = stripe_double.rows("balance_transaction")[0]
    stripe_double.change(line["id"], type="stripe_fee", amount=-250, net=-250, fee=0)
    since = now() - dt.timedelta(hours=1)

    fees = [row.amount_minor for row in list_movements(since, since + dt.timedelta(hours=2)) if row.kind == "fee"]

    assert fees == [250]


def test_a_payment_whose_answer_and_message_were_lost_is_settled_by_the_comparison(stripe_double: ProviderDouble) -> None:
    attempt = start(gateway="stripe")
    stripe_double.pay(attempt.provider_id)

    row = compare()

    attempt.refresh_from_db()
    assert (attempt.status, row.status, row.repaired) == ("succeeded", "clean", 1)


def test_a_refund_stripe_paid_while_our_commit_was_lost_is_found_and_not_paid_again(stripe_double: ProviderDouble) -> None:
    """MON16."""
    attempt = paid(stripe_double)
    refund = refunds.refund_attempt(attempt_id=attempt.pk, reason="late", at=now())
    gateway("stripe").refund(refund)

    row = compare()

    refund.refresh_from_db()
    assert (refund.status, row.status, row.repaired) == ("succeeded", "clean", 1)
    assert len(stripe_double.refunds()) == 1


def test_a_charge_made_by_hand_in_stripes_pages_is_a_difference(stripe_double: ProviderDouble) -> None:
    paid(stripe_double)
    stranger = start(gateway="stripe", amount_minor=700)
    stripe_double.pay(stranger.provider_id)
    PaymentAttempt.objects.filter(pk=stranger.pk).delete()

    row = compare()

    assert row.status == "differs"
    assert differences() == [("payment", "missing_here")]


def test_a_payment_stripe_has_forgotten_is_a_difference(stripe_double: ProviderDouble) -> None:
    attempt = paid(stripe_double)
    charge = stripe_double.charges()[0]
    for identity in (charge["id"], charge["payment_intent"], attempt.provider_id):
        stripe_double.forget(identity)

    compare()

    assert differences() == [("payment", "missing_there")]


def test_a_list_longer_than_a_page_is_read_whole(stripe_double: ProviderDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.gateways.stripe_movements.PAGE", 2)
    made = {str(paid(stripe_double, amount_minor=1_000 + number).pk) for number in range(5)}
    since = now().replace(microsecond=0) - dt.timedelta(hours=1)

    listed = list(list_movements(since, since + dt.timedelta(hours=2)))

    assert {row.reference for row in listed if row.kind == "payment"} == made
    assert [row.kind for row in listed] == ["payment"] * 5 + ["fee"] * 5


def test_an_unreachable_stripe_fails_the_day_and_changes_nothing(stripe_double: ProviderDouble) -> None:
    paid(stripe_double)
    stripe_double.kill()

    with pytest.raises(OutcomeUnknown):
        compare()

    assert Reconciliation.objects.get().status == "failed"
    assert not ReconciliationDifference.objects.exists()


def test_days_of_stripe_are_compared_only_where_stripe_was_used(stripe_double: ProviderDouble) -> None:
    assert reconciliation.reconcile_due(at=now()) == 0

    paid(stripe_double)
    PaymentAttempt.objects.update(created_at=now() - dt.timedelta(days=3))

    assert reconciliation.reconcile_due(at=now()) >= 2
    assert set(Reconciliation.objects.values_list("gateway", flat=True)) == {"stripe"}
    assert "invariant_provider_balance_explained" not in invariants.violations()
