import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from core.states import IllegalTransition, StaleState
from merchants.models import Merchant
from payments import selectors
from payments.errors import AlreadyPosted, HoldNotFound, NotCaptured
from payments.models import EscrowHold, LedgerEntry, LedgerTransaction, Refund
from payments.postings import Account, Leg, Posting
from payments.services import escrow, ledger, refunds
from tests.factories.payments import make_hold, make_paid_attempt, share

pytestmark = pytest.mark.django_db
now = timezone.now


def balance(kind: str) -> int:
    return int(LedgerEntry.objects.filter(account__kind=kind).aggregate(sum=Sum("amount_minor", default=0))["sum"])


def settled() -> bool:
    """All deferred checks of the ledger hold now, and every view is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return {name: rows for name, rows in invariants.violations().items() if name != "invariant_clearing_returns_to_zero"} == {}


def test_a_capture_is_held_per_merchant_order_and_clearing_returns_to_zero(merchant_pair: tuple[Merchant, Merchant]) -> None:
    first, second = merchant_pair
    paid = make_paid_attempt(amount_minor=9_000)
    assert selectors.provider_clearing(paid.reference) == -9_000

    shares = [share(first, 6_000, points_minor=1_000), share(second, 4_000)]
    escrow.hold(purchase=paid.reference, shares=shares, currency="USD", at=now())

    assert selectors.balances(first.pk, "USD").held_minor == 6_000
    assert selectors.balances(second.pk, "USD").held_minor == 4_000
    assert selectors.provider_clearing(paid.reference) == 0
    assert balance("points_liability") == 1_000
    assert settled()


def test_a_release_makes_the_amount_less_commission_payable(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, commission_minor=500)

    escrow.release(reference=held.reference, at=now())

    assert selectors.balances(merchant.pk, "USD") == selectors.Balances(held_minor=0, payable_minor=9_500, currency="USD")
    assert balance("commission") == -500
    assert settled()


def test_a_hold_is_released_once(merchant: Merchant) -> None:
    held = make_hold(merchant)
    escrow.release(reference=held.reference, at=now())

    with pytest.raises(IllegalTransition):
        escrow.release(reference=held.reference, at=now())

    assert selectors.balances(merchant.pk, "USD").payable_minor == 9_500
    assert settled()


def test_a_refund_of_a_held_order_gives_cash_and_points_back(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, points_minor=2_000)

    refund = escrow.refund_hold(reference=held.reference, reason="out of stock", at=now()).refund

    assert refund is not None
    assert (refund.amount_minor, refund.status, refund.reference) == (8_000, "requested", held.reference)
    assert selectors.balances(merchant.pk, "USD").held_minor == 0
    assert selectors.provider_clearing(held.purchase) == -8_000
    assert balance("points_liability") == 0

    refunds.send_refunds(at=now())

    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert selectors.provider_clearing(held.purchase) == 0
    assert balance("provider_balance") == 0
    assert settled()


def test_a_refund_after_release_takes_payable_and_commission_back(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, commission_minor=500)
    escrow.release(reference=held.reference, at=now())

    escrow.refund_hold(reference=held.reference, reason="broken", at=now())

    assert selectors.balances(merchant.pk, "USD") == selectors.Balances(0, 0, "USD")
    assert balance("commission") == 0
    assert settled()


def test_a_refund_after_the_money_left_makes_payable_negative(merchant: Merchant) -> None:
    held = make_hold(merchant, 10_000, commission_minor=500)
    escrow.release(reference=held.reference, at=now())
    paid_out = Posting("payout", uuid7(), "payout:1", "USD", [
        Leg(Account.PAYABLE, 9_500, str(merchant.pk)),
        Leg(Account.PAYOUTS, -9_500),
    ])  # fmt: skip
    ledger.post(posting=paid_out, at=now())

    escrow.refund_hold(reference=held.reference, reason="broken", at=now())

    assert selectors.balances(merchant.pk, "USD").payable_minor == -9_500


def test_an_order_is_refunded_once(merchant: Merchant) -> None:
    held = make_hold(merchant)
    stale = EscrowHold.objects.get()
    escrow.refund_hold(reference=held.reference, reason="", at=now())

    with pytest.raises((IllegalTransition, StaleState)):
        escrow.refund_hold(reference=stale.reference, reason="", at=now())

    assert Refund.objects.count() == 1
    assert settled()


def test_an_order_paid_in_points_alone_has_no_refund_to_send(merchant: Merchant) -> None:
    purchase, part = uuid7(), share(merchant, 700, points_minor=700)
    escrow.hold(purchase=purchase, shares=[part], currency="USD", at=now())

    assert escrow.refund_hold(reference=part.reference, reason="", at=now()) == escrow.Returned(None, 0, 0, 700)

    assert balance("points_liability") == 0
    assert settled()


def test_money_that_was_not_captured_cannot_be_held(merchant: Merchant) -> None:
    paid = make_paid_attempt(amount_minor=9_999)

    for purchase, amount in ((paid.reference, 10_000), (uuid7(), 9_999)):
        with pytest.raises(NotCaptured):
            escrow.hold(purchase=purchase, shares=[share(merchant, amount)], currency="USD", at=now())

    assert not EscrowHold.objects.exists()
    assert selectors.provider_clearing(paid.reference) == -9_999


def test_a_purchase_is_held_once(merchant: Merchant) -> None:
    held = make_hold(merchant)

    with pytest.raises(AlreadyPosted):
        escrow.hold(purchase=held.purchase, shares=[share(merchant, 10_000)], currency="USD", at=now())

    assert EscrowHold.objects.get() == held
    assert LedgerTransaction.objects.filter(kind="hold").count() == 1


def test_an_order_without_a_hold_has_nothing_to_release_or_refund() -> None:
    with pytest.raises(HoldNotFound):
        escrow.release(reference=uuid7(), at=now())
    with pytest.raises(HoldNotFound):
        escrow.refund_hold(reference=uuid7(), reason="", at=now())


def test_the_statement_adds_up_to_the_balances(merchant: Merchant) -> None:
    first, second = make_hold(merchant, 10_000), make_hold(merchant, 3_000)
    escrow.release(reference=first.reference, at=now())

    rows = selectors.statement(merchant.pk, "USD")

    now_has = selectors.balances(merchant.pk, "USD")
    assert [row.kind for row in rows] == ["release", "hold", "hold"]
    assert {row.reference for row in rows} == {first.reference, second.reference}
    assert (sum(row.held_minor for row in rows), sum(row.payable_minor for row in rows)) == (now_has.held_minor, now_has.payable_minor)
