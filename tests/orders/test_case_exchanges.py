"""Exchanges, repairs and cancellations: goods instead of money, and goods that have not left yet."""

import pytest
from django.utils import timezone

from catalog.models import Variant
from core import invariants
from logistics.models import Reservation, Shipment, Stock, Warehouse
from logistics.services import receive_stock
from orders.errors import CountsMissing, ExchangeNotPossible
from orders.models import AfterSalesCase
from orders.services import fulfilment
from orders.services.cases import receiving, sending
from orders.services.cases.opening import Wish
from orders.states import CaseKind, CaseReason, CaseStatus, OrderStatus
from payments.models import Refund
from tests.drain import drain
from tests.factories.cases import approve, counts, lines_of, merchant_of, open_case, receive, refuse, send_back
from tests.factories.catalog import make_product, new_variant
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def delivered(*, quantity: int = 1, price: int = 2_000) -> Walk:
    return order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=price)], quantity=quantity)


def on_hand(walk: Walk) -> int:
    return Stock.objects.get(variant=lines_of(walk.order)[0].variant).on_hand


def parcel_of(case: AfterSalesCase) -> Shipment:
    return Shipment.objects.get(reference=case.pk)


def ship(case: AfterSalesCase, **overrides: str) -> AfterSalesCase:
    call = {"carrier": "SF Express", "tracking_number": "NEW1", **overrides}
    return sending.send_replacement(case_id=case.pk, actor=merchant_of(case.order), at=timezone.now(), **call)


def two_sizes(*, price: int = 2_000) -> tuple[Variant, Variant]:
    """A small one at 20.00 and a large one at `price`, both in stock."""
    seller = make_seller()
    sizes = [new_variant(price_minor=2_000, options={"Size": "S"}), new_variant(price_minor=price, options={"Size": "L"})]
    product = make_product(merchant=seller, variants=sizes)
    warehouse = Warehouse.objects.get(merchant=seller)
    for variant in product.variants.all():
        receive_stock(variant=variant, warehouse=warehouse, quantity=5, actor="system:test", at=timezone.now())
    small, large = sorted(product.variants.all(), key=lambda variant: variant.options["Size"], reverse=True)
    return small, large


def test_an_exchange_for_another_size_sends_that_size() -> None:
    small, large = two_sizes()
    walk = order_up_to(OrderStatus.DELIVERED, variants=[small])

    case = open_case(walk.order, kind=CaseKind.EXCHANGE, wishes=[Wish(lines_of(walk.order)[0].pk, 1, large.pk)])
    approve(case)

    assert Reservation.objects.get(reference=case.pk).stock.variant == large


def test_an_exchange_for_something_dearer_or_something_else_is_refused() -> None:
    small, dearer = two_sizes(price=2_500)
    walk = order_up_to(OrderStatus.DELIVERED, variants=[small])

    for variant in (dearer, make_goods(price=2_000)):
        with pytest.raises(ExchangeNotPossible):
            open_case(walk.order, kind=CaseKind.EXCHANGE, wishes=[Wish(lines_of(walk.order)[0].pk, 1, variant.pk)])

    assert not AfterSalesCase.objects.exists()


def test_an_exchange_of_something_sold_out_becomes_a_return_for_the_money() -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000, stock=1)])
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)

    approve(case)
    send_back(case)
    receive(case)
    drain()

    case.refresh_from_db()
    assert (case.kind, case.status, case.refunded_minor) == (CaseKind.RETURN, CaseStatus.CLOSED, 2_500)
    assert invariants.violations() == {}


def test_a_merchant_who_cannot_replace_refunds_instead_and_the_kept_goods_go_back_on_sale() -> None:
    walk = delivered()
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)
    for step in (approve, send_back, receive):
        step(case)

    receiving.refund_instead(case_id=case.pk, actor=merchant_of(walk.order), at=timezone.now())
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 2_500)
    assert Stock.objects.get(variant=lines_of(walk.order)[0].variant).reserved == 0
    assert invariants.violations() == {}


def test_a_repair_comes_back_to_the_shopper_without_touching_stock_or_money() -> None:
    walk = delivered()
    before = on_hand(walk)
    case = open_case(walk.order, kind=CaseKind.REPAIR)
    for step in (approve, send_back):
        step(case)
    receive(case, counts=counts(case, grade="b"))

    ship(case, tracking_number="FIXED1")

    case.refresh_from_db()
    assert case.status == CaseStatus.REPAIRED
    assert on_hand(walk) == before
    assert not Refund.objects.exists()
    assert invariants.violations() == {}


def test_a_cancellation_of_an_order_being_packed_needs_the_merchants_consent() -> None:
    walk = order_up_to(OrderStatus.PREPARING, variants=[make_goods(price=2_000)])

    case = open_case(walk.order, kind=CaseKind.CANCELLATION, reason=CaseReason.CHANGED_MIND, wishes=[])
    waiting = walk.refresh().order.status
    approve(case)
    drain()

    case.refresh_from_db()
    assert waiting == OrderStatus.PREPARING
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 2_500)
    assert walk.refresh().order.status == OrderStatus.CANCELLED
    assert Refund.objects.get().amount_minor == 2_500
    assert invariants.violations() == {}


def test_sending_the_order_answers_the_question_whether_it_can_be_cancelled() -> None:
    walk = order_up_to(OrderStatus.PREPARING, variants=[make_goods()])
    case = open_case(walk.order, kind=CaseKind.CANCELLATION, reason=CaseReason.CHANGED_MIND, wishes=[])

    fulfilment.ship_order(order_id=walk.order.pk, carrier="SF", tracking_number="SF1", actor=merchant_of(walk.order), at=timezone.now())

    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    assert lines_of(walk.order)[0].claimed_quantity == 0
    assert invariants.violations() == {}


def test_a_refused_cancellation_just_ends() -> None:
    walk = order_up_to(OrderStatus.PREPARING, variants=[make_goods()])
    case = open_case(walk.order, kind=CaseKind.CANCELLATION, reason=CaseReason.CHANGED_MIND, wishes=[])

    refuse(case)

    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    assert walk.refresh().order.status == OrderStatus.PREPARING


def test_pieces_that_came_back_for_repair_are_not_said_to_be_on_the_shelf() -> None:
    walk = delivered()
    before = on_hand(walk)
    case = open_case(walk.order, kind=CaseKind.REPAIR)
    for step in (approve, send_back):
        step(case)

    receive(case, counts=counts(case, restock=1))

    assert on_hand(walk) == before
    assert case.lines.get().restocked_quantity == 0


def test_what_was_sent_instead_may_come_back_but_its_line_fills_the_shelf_once() -> None:
    """The piece of an exchange is on the shelf again, so the one that replaced it is paid back, and booked in by hand."""
    walk = delivered()
    before = on_hand(walk)
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)
    for step in (approve, send_back, receive, ship):
        step(case)
    sending.parcel_arrived(case_id=case.pk, at=timezone.now())
    again = open_case(walk.order, kind=CaseKind.RETURN)
    for step in (approve, send_back):
        step(again)

    with pytest.raises(CountsMissing):
        receive(again)
    again.refresh_from_db()
    assert (again.status, on_hand(walk)) == (CaseStatus.SENT_BACK, before)
    receive(again, counts=counts(again, restock=0))
    drain()

    again.refresh_from_db()
    assert (again.status, again.refunded_minor) == (CaseStatus.CLOSED, 2_500)
    assert on_hand(walk) == before
    assert invariants.violations() == {}
