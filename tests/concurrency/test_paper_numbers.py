"""Numbers of papers given in many places at once: none twice, none left out, not even where a transaction is undone."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.invariants import violations
from orders.models import Invoice, MerchantOrder, PaperCounter
from orders.services.papers import issue_credit_note, issue_invoice
from orders.states import OrderStatus
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db(transaction=True)


class LightsOut(Exception):
    pass


def paid_orders(count: int) -> list[MerchantOrder]:
    goods = make_goods(merchant=make_seller(), stock=count)
    return [order_up_to(OrderStatus.PAID, variants=[goods]).order for _ in range(count)]


def issue(order: MerchantOrder, *, fails: bool = False) -> int:
    with transaction.atomic():
        sequence = issue_invoice(order_id=order.pk, at=timezone.now()).sequence
        if fails:
            raise LightsOut
    return sequence


def test_twenty_papers_at_once_are_numbered_one_to_twenty() -> None:
    orders = paid_orders(20)
    before = deadlocks()

    outcomes = at_once([partial(issue, order) for order in orders])

    assert sorted(successes(outcomes)) == list(range(1, 21))
    assert deadlocks() == before
    assert violations() == {}


def test_papers_undone_among_others_leave_no_gap() -> None:
    orders = paid_orders(20)

    outcomes = at_once([partial(issue, order, fails=place % 4 == 0) for place, order in enumerate(orders)])

    assert [type(error) for error in refusals(outcomes)] == [LightsOut] * 5
    assert sorted(successes(outcomes)) == list(range(1, 16))
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 16))
    assert violations() == {}


def test_one_order_asked_for_its_papers_at_once_has_each_once() -> None:
    (order,) = paid_orders(1)
    credit = partial(issue_credit_note, order_id=order.pk, cause=order.pk, at=timezone.now())

    outcomes = at_once([partial(issue, order), credit] * 5)

    assert refusals(outcomes) == []
    assert sorted(Invoice.objects.values_list("kind", "sequence")) == [("credit_note", 1), ("invoice", 1)]


def test_a_number_read_before_it_is_written_is_given_twice() -> None:
    """Negative control: the same count without the row's lock, and what a sequence of the database would do."""
    counter = PaperCounter.objects.create(merchant=make_seller(), series="INV", year=2026, last=0, issued_at=timezone.now())
    everybody_has_looked = threading.Barrier(5)

    def careless() -> int:
        seen = PaperCounter.objects.get(pk=counter.pk).last + 1
        everybody_has_looked.wait(20)
        PaperCounter.objects.filter(pk=counter.pk).update(last=seen)
        return seen

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY SEQUENCE gaps")
        with pytest.raises(LightsOut), transaction.atomic():
            cursor.execute("SELECT nextval('gaps')")
            raise LightsOut
        cursor.execute("SELECT nextval('gaps')")
        after_one_was_undone = cursor.fetchone()[0]

    assert at_once([careless] * 5) == [1] * 5
    assert after_one_was_undone == 2
