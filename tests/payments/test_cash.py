"""Money of orders paid at the door: what merchants owe for them, and how it goes back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.states import IllegalTransition
from merchants.models import Merchant
from payments.errors import HoldFrozen, HoldNotFound, RefundExceedsHold
from payments.models import CashCollection, CashReturn, LedgerBalance, LedgerEntry, LedgerTransaction
from payments.selectors import balances
from payments.services import cash, escrow
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
now = timezone.now


def expect(merchant: Merchant, total: int = 10_000, **overrides: Any) -> uuid.UUID:
    """A cash order of 100.00 with 5 % commission and 10 % tax on it; returns its reference."""
    fields = {"points_minor": 0, "credit_minor": 0, "commission_minor": total // 20, "commission_tax_minor": total // 200, **overrides}
    reference = uuid7()
    share = cash.CashShare(merchant_id=merchant.pk, reference=reference, total_minor=total, **fields)
    cash.expect(purchase=uuid7(), shares=[share], currency="USD", at=now())
    return reference


def refund(reference: uuid.UUID, amount: int | None = None, **overrides: Any) -> escrow.Returned:
    fields: dict[str, Any] = {"cause": uuid7(), "reason": "", "at": now(), **overrides}
    return cash.refund_part(reference=reference, amount_minor=amount, **fields)


def owed(merchant: Merchant) -> int:
    return balances(merchant.pk, "USD").payable_minor


def booked(kind: str) -> int:
    return -sum(LedgerEntry.objects.filter(account__kind=kind).values_list("amount_minor", flat=True))


def credit_of(user: Any) -> int:
    return int(LedgerBalance.objects.get(account__code=f"store_credit:{user.pk}:USD").available_minor)


def test_nothing_is_posted_until_the_order_is_complete(merchant: Merchant) -> None:
    expect(merchant)

    assert not LedgerTransaction.objects.exists()
    assert invariants.violations().keys() <= {"invariant_cash_follows_its_order"}


def test_a_complete_order_makes_the_merchant_owe_commission_and_its_tax(merchant: Merchant) -> None:
    reference = expect(merchant)

    cash.collect(reference=reference, at=now())

    assert owed(merchant) == -550
    assert (booked("commission"), booked("commission_tax")) == (500, 50)
    assert invariants.violations() == {}


def test_it_is_collected_once(merchant: Merchant) -> None:
    reference = expect(merchant)
    cash.collect(reference=reference, at=now())

    with pytest.raises(IllegalTransition):
        cash.collect(reference=reference, at=now())

    assert LedgerTransaction.objects.filter(kind="cod_commission").count() == 1


def test_refused_at_the_door_nothing_is_posted(merchant: Merchant) -> None:
    reference = expect(merchant)

    cash.drop(reference=reference, reason="refused", at=now())
    escrow.refund_hold(reference=reference, reason="refused", at=now())

    assert not LedgerTransaction.objects.exists()
    assert CashCollection.objects.get().status == "dropped"
    for late in (cash.collect, lambda **kw: cash.drop(reason="", **kw)):
        with pytest.raises(IllegalTransition):
            late(reference=reference, at=now())


def test_a_member_gets_a_complete_cash_order_back_as_store_credit_from_merchant_and_commission(merchant: Merchant) -> None:
    user = make_user()
    reference = expect(merchant, user_id=user.pk)
    cash.collect(reference=reference, at=now())

    returned = refund(reference)

    assert (returned.cash_minor, returned.credit_minor) == (0, 10_000)
    assert credit_of(user) == 10_000
    assert owed(merchant) == -10_000
    assert (booked("commission"), booked("commission_tax")) == (0, 0)
    assert CashCollection.objects.get().status == "refunded"
    assert invariants.violations() == {}


def test_a_guest_is_paid_by_the_merchant_which_is_recorded_and_marked_once(merchant: Merchant) -> None:
    reference = expect(merchant)
    cash.collect(reference=reference, at=now())

    returned = refund(reference)

    assert (returned.cash_minor, returned.credit_minor) == (10_000, 0)
    assert owed(merchant) == 0, "the commission is given back, the cash never was with us"
    written = CashReturn.objects.get()
    assert (written.way, written.paid_at) == ("merchant", None)
    assert [cash.note_paid_by_merchant(reference=reference, at=now()) for _ in range(2)] == [True, False]
    assert invariants.violations() == {}


def test_parts_add_up_to_the_whole_to_the_cent(merchant: Merchant) -> None:
    user = make_user()
    reference = expect(merchant, 9_999, user_id=user.pk)
    cash.collect(reference=reference, at=now())

    for amount in (3_333, 3_333, None):
        refund(reference, amount)

    assert credit_of(user) == 9_999
    assert owed(merchant) == -9_999
    assert (booked("commission"), booked("commission_tax")) == (0, 0)
    assert invariants.violations() == {}


def test_a_part_that_goes_back_before_completion_lowers_the_commission_that_will_be_owed(merchant: Merchant) -> None:
    user = make_user()
    reference = expect(merchant, user_id=user.pk)

    refund(reference, 4_000)
    cash.collect(reference=reference, at=now())

    assert credit_of(user) == 4_000
    assert booked("commission") == 300
    assert owed(merchant) == -4_000 - 330
    assert invariants.violations() == {}


def test_a_cause_is_refunded_once(merchant: Merchant) -> None:
    user, cause = make_user(), uuid7()
    reference = expect(merchant, user_id=user.pk)

    first = refund(reference, 4_000, cause=cause)
    second = refund(reference, 4_000, cause=cause)

    assert first == second
    assert credit_of(user) == 4_000


@pytest.mark.parametrize("amount", [0, -1, 10_001])
def test_more_than_is_left_is_not_refunded(merchant: Merchant, amount: int) -> None:
    reference = expect(merchant)

    with pytest.raises(RefundExceedsHold):
        refund(reference, amount)

    assert not CashReturn.objects.exists()


def test_what_was_not_collected_is_not_refunded(merchant: Merchant) -> None:
    reference = expect(merchant)
    cash.drop(reference=reference, reason="", at=now())

    with pytest.raises(RefundExceedsHold):
        refund(reference, 100)


def test_a_claim_stops_completion(merchant: Merchant) -> None:
    reference, cause = expect(merchant), uuid7()
    escrow.freeze(reference=reference, cause=cause, at=now())

    with pytest.raises(HoldFrozen):
        cash.collect(reference=reference, at=now())

    escrow.lift(cause=cause, at=now())
    cash.collect(reference=reference, at=now())
    assert CashCollection.objects.get().status == "collected"


def test_points_paid_a_part_and_the_merchant_gets_them_from_us(merchant: Merchant) -> None:
    reference = expect(merchant, points_minor=1_000)

    cash.collect(reference=reference, at=now())

    assert CashCollection.objects.get().amount_minor == 9_000
    assert owed(merchant) == 1_000 - 550
    assert invariants.violations() == {}


def test_a_refund_gives_cash_and_points_back_in_proportion(merchant: Merchant) -> None:
    user = make_user()
    reference = expect(merchant, points_minor=1_000, user_id=user.pk)
    cash.collect(reference=reference, at=now())

    half = refund(reference, 5_000)
    rest = refund(reference)

    assert (half.credit_minor, half.points_minor) == (4_500, 500)
    assert (rest.credit_minor, rest.points_minor) == (4_500, 500)
    assert invariants.violations() == {}


def test_an_order_that_is_not_paid_in_cash_is_not_found() -> None:
    for call in (cash.collect, lambda **kw: cash.drop(reason="", **kw), lambda **kw: refund(kw["reference"])):
        with pytest.raises(HoldNotFound):
            call(reference=uuid7(), at=now())
