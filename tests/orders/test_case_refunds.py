"""Money of after-sales cases: per line and of shipping, in several parts, never more than there is, and the books agree."""

import uuid

import pytest
from django.utils import timezone

from core import invariants, outbox
from core.models import OutboxEvent
from core.states import IllegalTransition
from loyalty.models import PointsLot
from loyalty.selectors import balance
from loyalty.services import earn
from orders.errors import RefundExceedsLine
from orders.models import OrderLine, OrderRefund
from orders.services import completion, refunds, returns_of_money
from orders.services.cases.opening import Wish
from orders.services.returns_of_money import Part
from orders.states import CaseStatus, OrderStatus
from payments.models import LedgerEntry, Refund
from payments.selectors import balances
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.cases import approve, case_up_to, lines_of, open_case, receive, send_back
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def refund_line(walk: Walk, amount: int, *, quantity: int = 1, shipping: int = 0, cause: uuid.UUID | None = None) -> OrderRefund:
    parts = [Part(lines_of(walk.order)[0].pk, quantity, amount)]
    return returns_of_money.refund_part(
        order_id=walk.order.pk,
        cause=cause or uuid.uuid4(),
        parts=parts,
        shipping_minor=shipping,
        actor="operator:1",
        reason="scratched",
        at=timezone.now(),
    )


def test_a_line_is_refunded_in_several_parts_and_the_order_adds_them_up() -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=3)

    refund_line(walk, 1_500)
    refund_line(walk, 500, quantity=0, shipping=200)
    drain()

    walk.refresh()
    line = lines_of(walk.order)[0]
    assert (line.refunded_minor, line.refunded_quantity) == (2_000, 1)
    assert (walk.order.refunded_minor, walk.order.refunded_shipping_minor, walk.order.status) == (2_200, 200, OrderStatus.DELIVERED)
    assert [refund.amount_minor for refund in Refund.objects.order_by("created_at")] == [1_500, 700]
    assert balances(walk.order.merchant_id, "USD").held_minor == 6_500 - 2_200
    assert [event.payload["refunded_minor"] for event in OutboxEvent.objects.filter(name="OrderPartRefunded").order_by("id")] == [
        1_500,
        700,
    ]
    assert invariants.violations() == {}


def test_the_last_part_makes_the_order_refunded() -> None:
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods(price=2_000)])

    refund_line(walk, 1_200, quantity=0)
    refund_line(walk, 800, shipping=500)
    drain()

    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert balances(walk.order.merchant_id, "USD").payable_minor == 0
    assert sum(LedgerEntry.objects.filter(account__kind="commission").values_list("amount_minor", flat=True)) == 0
    assert invariants.violations() == {}


@pytest.mark.parametrize(("amount", "quantity", "shipping"), [(2_001, 1, 0), (100, 2, 0), (100, 1, 501), (-1, 0, 0), (100, 1, -1)])
def test_more_than_is_left_of_a_line_or_of_shipping_is_refused_and_nothing_changes(amount: int, quantity: int, shipping: int) -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)])

    with pytest.raises(RefundExceedsLine):
        refund_line(walk, amount, quantity=quantity, shipping=shipping)

    assert not Refund.objects.exists()
    assert OrderLine.objects.get(order=walk.order).refunded_minor == 0
    assert walk.refresh().order.refunded_minor == 0


def test_one_cause_pays_once() -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=2)
    cause = uuid.uuid4()

    first = refund_line(walk, 700, cause=cause)
    second = refund_line(walk, 700, cause=cause)

    assert first == second
    assert Refund.objects.count() == 1
    assert walk.refresh().order.refunded_minor == 700


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.CANCELLED, OrderStatus.REFUNDED])
def test_a_part_goes_back_only_from_a_sent_order(status: OrderStatus) -> None:
    walk = order_up_to(status, variants=[make_goods()])

    with pytest.raises(IllegalTransition):
        refund_line(walk, 100)

    assert walk.refresh().order.status == status


def test_a_part_paid_with_points_gives_its_share_of_points_back_to_their_lot() -> None:
    user = make_user()
    earn(user_id=user.pk, points=1_000, reference=user.pk, rule="test", at=timezone.now())
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=2, user=user, points=1_000)
    assert balance(user.pk, timezone.now()) == 0

    refund = refund_line(walk, 2_000)
    drain()

    # 2,000 of 4,500 went back: 444.4 points of 1,000, half up on the running sum.
    assert (refund.points_minor, refund.cash_minor) == (444, 1_556)
    assert balance(user.pk, timezone.now()) == 444
    assert PointsLot.objects.get(rule="test").remaining == 444
    assert invariants.violations() == {}


def test_points_earned_are_taken_back_in_proportion_and_all_of_them_in_the_end() -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods(price=2_050)], quantity=2, user=user)
    assert balance(user.pk, timezone.now()) == 41

    refund_line(walk, 2_050)
    after_one = balance(user.pk, timezone.now())
    refund_line(walk, 2_050, shipping=500)
    drain()

    assert after_one == 20
    assert balance(user.pk, timezone.now()) == 0
    assert invariants.violations() == {}


def test_an_order_completed_after_a_part_refund_earns_points_on_what_was_kept() -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=2, user=user)

    refund_line(walk, 2_000)
    completion.confirm_receipt(order_id=walk.order.pk, actor="shopper:1", at=timezone.now())
    drain()

    assert balance(user.pk, timezone.now()) == 20
    assert balances(walk.order.merchant_id, "USD").payable_minor == 2_500 - round(4_500 * 0.05) + round(4_500 * 0.05 * 2_000 / 4_500)
    assert invariants.violations() == {}


def test_a_returned_line_refunds_its_price_and_the_rest_of_the_order_stays() -> None:
    lamp = make_goods(price=3_000)
    cup = make_goods(price=1_000, merchant=lamp.merchant)
    walk = order_up_to(OrderStatus.DELIVERED, variants=[lamp, cup])
    first = lines_of(walk.order)[0]

    case = open_case(walk.order, wishes=[Wish(first.pk, 1)])
    for step in (approve, send_back, receive):
        step(case)
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, first.total_minor)
    assert walk.refresh().order.status == OrderStatus.DELIVERED
    assert walk.order.refunded_minor == first.total_minor
    assert invariants.violations() == {}


def test_the_operators_full_refund_ends_open_cases_and_pays_what_is_left_once() -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=3)
    done = case_up_to("refunded", walk.order)
    waiting = open_case(walk.order)

    refunds.refund_order(order_id=walk.order.pk, actor="operator:1", reason="goodwill", at=timezone.now())
    drain()

    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.status, waiting.status) == (CaseStatus.CLOSED, CaseStatus.CLOSED)
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == walk.order.total_minor
    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}
    assert outbox.relay(now=timezone.now()) == 0
