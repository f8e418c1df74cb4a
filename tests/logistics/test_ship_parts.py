"""A merchant order that leaves in several parcels: nothing is sent twice, nothing is lost, and stock adds up after each of them."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.ids import uuid7
from core.invariants import violations
from core.states import history
from logistics import services
from logistics.errors import InvalidQuantity, MoreThanDue, NothingToShip, TrackingUsed
from logistics.models import Reservation, Shipment, ShipmentLine, Stock, StockMovement
from logistics.selectors import pieces_due
from tests.factories.catalog import make_product, make_variant
from tests.factories.logistics import NOW, make_reservations, make_stock, make_warehouse


def send(row: Reservation, number: str, pieces: dict[uuid.UUID, int] | None = None) -> list[Shipment]:
    return services.ship(
        reference=row.group, merchant_id=row.merchant_id, carrier="SF", tracking_number=number, actor="merchant:1", at=NOW, pieces=pieces
    )


def counters(stock: Stock) -> tuple[int, int]:
    stock.refresh_from_db()
    return stock.on_hand, stock.reserved


@pytest.mark.django_db
def test_a_part_leaves_the_books_and_the_rest_stays_promised() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)

    [parcel] = send(row, "SF1", {stock.variant_id: 2})

    row.refresh_from_db()
    split_off = Reservation.objects.exclude(pk=row.pk).get()
    assert (row.status, row.quantity, row.ordinal) == ("committed", 3, 0)
    assert (split_off.status, split_off.quantity, split_off.ordinal, split_off.group) == ("fulfilled", 2, None, row.group)
    assert [change.to_status for change in history(split_off)] == ["fulfilled"]
    assert [(line.variant_id, line.quantity) for line in parcel.lines.all()] == [(stock.variant_id, 2)]
    assert counters(stock) == (8, 3)
    assert pieces_due(row.group) == {stock.variant_id: 3}
    assert violations() == {}


@pytest.mark.django_db
def test_the_rest_follows_under_a_number_of_its_own() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)
    send(row, "SF1", {stock.variant_id: 2})

    send(row, "SF2")

    assert pieces_due(row.group) == {}
    assert counters(stock) == (5, 0)
    assert sorted(ShipmentLine.objects.values_list("shipment__tracking_number", "quantity")) == [("SF1", 2), ("SF2", 3)]
    assert violations() == {}


@pytest.mark.django_db
def test_the_same_part_again_is_the_same_parcel() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)
    first = send(row, "SF1", {stock.variant_id: 2})

    again = send(row, " SF1 ", {stock.variant_id: 2})

    assert again == first
    assert counters(stock) == (8, 3)


@pytest.mark.django_db
@pytest.mark.parametrize("pieces", [None, {"same": 1}, {"same": 3}])
def test_other_goods_do_not_go_under_a_number_that_is_used(pieces: dict[str, int] | None) -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)
    send(row, "SF1", {stock.variant_id: 2})

    with pytest.raises(TrackingUsed), transaction.atomic():
        send(row, "SF1", pieces and {stock.variant_id: pieces["same"]})

    assert counters(stock) == (8, 3)
    assert Shipment.objects.count() == 1


@pytest.mark.django_db
def test_more_than_is_left_is_not_sent() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)
    send(row, "SF1", {stock.variant_id: 2})

    with pytest.raises(MoreThanDue) as refused, transaction.atomic():
        send(row, "SF2", {stock.variant_id: 4})
    with pytest.raises(MoreThanDue), transaction.atomic():
        send(row, "SF2", {uuid7(): 1})

    assert refused.value.due == 3
    assert counters(stock) == (8, 3)
    assert StockMovement.objects.filter(reason="shipped").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "error"), [(0, InvalidQuantity), (-1, InvalidQuantity), (None, NothingToShip)])
def test_what_is_no_number_of_pieces_is_not_sent(count: int | None, error: type[Exception]) -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)

    with pytest.raises(error), transaction.atomic():
        send(row, "SF1", {} if count is None else {stock.variant_id: count})

    assert counters(stock) == (10, 5)
    assert not Shipment.objects.exists()


@pytest.mark.django_db
def test_a_part_that_lies_in_two_warehouses_is_two_parcels() -> None:
    variant = make_variant()
    for priority in range(2):
        make_stock(5, variant=variant, warehouse=make_warehouse(variant.merchant, priority=priority))
    rows = make_reservations({variant: 8}, committed=True)

    parcels = send(rows[0], "SF1", {variant.pk: 6})

    assert len(parcels) == 2
    assert pieces_due(rows[0].group) == {variant.pk: 2}
    assert violations() == {}


@pytest.mark.django_db
def test_what_is_given_back_after_a_part_has_left_is_the_rest_only() -> None:
    stock = make_stock(10)
    [row] = make_reservations({stock: 5}, committed=True)
    send(row, "SF1", {stock.variant_id: 2})

    services.release_reservations(reference=row.reference, at=NOW, reason="given up", group=row.group)

    assert counters(stock) == (8, 0)
    assert violations() == {}


class Parcels(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        bought=st.lists(st.integers(1, 6), min_size=1, max_size=3),
        parcels=st.lists(st.tuples(st.lists(st.integers(0, 7), min_size=3, max_size=3), st.integers(0, 2)), max_size=6),
    )
    def test_whatever_is_sent_in_whatever_order_is_never_more_than_was_bought(
        self, bought: list[int], parcels: list[tuple[list[int], int]]
    ) -> None:
        first = make_variant()
        variants = [first, *(make_product(merchant=first.merchant).variants.get() for _ in bought[1:])]
        house = make_warehouse(first.merchant)
        stocks = [make_stock(20, variant=variant, warehouse=house) for variant in variants]
        rows = make_reservations(dict(zip(stocks, bought, strict=True)), committed=True)
        sent = [0] * len(bought)

        for wanted, number in parcels:
            pieces = {stock.variant_id: count for stock, count in zip(stocks, wanted, strict=False) if count}
            before = Shipment.objects.count()
            try:
                with transaction.atomic():
                    send(rows[0], f"SF{number}", pieces)
            except (MoreThanDue, NothingToShip, TrackingUsed):
                assert Shipment.objects.count() == before
                continue
            if Shipment.objects.count() > before:
                sent = [total + pieces.get(stock.variant_id, 0) for total, stock in zip(sent, stocks, strict=True)]

            assert all(total <= most for total, most in zip(sent, bought, strict=True))
            for stock, total, most in zip(stocks, sent, bought, strict=True):
                assert counters(stock) == (20 - total, most - total)
            assert violations() == {}
