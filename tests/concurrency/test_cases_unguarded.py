"""The controls of test_case_races: without its guard each race has two winners, so the rig can show it."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from logistics import services as logistics
from logistics.models import Stock, Warehouse
from orders.models import AfterSalesCase, OrderLine
from orders.states import CaseStatus, OrderStatus
from tests.concurrency.orders_rig import race
from tests.factories.cases import case_up_to, lines_of
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_the_conditional_update_two_cases_claim_the_same_pieces() -> None:
    """The control of opening two cases: read what is free, meet at the barrier, then write."""
    line = lines_of(order_up_to(OrderStatus.DELIVERED, variants=[make_goods()], quantity=3).order)[0]
    both_have_read = threading.Barrier(2)
    claimed: list[int] = []

    def claim_unguarded() -> None:
        with transaction.atomic():
            seen = OrderLine.objects.get(pk=line.pk)
            both_have_read.wait()
            if seen.quantity - seen.claimed_quantity >= 2:
                OrderLine.objects.filter(pk=line.pk).update(claimed_quantity=seen.claimed_quantity + 2)
                claimed.append(2)

    race(claim_unguarded, claim_unguarded)

    assert sum(claimed) == 4  # of three


def test_without_the_key_of_the_case_line_a_return_is_restocked_twice() -> None:
    """The control of counting a return in two threads: a movement without its key is written by both."""
    order = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()]).order
    case = case_up_to("sent_back", order)
    variant = lines_of(order)[0].variant
    warehouse = Warehouse.objects.get(merchant=order.merchant)
    before = Stock.objects.get(variant=variant).on_hand
    both_have_read = threading.Barrier(2)

    def restock_unguarded() -> None:
        with transaction.atomic():
            assert AfterSalesCase.objects.get(pk=case.pk).status == CaseStatus.SENT_BACK
            both_have_read.wait()
            logistics.receive_stock(
                variant=variant, warehouse=warehouse, quantity=1, actor="system:test", at=timezone.now(), reason="returned"
            )

    race(restock_unguarded, restock_unguarded)

    assert Stock.objects.get(variant=variant).on_hand == before + 2  # one came back


def test_without_the_orders_lock_a_verdict_and_its_deadline_both_decide() -> None:
    """The control of deciding while the sweep does."""
    case = case_up_to("escalated", order_up_to(OrderStatus.DELIVERED, variants=[make_goods()]).order)
    both_have_read = threading.Barrier(2)
    decided: list[str] = []

    def decide_unguarded(outcome: str) -> None:
        with transaction.atomic():
            seen = AfterSalesCase.objects.get(pk=case.pk)
            both_have_read.wait()
            if seen.status == CaseStatus.ESCALATED:
                AfterSalesCase.objects.filter(pk=case.pk).update(status=CaseStatus.CLOSED)
                decided.append(outcome)

    race(lambda: decide_unguarded("merchant"), lambda: decide_unguarded("shopper"))

    assert sorted(decided) == ["merchant", "shopper"]


def test_without_the_conditional_update_parallel_refunds_pay_more_than_the_line() -> None:
    """The control of refunding one line in many threads."""
    line = lines_of(order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)]).order)[0]
    both_have_read = threading.Barrier(2)
    paid: list[int] = []

    def refund_unguarded() -> None:
        with transaction.atomic():
            seen = OrderLine.objects.get(pk=line.pk)
            both_have_read.wait()
            if seen.refunded_minor + 1_500 <= seen.total_minor:
                OrderLine.objects.filter(pk=line.pk).update(refunded_minor=seen.refunded_minor + 1_500)
                paid.append(1_500)

    race(refund_unguarded, refund_unguarded)

    assert sum(paid) == 3_000  # of 2,000
