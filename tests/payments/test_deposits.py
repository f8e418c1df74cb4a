"""Deposits: asked for by rules, paid or held back, returned after closing; penalties: taken after the appeal, returned when lifted."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.invariants import violations
from merchants.models import Merchant, Violation
from merchants.services import close_merchant
from merchants.services.violations import appeal_violation, lift_violation, make_violation, uphold_violation
from payments.errors import DepositNotNeeded, DepositRuleInvalid, DepositRuleKnown, DepositTooMuch
from payments.models import Deposit, DepositMovement, DepositRule, LedgerTransaction, Penalty
from payments.postings import PostingKind, posting
from payments.selectors.deposits import deposit_of, undecided_penalties
from payments.services import ledger
from payments.services.deposits import look_after_deposits, pay_deposit, save_rule
from payments.services.penalties import return_penalty, settle_penalties, take_penalty
from payments.verification import verify
from tests.factories.catalog import make_category, make_product
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.timedelta(days=1)


def wrong_in_ledger() -> list[str]:
    """But for guards, of which tests switch some off to empty tables."""
    return [finding.check for finding in verify().findings if finding.count and not finding.check.startswith("guards")]


def earn(merchant: Merchant, minor: int) -> None:
    """The operator gives a merchant something, so that its balance has it."""
    amounts, key = {"amount": minor}, f"adjustment:{uuid.uuid4()}"
    gift = posting(
        PostingKind.ADJUSTMENT, reference=merchant.pk, key=key, currency=settings.CURRENCY, amounts=amounts, merchant=str(merchant.pk)
    )
    with transaction.atomic():
        ledger.post(posting=gift, at=NOW)


def ask(minor: int, **about: Any) -> DepositRule:
    values = {"rule_id": None, "kind": "", "category_id": None, "is_active": True, "at": NOW}
    return save_rule(**{**values, "amount_minor": minor, **about})


def pay(merchant: Merchant, minor: int, key: str = "one") -> DepositMovement:
    return pay_deposit(merchant_id=merchant.pk, amount_minor=minor, key=key, actor="merchant:1", at=NOW)


def look(at: dt.datetime = NOW) -> None:
    Deposit.objects.update(next_look_at=at)
    look_after_deposits(at=at)


def state(merchant: Merchant) -> tuple[int, int, int]:
    """(required, deposit, payable)."""
    view = deposit_of(merchant.pk)
    return view.required_minor, view.paid_minor, view.payable_minor


def violated(merchant: Merchant, minor: int, at: dt.datetime = NOW) -> Violation:
    return make_violation(merchant_id=merchant.pk, rule="No fakes", reason="Two", points=6, penalty_minor=minor, actor="op:1", at=at)


def appeal(row: Violation, at: dt.datetime = NOW) -> None:
    appeal_violation(merchant_id=row.merchant_id, violation_id=row.pk, text="Not so", actor="merchant:1", at=at)


def decide(row: Violation, *, upheld: bool) -> None:
    (uphold_violation if upheld else lift_violation)(violation_id=row.pk, text="Read", actor="op:1", at=NOW)


def test_the_highest_rule_that_fits_a_merchant_counts() -> None:
    phones = make_category("Phones")
    merchant, other = make_merchant(kind="company"), make_merchant(kind="individual")
    make_product(merchant=merchant, category=make_category("Old phones", parent=phones))
    ask(1_000)
    ask(3_000, kind="company")
    ask(5_000, category_id=phones.pk)
    ask(9_000, kind="individual", category_id=phones.pk)

    look_after_deposits(at=NOW)

    assert (state(merchant), state(other)) == ((5_000, 0, 0), (1_000, 0, 0))


def test_a_rule_about_the_same_or_about_nothing_is_refused() -> None:
    ask(1_000)

    for minor, refusal in ((2_000, DepositRuleKnown), (0, DepositRuleInvalid)):
        with pytest.raises(refusal), transaction.atomic():
            ask(minor)

    assert DepositRule.objects.get().amount_minor == 1_000


def test_what_is_missing_is_held_back_from_the_balance_until_it_is_complete() -> None:
    merchant = make_merchant()
    ask(1_000)
    earn(merchant, 600)

    look_after_deposits(at=NOW)
    assert state(merchant) == (1_000, 600, 0)
    earn(merchant, 900)
    look(NOW + DAY)
    look(NOW + 2 * DAY)

    assert state(merchant) == (1_000, 1_000, 500)
    assert [row.kind for row in DepositMovement.objects.order_by("created_at")] == ["held_back", "held_back"]
    assert (violations(), wrong_in_ledger()) == ({}, [])


def test_a_deposit_is_paid_once_for_each_form_and_never_beyond_what_is_missing() -> None:
    merchant = make_merchant()
    ask(1_000)
    look_after_deposits(at=NOW)
    earn(merchant, 5_000)

    assert pay(merchant, 700) == pay(merchant, 700)
    assert state(merchant) == (1_000, 700, 4_300)
    for minor, key, refusal in ((301, "two", DepositTooMuch), (0, "three", DepositTooMuch)):
        with pytest.raises(refusal), transaction.atomic():
            pay(merchant, minor, key)
    pay(merchant, 300, "four")
    with pytest.raises(DepositNotNeeded), transaction.atomic():
        pay(merchant, 1, "five")

    assert state(merchant) == (1_000, 1_000, 4_000)
    assert violations() == {}


def test_more_than_the_balance_has_is_not_paid() -> None:
    merchant = make_merchant()
    ask(1_000)
    look_after_deposits(at=NOW)
    earn(merchant, 100)

    with pytest.raises(DepositTooMuch), transaction.atomic():
        pay(merchant, 101)

    assert (state(merchant), DepositMovement.objects.exists()) == ((1_000, 0, 100), False)


def test_a_penalty_waits_for_the_time_to_appeal() -> None:
    merchant = make_merchant()
    row = violated(merchant, 400)
    earn(merchant, 1_000)

    assert settle_penalties(at=NOW + 14 * DAY) == 0
    assert undecided_penalties(merchant.pk) == 1
    for _ in range(2):
        settle_penalties(at=NOW + 15 * DAY)

    penalty = Penalty.objects.get(violation=row)
    assert (penalty.status, penalty.amount_minor, penalty.deposit_minor) == ("taken", 400, 0)
    assert (state(merchant), undecided_penalties(merchant.pk)) == ((0, 0, 600), 0)
    assert (violations(), wrong_in_ledger()) == ({}, [])


def test_an_appeal_stops_it_a_refused_one_lets_it_go_and_an_upheld_one_takes_nothing() -> None:
    refused, upheld = violated(make_merchant(), 400), violated(make_merchant(), 400)
    for row in (refused, upheld):
        appeal(row)
    assert settle_penalties(at=NOW + 90 * DAY) == 0

    decide(refused, upheld=True)
    decide(upheld, upheld=False)
    settle_penalties(at=NOW)

    assert Penalty.objects.get().violation == refused
    assert (state(refused.merchant), state(upheld.merchant)) == ((0, 0, -400), (0, 0, 0))
    assert violations() == {}


def test_it_comes_from_the_balance_first_and_from_the_deposit_second_and_goes_back_there() -> None:
    merchant = make_merchant()
    ask(1_000)
    earn(merchant, 1_300)
    look_after_deposits(at=NOW)
    row = violated(merchant, 800)

    settle_penalties(at=NOW + 15 * DAY)
    assert Penalty.objects.get().deposit_minor == 500
    assert state(merchant) == (1_000, 500, 0)
    decide(row, upheld=False)
    for _ in range(2):
        settle_penalties(at=NOW + 16 * DAY)

    assert Penalty.objects.get().status == "returned"
    assert state(merchant) == (1_000, 1_000, 300)
    assert (violations(), wrong_in_ledger()) == ({}, [])


def test_what_neither_has_makes_the_balance_negative() -> None:
    merchant = make_merchant()
    violated(merchant, 800)

    settle_penalties(at=NOW + 15 * DAY)

    assert state(merchant) == (0, 0, -800)


def test_taking_and_returning_by_hand_again_does_nothing() -> None:
    row = violated(make_merchant(), 100)
    assert take_penalty(violation_id=row.pk, at=NOW) is None
    take_penalty(violation_id=row.pk, at=NOW + 15 * DAY)
    assert take_penalty(violation_id=row.pk, at=NOW + 15 * DAY) is None
    assert return_penalty(violation_id=row.pk, at=NOW) is None

    assert LedgerTransaction.objects.filter(kind="penalty").count() == 1


def test_a_closed_shop_gets_its_deposit_back_after_the_time_for_returns() -> None:
    merchant = make_merchant()
    ask(1_000)
    earn(merchant, 1_000)
    look_after_deposits(at=NOW)
    close_merchant(merchant_id=merchant.pk, actor="merchant:1", reason="Over", at=NOW)
    window = dt.timedelta(days=settings.AFTER_SALES_DAYS)

    look(NOW + window - DAY)
    assert state(merchant) == (0, 1_000, 0)
    for later in (DAY, 2 * DAY):
        look(NOW + window + later)

    assert state(merchant) == (0, 0, 1_000)
    assert [row.kind for row in DepositMovement.objects.order_by("created_at")] == ["held_back", "returned"]
    assert violations() == {}


def test_it_stays_while_a_penalty_is_undecided() -> None:
    merchant = make_merchant()
    ask(1_000)
    earn(merchant, 1_000)
    look_after_deposits(at=NOW)
    appeal(violated(merchant, 100))
    close_merchant(merchant_id=merchant.pk, actor="op:1", reason="Fakes", at=NOW)

    look(NOW + dt.timedelta(days=settings.AFTER_SALES_DAYS + 1))

    assert state(merchant) == (0, 1_000, 0)
