"""Promises that move to other warehouses: totals stay, all of it or nothing, with history."""

import uuid
from collections import Counter

import pytest

from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent, StateChange
from logistics import services
from logistics.errors import NotFound, NotServed, OutOfStock
from logistics.models import Reservation, Stock
from logistics.rules import Destination, Zone
from tests.factories.catalog import make_product, make_variant
from tests.factories.logistics import NOW, make_reservations, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
HERE = Destination("CN", "518000")


def promised(group: uuid.UUID) -> Counter[str]:
    found: Counter[str] = Counter()
    for code, quantity in Reservation.objects.filter(group=group, status="committed").values_list("stock__warehouse__code", "quantity"):
        found[code] += quantity
    return found


def replan(group: uuid.UUID, **more: object) -> int:
    return services.replan(group=group, destination=HERE, actor="merchant:1", at=NOW, reason="closed", **more)  # type: ignore[arg-type]


def close(stock: Stock) -> None:
    services.set_warehouse_active(warehouse_id=stock.warehouse_id, is_active=False)


def shelves(*pieces: int) -> list[Stock]:
    variant = make_variant()
    return [
        make_stock(count, variant=variant, warehouse=make_warehouse(variant.merchant, code=f"W{number}", priority=number))
        for number, count in enumerate(pieces)
    ]


def test_what_a_closed_warehouse_promised_is_sent_from_another_and_history_says_so() -> None:
    first, _second = shelves(5, 5)
    [row] = make_reservations({first.variant: 3}, committed=True)
    close(first)

    moved = replan(row.group)

    assert moved == 3
    assert promised(row.group) == {"W1": 3}
    row.refresh_from_db()
    assert (row.status, row.plan["moved_from"]) == ("committed", "W0")
    history = StateChange.objects.filter(entity_id=row.pk).order_by("pk").values_list("from_status", "to_status", "actor", "reason")
    assert history.last() == ("committed", "committed", "merchant:1", "W0 → W1: closed")
    assert violations() == {}


def test_planning_again_what_can_stay_changes_nothing() -> None:
    first, _second = shelves(5, 5)
    [row] = make_reservations({first.variant: 3}, committed=True)

    assert replan(row.group) == 0
    assert Reservation.objects.get() == row


def test_pieces_that_join_others_of_the_same_order_are_added_up_and_may_come_back() -> None:
    first, second = shelves(2, 4)
    rows = make_reservations({first.variant: 5}, committed=True)
    group = rows[0].group
    services.receive_stock(variant=second.variant, warehouse=second.warehouse, quantity=5, actor="system:test", at=NOW)

    moved = replan(group, away_from=[first.pk])

    assert (moved, promised(group)) == (2, {"W1": 5})
    services.receive_stock(variant=first.variant, warehouse=first.warehouse, quantity=5, actor="system:test", at=NOW)
    assert replan(group, away_from=[second.warehouse_id]) == 5
    assert promised(group) == {"W0": 5}
    assert violations() == {}


def test_what_no_single_warehouse_has_is_sent_from_several_with_the_same_total() -> None:
    first, _second, _third = shelves(9, 2, 3)
    [row] = make_reservations({first.variant: 5}, committed=True)

    assert replan(row.group, away_from=[first.pk]) == 5

    assert promised(row.group) == {"W1": 2, "W2": 3}
    assert set(Reservation.objects.values_list("ordinal", flat=True)) == {0, 1}
    assert violations() == {}


def test_where_one_variant_has_no_other_place_nothing_moves() -> None:
    first, second = shelves(5, 5)
    lonely = make_stock(5, variant=make_product(merchant=first.merchant).variants.get(), warehouse=first.warehouse)
    rows = make_reservations({first.variant: 2, lonely.variant: 1}, committed=True, group=uuid7())
    close(first)

    with pytest.raises(OutOfStock):
        replan(rows[0].group)

    assert promised(rows[0].group).keys() == {"W0"}
    second.refresh_from_db()
    assert second.reserved == 0
    assert violations() == {}


def test_another_warehouse_that_does_not_serve_the_address_is_no_other_place() -> None:
    first, second = shelves(5, 5)
    services.set_warehouse_terms(warehouse_id=second.warehouse_id, terms=services.Terms(zones=[Zone("DE")]))
    [row] = make_reservations({first.variant: 3}, committed=True)
    close(first)

    with pytest.raises(NotServed):
        replan(row.group)

    assert promised(row.group) == {"W0": 3}


def test_what_is_only_held_or_was_sent_stays() -> None:
    first, _second = shelves(9, 9)
    [held] = make_reservations({first.variant: 1})
    [sent] = make_reservations({first.variant: 1}, committed=True)
    services.ship(reference=sent.group, merchant_id=sent.merchant_id, carrier="SF", tracking_number="1", actor="system:test", at=NOW)
    close(first)

    assert replan(held.group) == replan(sent.group) == 0


def test_a_merchant_asks_for_its_own_places_only() -> None:
    first, _second = shelves(5, 5)

    with pytest.raises(NotFound):
        services.move_promises(warehouse_id=first.warehouse_id, merchant_id=uuid7())
    services.move_promises(warehouse_id=first.warehouse_id, stock_id=first.pk, merchant_id=first.merchant_id)

    assert [event.payload for event in OutboxEvent.objects.filter(name="PromisesToMove")] == [{"place_id": str(first.pk)}]
