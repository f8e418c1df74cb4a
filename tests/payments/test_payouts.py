"""Paying merchants: what is due, what is carried forward, what a provider's answer does."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from core import invariants
from core.models import OutboxEvent
from merchants.models import Merchant
from payments import gateways
from payments.errors import PayoutNotFailed, PayoutNotPossible
from payments.gateways.base import NotAtProvider, Outcome, OutcomeUnknown, ProviderTransfer
from payments.models import Payout, PayoutSchedule, PayoutStatement, SandboxTransfer
from payments.selectors import balances
from payments.services import escrow, payouts, statements, transfers
from payments.services.payout_schedules import pause_payouts, resume_payouts
from tests.factories.payouts import DAY, make_account, make_due, make_payable, refund

pytestmark = pytest.mark.django_db
now = timezone.now


def run(merchant: Merchant, at: dt.datetime | None = None) -> PayoutStatement:
    """Let a merchant's period end and be paid."""
    make_due(merchant)
    payouts.run_payouts(at=at or now())
    return PayoutStatement.objects.filter(merchant=merchant).order_by("-number")[0]


def events(name: str) -> list[Any]:
    return [event.payload for event in OutboxEvent.objects.filter(name=name)]


def test_a_due_balance_is_paid_out_with_its_statement(merchant: Merchant) -> None:
    account = make_account(merchant)
    make_payable(merchant, 10_000)
    make_payable(merchant, 4_000)

    statement = run(merchant)

    payout = Payout.objects.get()
    assert (payout.amount_minor, payout.currency, payout.status, payout.destination) == (13_300, "USD", "paid", "•••• 3000")
    assert (payout.statement, payout.account, payout.idempotency_key) == (statement, account, payout.pk.hex)
    assert (statement.number, statement.opening_minor, statement.closing_minor, statement.carried) == (1, 0, 0, "")
    assert statement.lines.count() == 3
    assert SandboxTransfer.objects.get().amount_minor == 13_300
    assert balances(merchant.pk, "USD").payable_minor == 0
    assert events("PayoutPaid") == [
        {"payout_id": str(payout.pk), "merchant_id": str(merchant.pk), "amount_minor": 13_300, "currency": "USD"}
    ]
    assert invariants.violations() == {}


def test_the_next_date_moves_on_with_the_closing(merchant: Merchant) -> None:
    make_account(merchant)
    make_payable(merchant)

    run(merchant)

    schedule = PayoutSchedule.objects.get()
    assert schedule.next_payout_at > now()
    assert payouts.run_payouts(at=now()) == 0
    assert Payout.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "amount", "has_account", "is_paused"),
    [("below_minimum", 1_000, True, False), ("no_account", 10_000, False, False), ("paused", 10_000, True, True)],
)
def test_what_cannot_be_paid_is_carried_forward(merchant: Merchant, reason: str, amount: int, has_account: bool, is_paused: bool) -> None:
    if has_account:
        make_account(merchant)
    make_payable(merchant, amount)
    if is_paused:
        pause_payouts(merchant=merchant, actor="operator:test", reason="identity unclear", at=now())

    statement = run(merchant)

    assert (statement.carried, statement.opening_minor, statement.closing_minor) == (reason, 0, amount * 95 // 100)
    assert Payout.objects.count() == 0
    assert balances(merchant.pk, "USD").payable_minor == amount * 95 // 100
    assert invariants.violations() == {}


def test_what_was_carried_forward_goes_with_the_next_payout(merchant: Merchant) -> None:
    make_payable(merchant, 1_000)
    first = run(merchant)
    make_account(merchant)
    make_payable(merchant, 9_000)

    second = run(merchant)

    assert (first.carried, first.closing_minor) == ("below_minimum", 950)
    assert (second.number, second.opening_minor, second.closing_minor) == (2, 950, 0)
    assert Payout.objects.get().amount_minor == 9_500


def test_a_paused_merchant_is_paid_after_the_pause(merchant: Merchant) -> None:
    make_account(merchant)
    make_payable(merchant)
    pause_payouts(merchant=merchant, actor="operator:test", reason="identity unclear", at=now())
    run(merchant)
    resume_payouts(merchant=merchant, actor="operator:test", reason="clear now", at=now())

    statement = run(merchant)

    assert (statement.number, statement.opening_minor, statement.closing_minor) == (2, 9_500, 0)
    assert Payout.objects.get().amount_minor == 9_500


def test_an_account_that_is_a_day_old_is_not_paid_to_and_neither_is_the_one_before(merchant: Merchant) -> None:
    """AUT07."""
    make_account(merchant)
    make_payable(merchant)
    make_account(merchant, "GB29NWBK60161331926819", at=now() - dt.timedelta(hours=23, minutes=59))

    held = run(merchant)
    paid = run(merchant, at=now() + dt.timedelta(minutes=5))

    assert held.carried == "no_account"
    assert paid.payout.destination == "•••• 6819"


def test_a_refund_after_the_payout_makes_payable_negative_and_nets_the_next_one(merchant: Merchant) -> None:
    """MON18: the platform never silently pays."""
    make_account(merchant)
    sold = make_payable(merchant, 10_000)
    run(merchant)
    refund(sold)

    negative = run(merchant)
    make_payable(merchant, 30_000)
    netted = run(merchant)

    assert (negative.carried, negative.closing_minor) == ("nothing", -9_500)
    assert (netted.opening_minor, netted.closing_minor) == (-9_500, 0)
    assert list(Payout.objects.order_by("pk").values_list("amount_minor", flat=True)) == [9_500, 28_500 - 9_500]
    assert invariants.violations() == {}


def test_money_under_claim_is_not_paid(merchant: Merchant) -> None:
    make_account(merchant)
    claimed = make_payable(merchant, 10_000)
    make_payable(merchant, 6_000)
    escrow.freeze(reference=claimed.reference, cause=claimed.pk, at=now())

    run(merchant)

    assert Payout.objects.get().amount_minor == 5_700
    assert invariants.violations() == {}


def test_a_merchant_without_movements_gets_no_empty_statement(merchant: Merchant) -> None:
    make_account(merchant)
    make_payable(merchant)
    run(merchant)

    make_due(merchant)
    payouts.run_payouts(at=now())

    assert PayoutStatement.objects.count() == 1


def test_each_currency_has_its_own_statement_and_numbers_run_on(merchant: Merchant) -> None:
    make_account(merchant)
    make_payable(merchant, 10_000)
    _payable_in_yen(merchant, 5_000)

    run(merchant)

    found = PayoutStatement.objects.order_by("number")
    assert sorted(row.currency for row in found) == ["JPY", "USD"]
    assert [row.number for row in found] == [1, 2]
    assert {row.currency: row.payout.amount_minor for row in found} == {"JPY": 5_000, "USD": 9_500}


def _payable_in_yen(merchant: Merchant, minor: int) -> None:
    from core.ids import uuid7
    from payments.postings import PostingKind, posting
    from payments.services import ledger

    about = uuid7()
    amounts = {"amount": minor}
    ledger.post(
        posting=posting(
            PostingKind.ADJUSTMENT, reference=about, key=f"t:{about}", currency="JPY", amounts=amounts, merchant=str(merchant.pk)
        ),
        at=now(),
    )


def test_a_refused_payout_is_payable_again_and_the_merchant_is_told(merchant: Merchant) -> None:
    make_account(merchant, "000123450002")
    make_payable(merchant)

    run(merchant)

    payout = Payout.objects.get()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert balances(merchant.pk, "USD").payable_minor == 9_500
    assert [event["code"] for event in events("PayoutFailed")] == ["account_closed"]
    assert invariants.violations() == {}


def test_trying_again_makes_a_new_payout_of_the_balance_as_it_is(merchant: Merchant) -> None:
    make_account(merchant, "000123450002")
    sold = make_payable(merchant, 10_000)
    run(merchant)
    failed = Payout.objects.get()
    refund(sold, 2_000)
    make_account(merchant)

    statement = payouts.retry_payout(payout_id=failed.pk, actor="operator:test", at=now())
    transfers.send_payouts(at=now())

    fresh = statement.payout
    fresh.refresh_from_db()
    assert fresh.pk != failed.pk
    assert (fresh.amount_minor, fresh.status) == (7_600, "paid")
    assert (statement.opening_minor, statement.closing_minor) == (0, 0)
    with pytest.raises(PayoutNotPossible):
        payouts.retry_payout(payout_id=failed.pk, actor="operator:test", at=now())
    assert Payout.objects.count() == 2
    assert invariants.violations() == {}


def test_only_a_failed_payout_can_be_tried_again(merchant: Merchant) -> None:
    make_account(merchant)
    make_payable(merchant)
    run(merchant)

    with pytest.raises(PayoutNotFailed):
        payouts.retry_payout(payout_id=Payout.objects.get().pk, actor="operator:test", at=now())

    assert PayoutStatement.objects.count() == 1


def test_an_answer_that_was_lost_is_found_by_the_key_and_never_sent_again(merchant: Merchant) -> None:
    """MON19."""
    make_account(merchant, "000123450003")
    make_payable(merchant)
    run(merchant)
    lost = Payout.objects.get()

    transfers.send_payouts(at=now() + dt.timedelta(minutes=1))

    assert lost.status == "unknown"
    lost.refresh_from_db()
    assert lost.status == "paid"
    assert SandboxTransfer.objects.count() == 1
    assert invariants.violations() == {}


class Deaf:
    """A provider whose network is down in one direction: `applied` says whether a request arrives, answers never do."""

    code = "sandbox"
    label = "Deaf"

    def __init__(self, applied: bool) -> None:
        self.applied, self.keys = applied, set[str]()

    def is_available(self, merchant_id: Any) -> bool:
        return True

    def transfer(self, payout: Payout) -> ProviderTransfer:
        if self.applied:
            self.keys.add(payout.idempotency_key)
        raise OutcomeUnknown("time-out")

    def fetch_transfer(self, payout: Payout) -> ProviderTransfer:
        if payout.idempotency_key not in self.keys:
            raise NotAtProvider
        return ProviderTransfer("tr_1", Outcome.SUCCEEDED, payout.amount_minor, payout.currency)


def test_a_transfer_that_never_arrived_is_repeated_under_its_own_key_until_the_key_is_old(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = Deaf(applied=False)
    monkeypatch.setitem(gateways._TRANSFERS, "sandbox", deaf)
    make_account(merchant)
    make_payable(merchant)
    run(merchant)
    payout = Payout.objects.get()

    transfers.send_payouts(at=now() + dt.timedelta(minutes=1))
    payout.refresh_from_db()
    waiting = payout.status
    transfers.send_payouts(at=now() + DAY)

    payout.refresh_from_db()
    assert (waiting, payout.status, payout.failure_code) == ("unknown", "failed", "lost")
    assert balances(merchant.pk, "USD").payable_minor == 9_500
    assert invariants.violations() == {}


def test_a_provider_that_transferred_another_amount_is_not_believed(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    make_account(merchant)
    make_payable(merchant)
    other = ProviderTransfer("tr_1", Outcome.SUCCEEDED, 1, "USD")
    monkeypatch.setattr(gateways.transfer_gateway("sandbox"), "transfer", lambda payout: other)

    run(merchant)

    assert Payout.objects.get().status == "unknown"
    assert events("PayoutPaid") == []
    assert invariants.violations() == {}


def test_a_payout_on_its_way_is_polled_until_it_has_arrived(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    make_account(merchant, "000123450004")
    make_payable(merchant)
    run(merchant)
    payout = Payout.objects.get()
    early = payout.status

    SandboxTransfer.objects.update(effective_at=now())
    transfers.send_payouts(at=now() + dt.timedelta(minutes=1))

    payout.refresh_from_db()
    assert (early, payout.status) == ("sent", "paid")


def test_one_merchants_broken_books_do_not_keep_the_others_waiting(merchant_pair: tuple[Merchant, Merchant], monkeypatch: Any) -> None:
    for one in merchant_pair:
        make_account(one)
        make_payable(one)
        make_due(one)
    close = statements.close_period

    def broken(**values: Any) -> Any:
        if values["schedule"].merchant_id == merchant_pair[0].pk:
            raise statements.BooksDisagree
        return close(**values)

    monkeypatch.setattr(statements, "close_period", broken)
    payouts.run_payouts(at=now())

    assert [payout.merchant for payout in Payout.objects.all()] == [merchant_pair[1]]
    assert PayoutSchedule.objects.get(merchant=merchant_pair[0]).next_payout_at <= now()
