"""Taking parts of an order's money back, before and after it was released."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core import invariants
from core.ids import uuid7
from merchants.models import Merchant
from payments import postings, rules, selectors
from payments.errors import HoldFrozen, InsufficientCredit, RefundExceedsHold
from payments.models import EscrowHold, LedgerBalance, Refund
from payments.postings import Account
from payments.services import credit, escrow, ledger, refunds
from tests.factories.accounts import make_user
from tests.factories.credit import give_credit, make_card
from tests.factories.payments import make_hold, make_paid_attempt, share
from tests.payments.test_escrow import balance, settled

pytestmark = pytest.mark.django_db
now = timezone.now


def part(held: EscrowHold, amount_minor: int | None, **overrides: object) -> escrow.Returned:
    fields = {"reference": held.reference, "cause": uuid7(), "amount_minor": amount_minor, "reason": "", "at": now(), **overrides}
    return escrow.refund_part(**fields)  # type: ignore[arg-type]


@given(whole=st.integers(0, 10**6), parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=12), step=st.sampled_from([1, 10, 100]))
def test_shares_of_any_parts_add_up_to_the_whole_and_keep_to_the_step(whole: int, parts: list[int], step: int) -> None:
    whole, parts = whole * step, [amount * step for amount in parts]
    total = sum(parts) + whole
    gone = taken = 0
    for amount in [*parts, whole]:
        if amount:
            gone += amount
            share = rules.share_taken(whole, taken_before=taken, part_after=gone, total=total, step=step)
            assert 0 <= share <= amount
            assert share % step == 0
            taken += share

    assert taken == whole


def test_parts_of_a_held_order_go_back_until_nothing_is_left(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, points_minor=1_000, commission_minor=501)

    first, second, third = part(held, 3_333), part(held, 3_333), part(held, None)

    held.refresh_from_db()
    assert [(back.cash_minor, back.points_minor) for back in (first, second, third)] == [(3_000, 333), (2_999, 334), (3_001, 333)]
    assert (held.status, held.refunded_minor, held.refunded_commission_minor) == ("refunded", 10_000, 501)
    assert selectors.balances(merchant.pk, "USD").held_minor == 0
    refunds.send_refunds(at=now())
    assert balance("provider_clearing") == balance("provider_balance") == balance("points_liability") == 0
    assert settled()


def test_a_part_before_and_a_part_after_release_leave_the_merchant_the_rest(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, commission_minor=500, commission_tax_minor=30)
    part(held, 2_000)
    escrow.release(reference=held.reference, at=now())
    assert selectors.balances(merchant.pk, "USD") == selectors.Balances(0, 7_576, "USD")

    part(held, 3_000)

    assert selectors.balances(merchant.pk, "USD").payable_minor == 10_000 - 5_000 - 250 - 15
    assert (balance("commission"), balance("commission_tax")) == (-250, -15)
    assert settled()


def test_a_cause_takes_money_back_once(merchant: Merchant) -> None:
    held, cause = make_hold(merchant), uuid7()
    first = part(held, 2_000, cause=cause)

    again = part(held, 2_000, cause=cause)

    assert again == first
    assert Refund.objects.count() == 1
    assert settled()


def test_more_than_is_left_is_refused(merchant: Merchant) -> None:
    held = make_hold(merchant)
    part(held, 6_000)

    for amount in (4_001, 0, -1):
        with pytest.raises(RefundExceedsHold):
            part(held, amount)

    held.refresh_from_db()
    assert (held.status, held.refunded_minor, Refund.objects.count()) == ("held", 6_000, 1)


def test_the_caller_may_say_what_commission_goes_back(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, commission_minor=500)
    escrow.release(reference=held.reference, at=now())

    part(held, 1_000, commission_minor=0, commission_tax_minor=0)

    assert balance("commission") == -500
    assert selectors.balances(merchant.pk, "USD").payable_minor == 8_500
    assert settled()


def test_claimed_money_is_not_released(merchant: Merchant) -> None:
    held, cause = make_hold(merchant), uuid7()
    escrow.freeze(reference=held.reference, cause=cause, at=now())
    escrow.freeze(reference=held.reference, cause=cause, at=now())

    with pytest.raises(HoldFrozen):
        escrow.release(reference=held.reference, at=now())

    assert held.freezes.count() == 1
    escrow.lift(cause=cause, at=now())
    escrow.lift(cause=cause, at=now())
    assert escrow.release(reference=held.reference, at=now()).status == "released"
    assert settled()


def test_a_claim_after_release_sets_the_merchants_share_aside(merchant: Merchant) -> None:
    held, cause = make_hold(merchant, 10_000, commission_minor=500), uuid7()
    escrow.release(reference=held.reference, at=now())

    escrow.freeze(reference=held.reference, cause=cause, amount_minor=4_000, at=now())

    assert selectors.balances(merchant.pk, "USD").payable_minor == 9_500 - 3_800
    assert balance("reserved") == -3_800
    assert settled()
    escrow.lift(cause=cause, at=now())
    part(held, 4_000)
    assert selectors.balances(merchant.pk, "USD").payable_minor == 5_700
    assert settled()


def test_a_lost_dispute_takes_its_cash_from_the_merchant_once(merchant: Merchant) -> None:
    held, cause = make_hold(merchant, 10_000, commission_minor=500), uuid7()
    escrow.release(reference=held.reference, at=now())

    for _ in range(2):
        escrow.charge_back(reference=held.reference, cause=cause, amount_minor=4_000, at=now())

    assert selectors.balances(merchant.pk, "USD").payable_minor == 5_700
    assert (balance("disputed"), balance("commission"), Refund.objects.count()) == (-4_000, -300, 0)
    assert set(invariants.violations()) == {"invariant_disputed_explained"}  # by the dispute itself, which provider_disputes books


def test_a_purchase_may_be_paid_by_card_and_credit_and_card_is_paid_back_first(merchant: Merchant) -> None:
    user = make_user()
    give_credit(user, 5_000)
    member = user.pk
    paid = make_paid_attempt(amount_minor=6_000)
    credit.spend(purchase=paid.reference, source="store_credit", owner=member, amount_minor=4_000, currency="USD", at=now())
    held = escrow.hold(purchase=paid.reference, shares=[share(merchant, 10_000)], currency="USD", at=now())[0]
    assert selectors.provider_clearing(paid.reference) == 0

    back = part(held, 7_000)

    assert (back.cash_minor, back.credit_minor) == (6_000, 1_000)
    assert ledger.locked_balance(kind=Account.STORE_CREDIT, owner=member, currency="USD") == 2_000
    part(held, None)
    assert ledger.locked_balance(kind=Account.STORE_CREDIT, owner=member, currency="USD") == 5_000
    refunds.send_refunds(at=now())
    assert settled()


def test_a_purchase_paid_with_a_gift_card_alone_is_held_and_goes_back_to_the_card(merchant: Merchant) -> None:
    card, purchase = make_card(2_500)[0].pk, uuid7()
    credit.spend(purchase=purchase, source="gift_card", owner=card, amount_minor=2_500, currency="USD", at=now())
    held = escrow.hold(purchase=purchase, shares=[share(merchant, 2_500)], currency="USD", at=now())[0]

    escrow.refund_hold(reference=held.reference, reason="", at=now())

    assert ledger.locked_balance(kind=Account.GIFT_CARD, owner=card, currency="USD") == 2_500
    assert settled()


def test_credit_that_is_not_there_is_not_spent() -> None:
    user, purchase = make_user(), uuid7()
    give_credit(user, 999)
    member = user.pk

    for owner, amount in ((member, 1_000), (uuid7(), 1)):
        with pytest.raises(InsufficientCredit):
            credit.spend(purchase=purchase, source="store_credit", owner=owner, amount_minor=amount, currency="USD", at=now())

    assert credit.spent(purchase) == 0
    assert ledger.locked_balance(kind=Account.STORE_CREDIT, owner=member, currency="USD") == 999


@pytest.mark.usefixtures("owner")
def test_a_balance_is_written_by_the_ledger_alone(merchant: Merchant) -> None:
    held = make_hold(merchant)
    escrow.release(reference=held.reference, at=now())
    statements = (
        "UPDATE payments_ledgerbalance SET available_minor = 1",
        "DELETE FROM payments_ledgerbalance",
        "INSERT INTO payments_ledgerbalance SELECT id, 1, NULL FROM payments_ledgeraccount WHERE kind = 'held'",
    )

    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert LedgerBalance.objects.get().available_minor == 9_500


@pytest.mark.parametrize("kind", postings.RULES)
def test_every_posting_rule_has_both_sides_and_takes_no_account_twice(kind: postings.PostingKind) -> None:
    rows = postings.RULES[kind]

    assert {type(row) for row in rows} == {postings.Dr, postings.Cr}
    assert len({row.account for row in rows}) == len(rows)
