"""After-sales cases from the first form to the end: who may do what when, and what each step leaves behind."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from core import invariants, outbox
from core.models import OutboxEvent
from core.states import IllegalTransition, history
from logistics.models import Shipment, Stock
from logistics.services import record_tracking
from orders.errors import (
    AmountNotAllowed,
    CaseNotFound,
    CaseNotPossible,
    CaseOpen,
    CaseTooLate,
    CaseWithoutLines,
    CountsMissing,
    QuantityClaimed,
    TextMissing,
)
from orders.models import AfterSalesCase, CaseLine, MerchantOrder, OrderLine
from orders.services import completion
from orders.services.cases import answers, receiving, sending
from orders.services.cases.opening import Wish
from orders.states import CaseKind, CaseReason, CaseStatus, OrderStatus
from payments.errors import HoldFrozen
from payments.models import EscrowHold, Refund
from payments.services import escrow
from tests.drain import drain
from tests.factories.cases import SHOPPER, approve, case_up_to, counts, lines_of, merchant_of, open_case, receive, refuse, send_back
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def due(moment: dt.datetime | None) -> dt.datetime:
    assert moment is not None
    return moment


def delivered(*, quantity: int = 1, price: int = 2_000) -> Walk:
    return order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=price)], quantity=quantity)


def on_hand(walk: Walk) -> int:
    return Stock.objects.get(variant=lines_of(walk.order)[0].variant).on_hand


def parcel_of(case: AfterSalesCase) -> Shipment:
    return Shipment.objects.get(reference=case.pk)


def ship(case: AfterSalesCase, **overrides: str) -> AfterSalesCase:
    call = {"carrier": "SF Express", "tracking_number": "NEW1", **overrides}
    return sending.send_replacement(case_id=case.pk, actor=merchant_of(case.order), at=timezone.now(), **call)


def test_opening_a_case_freezes_its_money_claims_its_pieces_and_stops_the_clock_of_completion() -> None:
    walk = delivered(quantity=3)

    case = open_case(walk.order, quantity=2)

    assert (case.number, case.status, case.asked_minor) == (f"{walk.order.number}-R1", CaseStatus.REQUESTED, 4_000)
    assert lines_of(walk.order)[0].claimed_quantity == 2
    with pytest.raises(HoldFrozen):
        escrow.release(reference=walk.order.pk, at=timezone.now())
    assert completion.complete_due(at=due(walk.order.complete_by) + dt.timedelta(days=1)) == 0
    with pytest.raises(CaseOpen):
        completion.confirm_receipt(order_id=walk.order.pk, actor=SHOPPER, at=timezone.now())
    assert OutboxEvent.objects.filter(name="CaseOpened").count() == 1
    assert invariants.violations() == {}


def test_the_same_form_sent_twice_opens_one_case() -> None:
    walk, key = delivered(), uuid.uuid4()

    first, second = open_case(walk.order, key=key), open_case(walk.order, key=key)

    assert first == second
    assert AfterSalesCase.objects.count() == 1
    assert lines_of(walk.order)[0].claimed_quantity == 1


def test_a_piece_in_one_case_cannot_be_put_into_another() -> None:
    walk = delivered(quantity=2)
    open_case(walk.order, quantity=2)

    with pytest.raises(QuantityClaimed) as refusal:
        open_case(walk.order, quantity=1)

    assert refusal.value.params["most"] == 0
    assert AfterSalesCase.objects.count() == 1


def test_a_withdrawn_case_frees_pieces_money_and_clock() -> None:
    walk = delivered()
    case = open_case(walk.order)

    answers.withdraw_case(case_id=case.pk, actor=SHOPPER, at=timezone.now())
    again = answers.withdraw_case(case_id=case.pk, actor=SHOPPER, at=timezone.now())

    assert again.status == CaseStatus.WITHDRAWN
    assert lines_of(walk.order)[0].claimed_quantity == 0
    assert completion.complete_due(at=due(walk.order.complete_by) + dt.timedelta(days=1)) == 1
    assert EscrowHold.objects.get(reference=walk.order.pk).status == "released"
    assert invariants.violations() == {}


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (OrderStatus.PAID, CaseKind.RETURN, CaseReason.FAULTY),
        (OrderStatus.SHIPPED, CaseKind.EXCHANGE, CaseReason.FAULTY),
        (OrderStatus.SHIPPED, CaseKind.REFUND_ONLY, CaseReason.FAULTY),
        (OrderStatus.DELIVERED, CaseKind.CANCELLATION, CaseReason.CHANGED_MIND),
        (OrderStatus.DELIVERED, CaseKind.REPAIR, CaseReason.WITHDRAWAL),
        (OrderStatus.REFUNDED, CaseKind.RETURN, CaseReason.FAULTY),
        (OrderStatus.CANCELLED, CaseKind.RETURN, CaseReason.FAULTY),
    ],
)
def test_a_case_that_does_not_fit_its_order_is_refused_and_nothing_changes(status: str, kind: str, reason: str) -> None:
    walk = order_up_to(status, variants=[make_goods()])

    with pytest.raises(CaseNotPossible):
        open_case(walk.order, kind=kind, reason=reason)

    assert not AfterSalesCase.objects.exists()
    assert walk.refresh().order.status == status


@pytest.mark.parametrize(("reason", "days"), [(CaseReason.FAULTY, 15), (CaseReason.WITHDRAWAL, 14)])
def test_the_window_after_delivery_ends(reason: str, days: int) -> None:
    walk = delivered()
    last = due(walk.order.delivered_at) + dt.timedelta(days=days)

    with pytest.raises(CaseTooLate):
        open_case(walk.order, reason=reason, at=last + dt.timedelta(seconds=1))

    assert open_case(walk.order, reason=reason, at=last).reason == reason


@pytest.mark.parametrize("wishes", [[], [Wish(uuid.uuid4(), 1)]])
def test_a_case_about_nothing_or_about_strangers_lines_is_refused(wishes: list[Wish]) -> None:
    walk = delivered()

    with pytest.raises(CaseWithoutLines):
        open_case(walk.order, wishes=wishes)

    assert not AfterSalesCase.objects.exists()


def test_a_return_is_approved_sent_back_counted_and_refunded_and_as_new_pieces_are_on_sale_again() -> None:
    walk = delivered(quantity=2)
    before = on_hand(walk)
    case = open_case(walk.order, quantity=2)

    approve(case)
    send_back(case)
    receive(case)
    drain()

    case.refresh_from_db()
    assert [move.to_status for move in history(case)] == ["requested", "approved", "sent_back", "received", "refunded", "closed"]
    assert case.refunded_minor == case.asked_minor == 4_500  # everything comes back, so shipping does too
    assert on_hand(walk) == before + 2
    assert Refund.objects.get().amount_minor == 4_500
    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}


def test_the_return_address_is_the_warehouse_that_sent_it_and_the_parcel_can_be_followed() -> None:
    walk = delivered()
    case = open_case(walk.order)

    approve(case)
    send_back(case, carrier="Post", tracking_number="BACK1")
    send_back(case, carrier="Post", tracking_number="BACK2")

    case.refresh_from_db()
    parcel = parcel_of(case)
    assert "Main" in case.return_to
    assert (parcel.tracking_number, parcel.direction, parcel.status) == ("BACK1", "to_merchant", "handed_over")
    assert [line.quantity for line in parcel.lines.all()] == [1]


def test_news_that_the_parcel_came_back_starts_the_merchants_days_to_count() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)

    record_tracking(shipment_id=parcel_of(case).pk, code="delivered", at=timezone.now(), actor="carrier")
    outbox.relay(now=timezone.now())

    before, case = case, AfterSalesCase.objects.get(pk=case.pk)
    assert case.arrived_at is not None
    assert due(case.due_at) < due(before.due_at)
    assert due(case.due_at) - due(case.arrived_at) == dt.timedelta(days=5)


@pytest.mark.parametrize("grade", ["b", "c", "unusable"])
def test_what_is_not_as_new_does_not_go_back_on_sale(grade: str) -> None:
    walk = delivered()
    before = on_hand(walk)
    case = case_up_to("sent_back", walk.order)

    receive(case, counts=counts(case, grade=grade))

    assert on_hand(walk) == before
    assert CaseLine.objects.get(case=case).grade == grade
    case.refresh_from_db()
    assert case.status == CaseStatus.REFUNDED


@pytest.mark.parametrize(("grade", "received", "restock"), [("b", 1, 1), ("a", 1, 2), ("a", 2, 0), ("a", -1, 0), ("z", 1, 0)])
def test_impossible_counts_are_refused(grade: str, received: int, restock: int) -> None:
    case = case_up_to("sent_back", delivered().order)

    with pytest.raises(CountsMissing):
        receive(case, counts=counts(case, grade=grade, received=received, restock=restock))

    case.refresh_from_db()
    assert case.status == CaseStatus.SENT_BACK
    assert not Refund.objects.exists()


def test_a_line_that_was_not_counted_is_refused() -> None:
    case = case_up_to("sent_back", delivered().order)

    with pytest.raises(CountsMissing):
        receiving.receive(case_id=case.pk, counts=[], actor=merchant_of(case.order), at=timezone.now())


def test_a_deduction_is_an_offer_the_shopper_takes() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)

    receive(case, counts=counts(case, grade="c"), deduction_minor=600, reason="Scratched by use")
    case.refresh_from_db()
    offered = (case.status, case.agreed_minor)
    answers.accept_offer(case_id=case.pk, actor=SHOPPER, at=timezone.now())
    drain()

    case.refresh_from_db()
    assert offered == (CaseStatus.OFFERED, 1_900)
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 1_900)
    assert walk.refresh().order.refunded_minor == 1_900
    assert [message.text for message in case.messages.order_by("created_at")][-1] == "Scratched by use"
    assert invariants.violations() == {}


def test_a_deduction_needs_a_reason() -> None:
    case = case_up_to("sent_back", delivered().order)

    with pytest.raises(TextMissing):
        receive(case, deduction_minor=100, reason=" ")


def test_pieces_that_did_not_arrive_are_not_paid_and_can_be_claimed_again() -> None:
    walk = delivered(quantity=3)
    case = case_up_to("sent_back", walk.order, quantity=3)

    receive(case, counts=counts(case, received=1))
    case.refresh_from_db()
    offered = case.agreed_minor
    answers.accept_offer(case_id=case.pk, actor=SHOPPER, at=timezone.now())
    drain()

    case.refresh_from_db()
    line = lines_of(walk.order)[0]
    assert (offered, case.refunded_minor) == (2_000, 2_000)
    assert (line.claimed_quantity, line.refunded_quantity, line.restocked_quantity) == (1, 1, 1)
    assert open_case(walk.order, quantity=2).status == CaseStatus.REQUESTED
    assert invariants.violations() == {}


def test_an_empty_parcel_is_a_refusal_the_shopper_can_dispute() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)

    receive(case, counts=counts(case, received=0))

    case.refresh_from_db()
    assert case.status == CaseStatus.REFUSED
    assert not Refund.objects.exists()
    assert invariants.violations() == {}


def test_a_refund_without_return_is_paid_when_the_merchant_agrees() -> None:
    walk = delivered(quantity=2)
    before = on_hand(walk)
    case = open_case(walk.order, kind=CaseKind.REFUND_ONLY)

    approve(case)
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 2_000)
    assert on_hand(walk) == before
    assert walk.refresh().order.status == OrderStatus.DELIVERED
    assert invariants.violations() == {}


def test_a_merchant_may_let_the_shopper_keep_the_goods() -> None:
    walk = delivered()
    case = open_case(walk.order)

    approve(case, keeps_goods=True)

    case.refresh_from_db()
    assert case.status == CaseStatus.REFUNDED


def test_goods_that_never_arrived_can_be_claimed_while_they_are_on_their_way() -> None:
    walk = order_up_to(OrderStatus.SHIPPED, variants=[make_goods(price=2_000)])

    case = open_case(walk.order, kind=CaseKind.REFUND_ONLY, reason=CaseReason.NOT_ARRIVED)
    approve(case)
    drain()

    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}


def test_an_offer_can_be_declined_and_the_merchant_answers_again() -> None:
    walk = delivered()
    case = open_case(walk.order)
    actor = merchant_of(walk.order)

    answers.offer(case_id=case.pk, amount_minor=500, reason="Keep it for less?", actor=actor, at=timezone.now())
    answers.decline_offer(case_id=case.pk, actor=SHOPPER, at=timezone.now())
    answers.offer(case_id=case.pk, amount_minor=900, reason="And now?", actor=actor, at=timezone.now())
    answers.accept_offer(case_id=case.pk, actor=SHOPPER, at=timezone.now())
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 900)
    assert invariants.violations() == {}


@pytest.mark.parametrize("amount", [0, -5, 2_501])
def test_an_offer_is_never_nothing_or_more_than_was_asked(amount: int) -> None:
    case = open_case(delivered().order)

    with pytest.raises(AmountNotAllowed):
        answers.offer(case_id=case.pk, amount_minor=amount, reason="Take it", actor=merchant_of(case.order), at=timezone.now())

    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED


def test_a_withdrawal_from_the_contract_needs_nobodys_consent() -> None:
    walk = delivered()

    case = open_case(walk.order, reason=CaseReason.WITHDRAWAL, text="")

    assert case.status == CaseStatus.APPROVED
    assert (case.agreed_minor, case.agreed_shipping_minor) == (2_500, 500)
    with pytest.raises(IllegalTransition):
        refuse(case)


def test_a_completed_order_can_still_be_returned_and_the_merchants_share_is_set_aside() -> None:
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods(price=2_000)])
    case = open_case(walk.order)
    assert EscrowHold.objects.get(reference=walk.order.pk).freezes.get().reserved_minor == 2_375

    for step in (approve, send_back, receive):
        step(case)
    drain()

    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}


def test_an_exchange_keeps_the_replacement_sends_it_and_ends_when_it_arrives() -> None:
    walk = delivered()
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)
    before = on_hand(walk)

    approve(case)
    kept = Stock.objects.get(variant=lines_of(walk.order)[0].variant).reserved
    send_back(case)
    receive(case, counts=counts(case, grade="unusable"))
    ship(case)
    ship(case)
    new = Shipment.objects.get(reference=case.pk, direction="to_shopper")
    record_tracking(shipment_id=new.pk, code="delivered", at=timezone.now(), actor="carrier")
    drain()

    case.refresh_from_db()
    assert kept == 1
    assert on_hand(walk) == before - 1
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 0)
    assert walk.refresh().order.status == OrderStatus.DELIVERED
    assert lines_of(walk.order)[0].claimed_quantity == 0  # what came instead can be returned as well
    assert not Refund.objects.exists()
    assert invariants.violations() == {}


def test_a_refusal_needs_a_reason() -> None:
    case = open_case(delivered().order)

    with pytest.raises(TextMissing):
        refuse(case, reason="  ")

    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED


def test_another_merchants_case_does_not_exist_for_a_merchant() -> None:
    case, other = open_case(delivered().order), make_goods().merchant

    with pytest.raises(CaseNotFound):
        approve(case, merchant_id=other.pk)

    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED


def test_a_partial_return_of_a_line_and_of_a_nearly_free_gift_takes_back_money_and_stock_in_proportion() -> None:
    """STK08."""
    lamp = make_goods(price=3_333, stock=10)
    gift = make_goods(price=1, stock=10, merchant=lamp.merchant)
    walk = order_up_to(OrderStatus.DELIVERED, variants=[lamp, gift], quantity=3)
    by_variant = {line.variant_id: line for line in lines_of(walk.order)}
    wishes = [Wish(by_variant[lamp.pk].pk, 2), Wish(by_variant[gift.pk].pk, 2)]

    case = open_case(walk.order, wishes=wishes)
    for step in (approve, send_back, receive):
        step(case)
    drain()

    case.refresh_from_db()
    assert case.refunded_minor == 6_668
    assert [Stock.objects.get(variant=variant).on_hand for variant in (lamp, gift)] == [9, 9]
    assert {line.refunded_quantity for line in OrderLine.objects.filter(order=walk.order)} == {2}
    assert walk.refresh().order.status == OrderStatus.DELIVERED
    assert invariants.violations() == {}


def test_an_order_is_an_order_of_its_own_merchant() -> None:
    walk = order_up_to(OrderStatus.DELIVERED)

    case = open_case(walk.orders[0])

    assert MerchantOrder.objects.get(pk=walk.orders[1].pk).cases.count() == 0
    assert case.merchant_id == walk.orders[0].merchant_id
