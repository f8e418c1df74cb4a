"""A day of the provider's list beside our books. Yesterday is always the day that is compared here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.models import OutboxEvent
from core.states import history
from payments import gateways
from payments.errors import DayNotOver, DifferenceSettled, NotReconcilable
from payments.gateways.base import OutcomeUnknown, ProviderMovement
from payments.models import (
    LedgerTransaction,
    Movement,
    PaymentAttempt,
    ProviderFee,
    Reconciliation,
    ReconciliationDifference,
    Refund,
    SandboxPayment,
    SandboxRefund,
)
from payments.selectors.accounts import trial_balance
from payments.services import attempts, reconciliation, refunds
from tests.factories.payments import answer, make_paid_attempt, sandbox_payment, start
from tests.payments.test_escrow import balance

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = NOW.astimezone(dt.UTC).date()
NOON = dt.datetime.combine(TODAY - dt.timedelta(days=1), dt.time(12), tzinfo=dt.UTC)
YESTERDAY = NOON.date()
OPERATOR = "operator:ann"


def backdate(moment: dt.datetime = NOON) -> None:
    """As if everything so far had happened then, on both sides."""
    PaymentAttempt.objects.filter(settled_at__isnull=False).update(settled_at=moment)
    PaymentAttempt.objects.update(created_at=moment)
    Refund.objects.filter(settled_at__isnull=False).update(settled_at=moment)
    Refund.objects.update(created_at=moment)
    SandboxPayment.objects.filter(effective_at__isnull=False).update(effective_at=moment)
    SandboxRefund.objects.update(created_at=moment)


def paid(**overrides: Any) -> PaymentAttempt:
    attempt = make_paid_attempt(**overrides)
    backdate()
    return PaymentAttempt.objects.get(pk=attempt.pk)


def compare(day: dt.date = YESTERDAY) -> Reconciliation:
    return reconciliation.reconcile_day(gateway="sandbox", day=day, at=timezone.now())


def differences(status: str = "open") -> list[tuple[str, str]]:
    return list(ReconciliationDifference.objects.filter(status=status).order_by("kind").values_list("movement", "kind"))


def totals(row: Reconciliation) -> list[tuple[Any, ...]]:
    names = ("movement", "currency", "our_count", "our_minor", "their_count", "their_minor")
    return list(row.totals.order_by("movement", "currency").values_list(*names))


def test_a_day_on_which_both_sides_agree_is_clean() -> None:
    first = paid()
    paid(amount_minor=2_500)
    paid(amount_minor=1_500, currency="JPY")
    refunds.request_refund(attempt_id=first.pk, reference=uuid7(), amount_minor=4_000, reason="", at=timezone.now())
    refunds.send_refunds(at=timezone.now())
    backdate()

    row = compare()

    assert (row.status, row.repaired, differences()) == ("clean", 0, [])
    assert totals(row) == [
        ("payment", "JPY", 1, 1_500, 1, 1_500),
        ("payment", "USD", 2, 12_500, 2, 12_500),
        ("refund", "USD", 1, 4_000, 1, 4_000),
    ]
    assert not OutboxEvent.objects.filter(name="ReconciliationDiffered").exists()


def test_only_what_moved_on_the_day_itself_is_compared() -> None:
    make_paid_attempt()
    backdate(NOON - dt.timedelta(days=1))
    make_paid_attempt()

    row = compare()

    assert totals(row) == []
    assert row.status == "clean"


def test_a_charge_we_have_not_settled_is_settled_before_it_counts_as_a_difference() -> None:
    attempt = start()
    answer(attempt, "lose")
    backdate()

    row = compare()

    attempt.refresh_from_db()
    assert (attempt.status, row.status, row.repaired) == ("succeeded", "clean", 1)
    assert LedgerTransaction.objects.get().kind == "capture"
    assert totals(row) == [("payment", "USD", 1, 10_000, 1, 10_000)]


def test_a_charge_of_an_attempt_we_had_given_up_is_settled_too() -> None:
    attempt = start()
    PaymentAttempt.objects.update(status="failed", failure_code="lost")
    answer(attempt, "lose")
    backdate()

    assert compare().status == "clean"
    attempt.refresh_from_db()
    assert attempt.status == "succeeded"


def test_a_refund_whose_answer_was_lost_is_settled_and_not_sent_again() -> None:
    """MON16."""
    attempt = paid()
    refund = refunds.request_refund(attempt_id=attempt.pk, reference=attempt.reference, amount_minor=10_000, reason="", at=NOON)
    gateways.gateway("sandbox").refund(refund)
    backdate()

    row = compare()

    refund.refresh_from_db()
    assert (refund.status, row.status, row.repaired) == ("succeeded", "clean", 1)
    assert SandboxRefund.objects.count() == 1
    assert invariants.violations() == {}


def test_a_charge_nobody_here_knows_is_a_difference_and_the_operator_is_called() -> None:
    paid()
    lost = SandboxPayment.objects.get()
    SandboxPayment.objects.create(
        idempotency_key="typed by hand", amount_minor=700, currency="USD", reference="", status="approved",
        return_url=lost.return_url, effective_at=NOON,
    )  # fmt: skip

    row = compare()

    assert row.status == "differs"
    assert differences() == [("payment", "missing_here")]
    assert totals(row) == [("payment", "USD", 1, 10_000, 2, 10_700)]
    event = OutboxEvent.objects.get(name="ReconciliationDiffered")
    assert event.payload == {"reconciliation_id": str(row.pk), "gateway": "sandbox", "day": YESTERDAY.isoformat(), "differences": 1}


def test_a_payment_the_provider_does_not_know_is_a_difference() -> None:
    paid()
    SandboxPayment.objects.all().delete()

    row = compare()

    assert differences() == [("payment", "missing_there")]
    assert totals(row) == [("payment", "USD", 1, 10_000, 0, 0)]


def test_a_payment_settled_here_on_the_day_after_is_looked_for_one_by_one() -> None:
    """It is on the list of the day before: no difference on either day, and counted once."""
    paid()
    SandboxPayment.objects.update(effective_at=NOON - dt.timedelta(hours=13))

    days = [compare(YESTERDAY - dt.timedelta(days=1)), compare()]

    assert [row.status for row in days] == ["clean", "clean"]
    assert [totals(row) for row in days] == [[("payment", "USD", 1, 10_000, 1, 10_000)], []]


@pytest.mark.parametrize(("change", "kind"), [({"amount_minor": 9_999}, "amount_differs"), ({"currency": "EUR"}, "currency_differs")])
def test_another_amount_or_currency_than_booked_is_a_difference(change: dict[str, Any], kind: str) -> None:
    paid()
    SandboxPayment.objects.update(**change)

    compare()

    assert differences() == [("payment", kind)]


def test_money_that_came_for_another_sum_is_never_taken_as_the_agreed_one() -> None:
    """MON14."""
    attempt = start()
    answer(attempt, "lose")
    SandboxPayment.objects.update(amount_minor=100)
    backdate()

    row = compare()

    attempt.refresh_from_db()
    assert (attempt.status, row.repaired) == ("unknown", 0)
    assert differences() == [("payment", "amount_differs")]
    assert not LedgerTransaction.objects.exists()


def test_a_second_charge_of_one_attempt_is_found_on_the_same_day() -> None:
    attempt = paid()
    first = sandbox_payment(attempt)
    SandboxPayment.objects.create(
        idempotency_key="again", amount_minor=first.amount_minor, currency="USD", reference=first.reference, status="approved",
        return_url=first.return_url, effective_at=NOON + dt.timedelta(minutes=1),
    )  # fmt: skip

    row = compare()

    assert differences() == [("payment", "twice_there")]
    assert totals(row) == [("payment", "USD", 1, 10_000, 2, 20_000)]


def test_a_second_charge_of_one_attempt_is_found_days_later() -> None:
    attempt = make_paid_attempt()
    backdate(NOON - dt.timedelta(days=3))
    first = sandbox_payment(attempt)
    SandboxPayment.objects.create(
        idempotency_key="again", amount_minor=first.amount_minor, currency="USD", reference=first.reference, status="approved",
        return_url=first.return_url, effective_at=NOON,
    )  # fmt: skip

    compare()

    assert differences() == [("payment", "twice_there")]


def test_a_refund_made_in_the_providers_own_pages_is_a_difference() -> None:
    attempt = paid()
    SandboxRefund.objects.create(payment=sandbox_payment(attempt), idempotency_key="by hand", amount_minor=300)
    SandboxRefund.objects.update(created_at=NOON)

    compare()

    assert differences() == [("refund", "missing_here")]


def test_comparing_again_replaces_what_was_open_and_keeps_what_was_settled() -> None:
    for number in range(2):
        SandboxPayment.objects.create(
            idempotency_key=f"stray {number}", amount_minor=700 + number, currency="USD", reference="", status="approved",
            return_url="https://shop.example/", effective_at=NOON,
        )  # fmt: skip
    compare()
    first = ReconciliationDifference.objects.get(their_minor=700)
    reconciliation.settle_difference(
        difference_id=first.pk, status="explained", note="a test of the bank", actor=OPERATOR, at=timezone.now()
    )

    row = compare()

    assert Reconciliation.objects.count() == 1
    assert (row.status, row.runs) == ("differs", 2)
    assert len(differences("explained")) == len(differences("open")) == 1
    SandboxPayment.objects.filter(amount_minor=701).delete()
    assert compare().status == "explained"


def test_a_settled_difference_opens_again_when_its_amount_changes() -> None:
    paid()
    SandboxPayment.objects.update(amount_minor=9_000)
    compare()
    row = ReconciliationDifference.objects.get()
    reconciliation.settle_difference(difference_id=row.pk, status="explained", note="rounding", actor=OPERATOR, at=timezone.now())
    SandboxPayment.objects.update(amount_minor=8_000)

    assert compare().status == "differs"
    assert ReconciliationDifference.objects.get(status="open").their_minor == 8_000


def test_the_last_settled_difference_settles_the_day_and_says_who() -> None:
    paid()
    SandboxPayment.objects.all().delete()
    row = compare()
    difference = row.differences.get()

    settled = reconciliation.settle_difference(
        difference_id=difference.pk, status="resolved", note="booked back", actor=OPERATOR, at=timezone.now()
    )

    row.refresh_from_db()
    last = history(settled).last()
    assert (row.status, settled.status, settled.note, settled.settled_by) == ("explained", "resolved", "booked back", OPERATOR)
    assert last is not None
    assert (last.actor, last.reason) == (OPERATOR, "booked back")


def test_a_difference_is_settled_once() -> None:
    paid()
    SandboxPayment.objects.all().delete()
    difference = compare().differences.get()
    settle: dict[str, Any] = {"difference_id": difference.pk, "status": "resolved", "actor": OPERATOR, "at": timezone.now()}
    reconciliation.settle_difference(note="first", **settle)

    with pytest.raises(DifferenceSettled):
        reconciliation.settle_difference(note="second", **settle)
    with pytest.raises(DifferenceSettled):
        reconciliation.settle_difference(note="gone", **settle | {"difference_id": uuid7()})

    assert ReconciliationDifference.objects.get().note == "first"


def test_yesterday_is_compared_by_itself_two_hours_after_its_end_and_once() -> None:
    paid()
    midnight = dt.datetime.combine(TODAY, dt.time(), tzinfo=dt.UTC)

    assert reconciliation.reconcile_due(at=midnight + dt.timedelta(minutes=119)) == 0
    assert reconciliation.reconcile_due(at=midnight + dt.timedelta(hours=2)) == 1
    assert reconciliation.reconcile_due(at=midnight + dt.timedelta(hours=3)) == 0
    assert Reconciliation.objects.get().status == "clean"


def test_days_that_were_missed_are_caught_up_with_for_a_week() -> None:
    make_paid_attempt()
    backdate(NOON - dt.timedelta(days=30))

    assert reconciliation.reconcile_due(at=NOON + dt.timedelta(days=1)) == 7
    assert Reconciliation.objects.filter(status="clean").count() == 7


def test_a_day_somebody_asks_for_is_compared_by_the_next_sweep() -> None:
    row = reconciliation.request_day(gateway="sandbox", day=TODAY, actor=OPERATOR, at=timezone.now())

    assert row.status == "requested"
    assert reconciliation.reconcile_due(at=timezone.now()) == 1
    row.refresh_from_db()
    assert row.status == "clean"


def test_a_list_that_cannot_be_read_fails_the_day_and_is_read_again_an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    paid()
    midnight = dt.datetime.combine(TODAY, dt.time(2), tzinfo=dt.UTC)

    def silent(since: dt.datetime, until: dt.datetime) -> Any:
        raise OutcomeUnknown("no answer")

    with monkeypatch.context() as broken:
        broken.setitem(gateways._LISTERS, "sandbox", silent)
        reconciliation.reconcile_due(at=midnight)
        row = Reconciliation.objects.get()
        assert (row.status, row.problem) == ("failed", "no answer")
        assert reconciliation.reconcile_due(at=midnight + dt.timedelta(minutes=59)) == 0

    assert reconciliation.reconcile_due(at=midnight + dt.timedelta(minutes=61)) == 1
    row.refresh_from_db()
    assert (row.status, row.problem) == ("clean", "")


def listed(monkeypatch: pytest.MonkeyPatch, *movements: ProviderMovement) -> None:
    monkeypatch.setitem(gateways._LISTERS, "sandbox", lambda since, until: iter(movements))


def test_what_we_keep_no_books_of_is_counted_but_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, ProviderMovement(Movement.DISPUTE, "dp_1", 59, "USD", "", NOON))

    row = compare()

    assert row.status == "clean"
    assert totals(row) == [("dispute", "USD", 0, 0, 1, 59)]


def test_a_fee_is_booked_once_however_often_the_day_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    fees = [ProviderMovement(Movement.FEE, f"txn_{number}", minor, "USD", "", NOON) for number, minor in enumerate((59, 320, -20))]
    listed(monkeypatch, *fees)

    rows = [compare() for _ in range(2)]

    assert [row.status for row in rows] == ["clean", "clean"]
    assert totals(rows[1]) == [("fee", "USD", 3, 359, 3, 359)]
    assert list(LedgerTransaction.objects.values_list("kind", flat=True)) == ["provider_fee"] * 3
    assert (balance("provider_fees"), balance("provider_balance")) == (359, -359)
    assert invariants.violations() == {}


def test_a_fee_in_another_currency_than_the_charge_lowers_the_balance_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    paid(amount_minor=1_500, currency="JPY")
    payment = ProviderMovement(Movement.PAYMENT, *PaymentAttempt.objects.values_list("provider_id").get(), 1_500, "JPY", "", NOON)
    listed(monkeypatch, payment, ProviderMovement(Movement.FEE, "txn_1", 59, "USD", "", NOON))

    assert compare().status == "clean"

    sums = {(row.account.kind, row.account.currency): row.minor for row in trial_balance(timezone.now())}
    assert sums[("provider_balance", "JPY")] == 1_500
    assert (sums[("provider_balance", "USD")], sums[("provider_fees", "USD")]) == (-59, 59)
    assert invariants.violations() == {}


def test_a_booked_fee_that_the_provider_says_otherwise_later_is_a_difference_and_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    fee = ProviderMovement(Movement.FEE, "txn_1", 59, "USD", "", NOON)
    listed(monkeypatch, fee)
    compare()

    listed(monkeypatch, dataclasses.replace(fee, amount_minor=60))
    row = compare()

    assert (row.status, differences()) == ("differs", [("fee", "amount_differs")])
    assert ProviderFee.objects.get().amount_minor == balance("provider_fees") == 59


def test_thousands_of_movements_are_compared_in_few_statements(django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = paid()
    rows = [
        PaymentAttempt(
            reference=uuid7(), gateway="sandbox", amount_minor=100, currency="USD", status="succeeded", idempotency_key=uuid7().hex,
            provider_id=f"p{number}", return_url=attempt.return_url, settled_at=NOON,
        )
        for number in range(1_200)
    ]  # fmt: skip
    PaymentAttempt.objects.bulk_create(rows)
    listed = [ProviderMovement(Movement.PAYMENT, row.provider_id, 100, "USD", str(row.pk), NOON) for row in rows]
    here = ProviderMovement(Movement.PAYMENT, attempt.provider_id, 10_000, "USD", str(attempt.pk), NOON)
    monkeypatch.setitem(gateways._LISTERS, "sandbox", lambda since, until: iter([*listed, here]))

    with django_assert_max_num_queries(30):
        row = compare()

    assert totals(row) == [("payment", "USD", 1_201, 130_000, 1_201, 130_000)]


def test_a_day_that_has_not_begun_and_a_provider_without_a_list_are_refused() -> None:
    with pytest.raises(DayNotOver):
        compare(TODAY + dt.timedelta(days=1))
    with pytest.raises(NotReconcilable):
        reconciliation.reconcile_day(gateway="cowries", day=YESTERDAY, at=timezone.now())

    assert not Reconciliation.objects.exists()


def test_the_command_prints_both_sides_and_fails_on_an_open_difference() -> None:
    paid()
    printed = StringIO()
    call_command("reconcile", "--day", YESTERDAY.isoformat(), "--gateway", "sandbox", stdout=printed)
    assert "$100.00" in printed.getvalue()

    SandboxPayment.objects.update(amount_minor=1)
    with pytest.raises(CommandError, match="1 of 1 days do not agree"):
        call_command("reconcile", "--day", YESTERDAY.isoformat(), "--gateway", "sandbox", stdout=printed)
    assert "amount_differs" in printed.getvalue()


def test_a_charge_another_attempt_of_ours_is_named_by_is_not_confused() -> None:
    """Two payments of one purchase are two movements, matched each with its own attempt."""
    first = start()
    PaymentAttempt.objects.filter(pk=first.pk).update(status="failed")
    make_paid_attempt(reference=first.reference)
    answer(first, "lose")
    attempts.refresh_attempt(attempt_id=first.pk, at=timezone.now())
    refunds.send_refunds(at=timezone.now())
    backdate()

    row = compare()

    assert row.status == "clean"
    assert totals(row) == [("payment", "USD", 2, 20_000, 2, 20_000), ("refund", "USD", 1, 10_000, 1, 10_000)]
    assert uuid.UUID(sandbox_payment(first).reference) == first.pk
