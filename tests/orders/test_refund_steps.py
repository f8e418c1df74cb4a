"""Part refunds in currencies that cards move in steps of ten minor units, such as KWD."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core import invariants
from core.ids import uuid7
from core.money import Money
from loyalty.selectors import balance
from loyalty.services import earn
from orders.errors import CreditExceedsTotal
from orders.models import MerchantOrder, OrderRefund
from orders.services import fulfilment, returns_of_money
from orders.services import refunds as order_refunds
from orders.services.cases import answers, disputes
from orders.services.cases.receiving import Count, receive
from orders.services.credits import CreditWish, total_of
from orders.services.returns_of_money import Part
from orders.states import CaseStatus
from payments.errors import AmountNotInSteps
from payments.models import EscrowHold, EscrowReturn, LedgerEntry, PaymentAttempt, Refund
from payments.services import refunds
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.cases import lines_of, open_case, send_back
from tests.factories.exchange import make_rates
from tests.factories.orders import make_goods
from tests.orders.test_currencies import bought_in
from tests.walkthrough import Walk, pay

pytestmark = pytest.mark.django_db
now = timezone.now


def delivered(price: int = 2_000, quantity: int = 1, points: int = 0) -> Walk:
    """A delivered purchase in KWD of two sellers, of which points have paid a part."""
    make_rates()
    user = make_user()
    if points:
        earn(user_id=user.pk, reference=uuid7(), points=points, rule="test", at=now())
    walk = bought_in("KWD", *[make_goods(price=price + extra) for extra in (0, 137) for _ in range(quantity)], user=user, points=points)
    pay(walk.checkout)
    drain()
    for order in walk.refresh().orders:
        fulfilment.ship_order(
            order_id=order.pk, carrier="SF", tracking_number=order.number, actor=f"merchant:{order.merchant_id}", at=now()
        )
        fulfilment.mark_delivered(order_id=order.pk, actor="system:test", at=now())
    return walk.refresh()


def order_up_to_delivered(order: MerchantOrder) -> None:
    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number=order.number, actor=f"merchant:{order.merchant_id}", at=now())
    fulfilment.mark_delivered(order_id=order.pk, actor="system:test", at=now())


def refund(walk: Walk, number: int, amount: int, shipping: int = 0) -> OrderRefund:
    order = walk.orders[number]
    return returns_of_money.refund_part(
        order_id=order.pk,
        cause=uuid.uuid4(),
        parts=[Part(lines_of(order)[0].pk, 0, amount)],
        shipping_minor=shipping,
        actor="operator:1",
        reason="scratched",
        at=now(),
    )


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(1, 400), st.integers(0, 100)), max_size=6),
    st.sampled_from([0, 333, 1_001]),
)
def test_any_parts_of_a_purchase_in_dinars_go_back_in_steps_and_add_up_to_it(parts: list[tuple[int, int, int]], points: int) -> None:
    walk = delivered(points=points)
    for number, amount, shipping in parts:
        order = walk.refresh().orders[number]
        line = lines_of(order)[0]
        left = order.shipping_minor - order.refunded_shipping_minor
        goods = min(amount * 10, line.total_minor - line.refunded_minor)
        if goods or min(shipping * 10, left):
            refund(walk, number, goods, min(shipping * 10, left))

    for order in walk.refresh().orders:
        order_refunds.refund_order(order_id=order.pk, actor="operator:1", reason="the rest", at=now())
    drain()
    refunds.send_refunds(at=now())

    sent = list(Refund.objects.filter(attempt__reference=walk.checkout.pk))
    assert sum(row.amount_minor for row in sent) == walk.checkout.due_minor
    assert all(row.amount_minor % 10 == 0 and row.status == "succeeded" for row in sent)
    back = EscrowReturn.objects.filter(hold__purchase=walk.checkout.pk)
    assert sum(row.points_minor for row in back) == walk.checkout.points_minor
    kept = LedgerEntry.objects.filter(account__kind__in=["commission", "commission_tax"], account__currency="KWD")
    assert sum(kept.values_list("amount_minor", flat=True)) == 0
    assert walk.checkout.user_id is not None
    assert balance(walk.checkout.user_id, now()) == points
    assert invariants.violations() == {}


def test_each_order_of_a_purchase_that_points_paid_in_part_can_go_back_by_itself() -> None:
    walk = delivered(points=1_001)

    order_refunds.refund_order(order_id=walk.orders[0].pk, actor="operator:1", reason="lost", at=now())

    held = EscrowHold.objects.get(reference=walk.orders[0].pk)
    assert held.points_minor > 0
    assert Refund.objects.get().amount_minor == held.amount_minor - held.points_minor
    assert Refund.objects.get().amount_minor % 10 == 0


def test_a_part_that_no_card_can_be_refunded_is_refused_and_nothing_changes() -> None:
    walk = delivered()

    with pytest.raises(AmountNotInSteps) as refused:
        refund(walk, 0, 1_005)

    assert "KWD\u00a00.010" in str(refused.value)
    assert not Refund.objects.exists()
    assert (walk.refresh().order.refunded_minor, lines_of(walk.order)[0].refunded_minor) == (0, 0)
    assert invariants.violations() == {}


def test_offers_and_verdicts_are_agreed_in_steps() -> None:
    case = open_case(delivered().order, kind="refund_only", reason="damaged")

    with pytest.raises(AmountNotInSteps):
        answers.offer(case_id=case.pk, amount_minor=1_005, reason="a scratch", actor="merchant:1", at=now())
    case.refresh_from_db()
    assert (case.status, case.messages.count()) == (CaseStatus.REQUESTED, 1)
    answers.refuse(case_id=case.pk, reason="no", actor="merchant:1", at=now())
    disputes.escalate(case_id=case.pk, text="but yes", actor="shopper:1", at=now())
    with pytest.raises(AmountNotInSteps):
        disputes.decide(case_id=case.pk, outcome="part", amount_minor=1_005, reason="half", actor="operator:1", at=now())
    case.refresh_from_db()
    assert case.status == CaseStatus.ESCALATED

    disputes.decide(case_id=case.pk, outcome="part", amount_minor=1_010, reason="half", actor="operator:1", at=now())

    assert Refund.objects.get().amount_minor == 1_010


def test_a_deduction_leaves_what_a_card_can_be_refunded() -> None:
    case = open_case(delivered().order, kind="return", reason="damaged")
    answers.approve(case_id=case.pk, actor="merchant:1", at=now())
    send_back(case)
    counts = [Count(line.pk, line.quantity) for line in case.lines.all()]

    with pytest.raises(AmountNotInSteps):
        receive(case_id=case.pk, counts=counts, deduction_minor=101, reason="worn", actor="merchant:1", at=now())

    case.refresh_from_db()
    assert (case.status, case.received_at) == (CaseStatus.SENT_BACK, None)


@pytest.mark.parametrize(("amount", "error"), [(1_995, AmountNotInSteps), (2_010, CreditExceedsTotal)])
def test_credit_leaves_what_a_card_can_be_charged(amount: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        total_of([CreditWish(amount)], most=Money(2_000, "KWD"))

    assert total_of([CreditWish(1_990)], most=Money(2_000, "KWD")) == 1_990
    assert not PaymentAttempt.objects.exists()
