"""Many buyers at once: nothing is sold twice, nobody is told "sold out" while something is left, nothing deadlocks."""

import datetime as dt
import random
import threading
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from catalog.models import ProductCard
from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent, StateChange
from core.states import StaleState
from logistics import services
from logistics.errors import OutOfStock, ReservationLost
from logistics.models import Reservation, Stock
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.catalog import make_product, make_variant, new_variant
from tests.factories.logistics import NOW, SOON, lines_of, make_reservations, make_stock, make_warehouse

pytestmark = pytest.mark.django_db(transaction=True)
OVERDUE = SOON + dt.timedelta(minutes=6)


def buy(wanted: dict[Stock, int]) -> None:
    make_reservations(wanted)


def reserved(stock: Stock) -> int:
    stock.refresh_from_db()
    return stock.reserved


def test_fifty_buyers_of_ten_pieces_get_exactly_ten() -> None:
    """STK01."""
    stock = make_stock(10)

    outcomes = at_once([partial(buy, {stock: 1})] * 50)

    assert len(successes(outcomes)) == 10
    assert {type(error) for error in refusals(outcomes)} == {OutOfStock}
    assert (reserved(stock), Reservation.objects.count()) == (10, 10)
    assert not ProductCard.objects.get().in_stock
    assert violations() == {}


def test_reading_first_and_writing_afterwards_sells_ten_pieces_to_everybody() -> None:
    """Negative control: the same rush without the condition in the UPDATE."""
    stock = make_stock(10)
    everybody_has_looked = threading.Barrier(20)

    def buy_carelessly() -> None:
        seen = Stock.objects.get(pk=stock.pk)
        everybody_has_looked.wait(20)
        if seen.available < 1:
            raise OutOfStock(variant_id=seen.variant_id, available=0)
        with transaction.atomic():
            group = uuid7()
            Stock.objects.filter(pk=stock.pk).update(reserved=seen.reserved + 1)
            Reservation.objects.create(
                merchant_id=seen.merchant_id, stock=seen, reference=group, group=group, ordinal=0, quantity=1, expires_at=SOON
            )

    outcomes = at_once([buy_carelessly] * 20)

    assert len(successes(outcomes)) == 20
    assert "invariant_stock_reserved_is_sum_of_reservations" in violations()


def test_carts_with_the_same_goods_in_opposite_order_never_deadlock() -> None:
    """STK02."""
    stocks = [make_stock(1_000) for _ in range(6)]
    before = deadlocks()

    def buy_repeatedly(seed: int) -> None:
        order = random.Random(seed)
        for _ in range(8):
            reference = uuid7()
            make_reservations(dict.fromkeys(order.sample(stocks, 6), 1), reference=reference)
            if order.random() < 0.5:
                services.release_reservations(reference=reference, at=NOW, reason="changed my mind")

    outcomes = at_once([partial(buy_repeatedly, seed) for seed in range(12)])

    assert refusals(outcomes) == []
    assert deadlocks() == before
    assert violations() == {}


def test_locking_rows_in_the_order_of_the_cart_deadlocks() -> None:
    """Negative control."""
    first, second = make_stock(10), make_stock(10)
    both_hold_one = threading.Barrier(2)
    before = deadlocks()

    def buy_in_cart_order(stocks: list[Stock]) -> None:
        with transaction.atomic():
            Stock.objects.filter(pk=stocks[0].pk).update(reserved=1)
            both_hold_one.wait(20)
            Stock.objects.filter(pk=stocks[1].pk).update(reserved=1)

    outcomes = at_once([partial(buy_in_cart_order, [first, second]), partial(buy_in_cart_order, [second, first])])

    assert [type(error) for error in refusals(outcomes)] == [OperationalError]
    assert deadlocks() == before + 1


def test_buyers_overtaken_at_one_warehouse_are_served_from_another() -> None:
    """STK04."""
    variant = make_variant()
    for priority in range(4):
        make_stock(5, variant=variant, warehouse=make_warehouse(variant.merchant, priority=priority))
    before = deadlocks()

    outcomes = at_once([partial(make_reservations, {variant: 2})] * 15)

    assert len(successes(outcomes)) == 10
    assert {type(error) for error in refusals(outcomes)} == {OutOfStock}
    assert sum(Stock.objects.values_list("reserved", flat=True)) == 20
    assert deadlocks() == before
    assert violations() == {}


def test_the_same_purchase_reserved_by_many_at_once_is_reserved_once() -> None:
    variant, reference = make_variant(), uuid7()
    for priority in range(2):
        make_stock(50, variant=variant, warehouse=make_warehouse(variant.merchant, priority=priority))
    lines = lines_of({variant: 3})

    outcomes = at_once([partial(services.reserve, reference=reference, lines=lines, expires_at=SOON, at=NOW)] * 10)

    assert {type(error) for error in refusals(outcomes)} <= {StaleState}
    assert len({row.pk for rows in successes(outcomes) for row in rows}) == 1
    assert sum(Stock.objects.values_list("reserved", flat=True)) == 3
    assert violations() == {}


def test_a_buyer_who_waits_behind_a_failing_purchase_gets_the_last_piece() -> None:
    """STK03, STK04."""
    stock = make_stock(2)
    make_reservations({stock: 1})
    first_holds, failed = threading.Event(), threading.Event()

    def fail_late() -> None:
        with transaction.atomic():
            buy({stock: 1})
            first_holds.set()
            wait_until_somebody_waits_for_a_lock()
            transaction.set_rollback(True)
        failed.set()

    def buy_meanwhile() -> bool:
        first_holds.wait(20)
        buy({stock: 1})
        return failed.wait(20)

    outcomes = at_once([fail_late, buy_meanwhile])

    assert refusals(outcomes) == []
    assert reserved(stock) == 2
    assert violations() == {}


def wait_until_somebody_waits_for_a_lock() -> None:
    """Asks the server until another session of this database is queued behind a row."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        for _ in range(20_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(question)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody came")


def test_payment_and_expiry_at_the_same_moment_have_exactly_one_winner() -> None:
    """STK05."""
    stock = make_stock(40)
    references = [uuid7() for _ in range(12)]
    for reference in references:
        make_reservations({stock: 2}, reference=reference)

    pay = [partial(services.commit_reservations, reference=reference, at=OVERDUE) for reference in references]
    outcomes = at_once([*pay, *[partial(services.expire_reservations, at=OVERDUE)] * 2])

    kept = set(Reservation.objects.filter(status="committed").values_list("reference", flat=True))
    lost = set(Reservation.objects.filter(status="expired").values_list("reference", flat=True))
    assert kept | lost == set(references) and not kept & lost
    for reference, outcome in zip(references, outcomes, strict=False):
        assert outcome == 1 if reference in kept else isinstance(outcome, ReservationLost)
    told = {uuid.UUID(event.payload["reference"]) for event in OutboxEvent.objects.filter(name="ReservationExpired")}
    assert told == lost
    assert reserved(stock) == 2 * len(kept)
    assert violations() == {}


def test_sweepers_side_by_side_release_each_purchase_once() -> None:
    """STK06."""
    stocks = [make_stock(30), make_stock(30)]
    for _ in range(8):
        make_reservations(dict.fromkeys(stocks, 1))
    before = deadlocks()

    outcomes = at_once([partial(services.expire_reservations, at=OVERDUE)] * 4)

    assert sum(outcomes) == 8
    assert [reserved(stock) for stock in stocks] == [0, 0]
    assert StateChange.objects.filter(to_status="expired").count() == 16
    assert OutboxEvent.objects.filter(name="ReservationExpired").count() == 8
    assert deadlocks() == before
    assert violations() == {}


def test_a_sweeper_that_looks_first_and_releases_afterwards_releases_twice() -> None:
    """Negative control: two sweepers that trust what they saw."""
    stock = make_stock(10)
    [due] = make_reservations({stock: 2})
    make_reservations({stock: 5})
    both_have_looked = threading.Barrier(2)

    def sweep_carelessly() -> None:
        row = Reservation.objects.get(pk=due.pk, status="held")
        both_have_looked.wait(20)
        with transaction.atomic():
            Reservation.objects.filter(pk=row.pk).update(status="expired")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE logistics_stock SET reserved = reserved - %s WHERE id = %s", [row.quantity, row.stock_id])

    at_once([sweep_carelessly] * 2)

    assert reserved(stock) == 3  # though 5 are promised to the other buyer
    assert "invariant_stock_reserved_is_sum_of_reservations" in violations()


@pytest.mark.parametrize("committed", [False, True])
def test_cancelled_by_three_people_at_once_goods_come_back_once(committed: bool) -> None:
    stock, reference = make_stock(10), uuid7()
    make_reservations({stock: 4}, reference=reference, committed=committed)
    cancel = [
        partial(services.release_reservations, reference=reference, at=NOW, reason=why) for why in ("shopper", "merchant", "operator")
    ]

    outcomes = at_once(cancel)

    assert sorted(outcomes) == [0, 0, 1]
    assert reserved(stock) == 0
    assert violations() == {}


def test_cancelled_while_it_is_shipped_an_order_is_either_sent_or_back_on_the_shelf() -> None:
    stock = make_stock(100)
    orders = [make_reservations({stock: 2}, committed=True)[0] for _ in range(8)]

    def ship(row: Reservation) -> None:
        services.ship(reference=row.group, merchant_id=row.merchant_id, carrier="SF", tracking_number="1", actor="system:test", at=NOW)

    def jobs(row: Reservation) -> list[Callable[[], object]]:
        cancel = partial(services.release_reservations, reference=row.reference, at=NOW, reason="cancelled")
        return [partial(ship, row), partial(ship, row), cancel]

    at_once([job for row in orders for job in jobs(row)])

    sent = Reservation.objects.filter(status="fulfilled").count()
    stock.refresh_from_db()
    assert sent + Reservation.objects.filter(status="released").count() == 8
    assert (stock.on_hand, stock.reserved) == (100 - 2 * sent, 0)
    assert violations() == {}


def test_the_last_pieces_of_two_variants_bought_at_once_leave_the_product_sold_out() -> None:
    product = make_product(
        options=[{"name": "Size", "values": [str(size) for size in range(8)]}],
        variants=[new_variant(options={"Size": str(size)}) for size in range(8)],
    )
    warehouse = make_warehouse(product.merchant)
    stocks = [make_stock(1, variant=variant, warehouse=warehouse) for variant in product.variants.all()]

    outcomes = at_once([partial(buy, {stock: 1}) for stock in stocks])

    assert refusals(outcomes) == []
    assert not ProductCard.objects.get().in_stock


def test_counts_typed_in_during_a_sale_either_hold_or_are_refused() -> None:
    """STK09, STK10."""
    stock = make_stock(20)
    correct = partial(services.correct_stock, stock_id=stock.pk, on_hand=5, expected_on_hand=20, actor="merchant:1", at=NOW)

    outcomes = at_once([*[partial(buy, {stock: 1})] * 12, correct, correct])

    stock.refresh_from_db()
    assert stock.reserved == len([outcome for outcome in outcomes[:12] if not isinstance(outcome, Exception)])
    assert len(successes(outcomes[12:])) <= 1
    assert violations() == {}
