"""Waves: planned over what is due, picked, and thrown off course by orders that change."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import DomainError
from core.ids import uuid7
from core.invariants import violations
from core.states import IllegalTransition, history
from logistics import services as logistics
from logistics.errors import InvalidQuantity, NotFound
from logistics.floor import services
from logistics.floor.errors import (
    AlreadyPicked,
    InWave,
    MoreThanToPick,
    NothingToWave,
    NotInTote,
    NotInWave,
    ReasonMissing,
    SurplusInTote,
    ToteEnded,
    ToteNotPicked,
    WaveEnded,
    WavePartlySent,
    WaveTooLarge,
)  # fmt: skip
from logistics.floor.selectors import wave_view
from logistics.floor.services.bins import Sizes
from logistics.models import Reservation, Stock, StockCount, Wave, WavePick, WaveTote
from logistics.rules.floors import Spot
from tests.factories.floor import ACTOR, a_scan, checked, fresh, make_floor, make_order, named, picked, wave_of
from tests.factories.logistics import NOW, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def release(order: Any) -> None:
    row = Reservation.objects.filter(group=order).first()
    assert row is not None
    logistics.release_reservations(reference=row.reference, at=NOW, reason="changed my mind", group=order, actor="shopper:1")


def ship(wave: Wave, order: Any, **more: Any) -> None:
    logistics.ship(
        reference=order, merchant_id=wave.merchant_id, carrier="SF", tracking_number=f"SF{uuid7().hex[:8]}", actor=ACTOR, at=NOW, **more
    )


def pick_of(wave: Wave, position: int = 1) -> WavePick:
    found: WavePick = WavePick.objects.select_related("tote").get(tote__wave=wave, tote__position=position)
    return found


def test_a_wave_walks_the_shortest_way_and_sums_articles_over_its_orders() -> None:
    floor = make_floor({"A-02-1": 9, "C-20-1": 9, "A-02-2": 9})
    near, far, above = floor.values()
    services.lay_out_floor(merchant_id=near.merchant_id, warehouse_id=near.warehouse_id, sizes=Sizes(length_cm=3_000, gap_cm=400))
    first, second = make_order((near, 2), (far, 1)), make_order((near, 1), (above, 1))

    wave = wave_of(near.warehouse, first, second)

    view = wave_view(near.merchant, wave.pk)
    assert view is not None
    assert [(stop.bin.code, stop.wanted) for stop in view.stops if stop.bin] == [("A-02-1", 3), ("A-02-2", 1), ("C-20-1", 1)]
    assert [(pick.tote.position, pick.quantity) for pick in view.stops[0].picks] == [(1, 2), (2, 1)]
    # Into the first aisle and out again, over to the third, into it, and back in front.
    assert wave.distance_cm == 2 * 180 + 2 * 400 + 2 * 2_340 + 2 * 400
    assert view.walk[0] == view.walk[-1] == Spot(1, 0)
    assert [move.to_status for move in history(wave)] == ["planned"]
    assert violations() == {}


def test_what_has_no_bin_comes_last() -> None:
    floor = make_floor({"A-05-1": 5})
    stock = floor["A-05-1"]
    other = make_floor({"B-01-1": 5}, warehouse=stock.warehouse)["B-01-1"]
    services.set_bin(stock_id=other.pk, merchant_id=other.merchant_id, code="")

    view = wave_view(stock.merchant, wave_of(stock.warehouse, make_order((other, 1), (stock, 1))).pk)

    assert view is not None
    assert [stop.stock.pk for stop in view.stops] == [stock.pk, other.pk]


def test_an_order_is_in_one_live_wave_only_and_free_again_when_it_is_dropped() -> None:
    stock = make_floor({"A-01-1": 5})["A-01-1"]
    order = make_order((stock, 1))
    wave = wave_of(stock.warehouse, order)

    with pytest.raises(InWave):
        wave_of(stock.warehouse, order)
    assert Wave.objects.count() == 1
    services.drop_wave(wave_id=wave.pk, merchant_id=wave.merchant_id, actor=ACTOR, at=NOW, reason="too late today")

    assert fresh(wave).status == "cancelled"
    assert wave_of(stock.warehouse, order).status == "planned"
    assert violations() == {}


def test_what_cannot_be_a_wave_is_refused() -> None:
    stock = make_floor({"A-01-1": 5})["A-01-1"]
    warehouse, order = stock.warehouse, make_order((stock, 1))
    other = make_warehouse()
    refusals: list[tuple[type[DomainError], Any]] = [
        (NothingToWave, lambda: wave_of(warehouse, uuid7())),
        (NothingToWave, lambda: wave_of(make_warehouse(stock.merchant), order)),
        (NothingToWave, lambda: wave_of(other, order)),
        (WaveTooLarge, lambda: wave_of(warehouse)),
        (WaveTooLarge, lambda: wave_of(warehouse, *[uuid7() for _ in range(61)])),
        (
            NotFound,
            lambda: services.make_wave(merchant_id=other.merchant_id, warehouse_id=warehouse.pk, orders=named(order), actor=ACTOR, at=NOW),
        ),
    ]

    for error, call in refusals:
        with pytest.raises(error):
            call()

    assert not Wave.objects.exists()


def test_picking_fills_the_first_tote_first_and_ends_with_the_last_piece() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    wave = wave_of(stock.warehouse, make_order((stock, 2)), make_order((stock, 1)))

    one = services.pick_by_code(scan=a_scan(wave), code=stock.variant.sku.lower())
    assert [(row.tote, row.pieces) for row in one] == [(1, 1)]
    assert fresh(wave).status == "picking"
    rest = services.pick_pieces(scan=a_scan(wave), stock_id=stock.pk)

    assert [(row.tote, row.pieces) for row in rest] == [(1, 1), (2, 1)]
    assert fresh(wave).status == "picked"
    with pytest.raises(AlreadyPicked):
        services.pick_by_code(scan=a_scan(wave), code=stock.variant.sku)


def test_a_scan_sent_again_counts_once() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    wave = wave_of(stock.warehouse, make_order((stock, 2)))
    scan = a_scan(wave)

    services.pick_by_code(scan=scan, code=stock.variant.sku)
    assert services.pick_by_code(scan=scan, code=stock.variant.sku) == []

    assert pick_of(wave).picked == 1
    services.pick_pieces(scan=a_scan(wave), stock_id=stock.pk)
    packing = a_scan(wave)
    for _ in range(2):
        services.check_piece(scan=packing, tote_id=pick_of(wave).tote_id, code=stock.variant.sku)
    assert pick_of(wave).packed == 1


def test_wrong_articles_and_too_many_pieces_are_refused() -> None:
    floor = make_floor({"A-01-1": 9, "A-02-1": 9})
    stock, stranger = floor.values()
    wave = wave_of(stock.warehouse, make_order((stock, 2)))
    keys: dict[str, Any] = {"scan": a_scan(wave), "stock_id": stock.pk}
    refusals: list[tuple[type[DomainError], Any]] = [
        (NotInWave, lambda: services.pick_by_code(scan=a_scan(wave), code=stranger.variant.sku)),
        (NotFound, lambda: services.pick_pieces(scan=a_scan(wave), stock_id=stranger.pk)),
        (MoreThanToPick, lambda: services.pick_pieces(**keys, pieces=3)),
        (InvalidQuantity, lambda: services.pick_pieces(**keys, pieces=0)),
        (ReasonMissing, lambda: services.report_short(**keys, missing=1, reason=" ")),
        (MoreThanToPick, lambda: services.report_short(**keys, missing=9, reason="empty")),
        (ToteNotPicked, lambda: services.check_piece(scan=a_scan(wave), tote_id=pick_of(wave).tote_id, code=stock.variant.sku)),
    ]

    for error, call in refusals:
        with pytest.raises(error):
            call()

    assert (pick_of(wave).picked, pick_of(wave).short) == (0, 0)
    assert not StockCount.objects.exists()


def test_missing_pieces_are_counted_by_somebody_and_stock_stays_as_it_is() -> None:
    stock = make_floor({"A-01-1": 5})["A-01-1"]
    wave = wave_of(stock.warehouse, make_order((stock, 2)), make_order((stock, 1)))

    placed = services.report_short(scan=a_scan(wave), stock_id=stock.pk, missing=2, reason="The bin is empty")
    services.report_short(scan=a_scan(wave), stock_id=stock.pk, missing=1, reason="The bin is empty")

    assert [(row.tote, row.pieces) for row in placed] == [(2, 1), (1, 1)]
    count = StockCount.objects.get()
    assert (count.status, count.confirm_from, count.note) == ("open", 1, f"{wave.number}: The bin is empty")
    assert count.lines.get().stock == stock
    assert Stock.objects.get(pk=stock.pk).on_hand == 5
    assert fresh(wave).status == "picked"


def test_the_check_refuses_what_does_not_belong_into_the_parcel() -> None:
    floor = make_floor({"A-01-1": 9, "A-02-1": 9})
    stock, other = floor.values()
    wave = picked(wave_of(stock.warehouse, make_order((stock, 1)), make_order((other, 1))))
    tote = pick_of(wave).tote

    with pytest.raises(NotInTote):
        services.check_piece(scan=a_scan(wave), tote_id=tote.pk, code=other.variant.sku)
    checked(tote)
    with pytest.raises(SurplusInTote):
        services.check_piece(scan=a_scan(wave), tote_id=tote.pk, code=stock.variant.sku)

    assert (pick_of(wave).packed, pick_of(wave, 2).packed) == (1, 0)
    services.empty_tote(tote_id=tote.pk, merchant_id=wave.merchant_id)
    assert pick_of(wave).packed == 0


def test_a_cancelled_order_falls_out_and_says_so() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    gone, stays = make_order((stock, 2)), make_order((stock, 1))
    wave = picked(wave_of(stock.warehouse, gone, stays))

    release(gone)

    tote = WaveTote.objects.get(reference=gone)
    assert (tote.status, tote.ended_by, tote.ended_because) == ("dropped", "order", "changed my mind")
    view = wave_view(stock.merchant, wave.pk)
    assert view is not None
    assert [(row.position, pieces) for row, _pick, pieces in view.to_put_back] == [(1, 2)]
    assert (fresh(wave).status, view.pieces) == ("picked", 1)
    with pytest.raises(ToteEnded):
        services.check_piece(scan=a_scan(wave), tote_id=tote.pk, code=stock.variant.sku)
    release(stays)
    assert fresh(wave).status == "cancelled"
    assert violations() == {}


def test_an_order_sent_without_the_check_falls_out_too() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    order, partly = make_order((stock, 1)), make_order((stock, 3))
    wave = wave_of(stock.warehouse, order, partly)

    ship(wave, order)
    ship(wave, partly, pieces={stock.variant_id: 1})

    assert WaveTote.objects.get(reference=order).ended_by == "sent"
    assert (pick_of(wave, 2).wanted, fresh(wave).status) == (2, "planned")
    assert violations() == {}


def test_a_checked_parcel_that_leaves_packs_its_tote_and_the_last_one_the_wave() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    orders = [make_order((stock, 2)), make_order((stock, 1))]
    wave = picked(wave_of(stock.warehouse, *orders))

    for position, order in enumerate(orders, 1):
        checked(pick_of(wave, position).tote)
        ship(wave, order, warehouse_id=stock.warehouse_id)

    tote = WaveTote.objects.get(reference=orders[0])
    assert (tote.status, tote.shipment.reference if tote.shipment else None) == ("packed", orders[0])
    assert [move.to_status for move in history(wave)] == ["planned", "picking", "picked", "packed"]
    for call in (services.close_wave, services.close_wave):
        call(wave_id=wave.pk, merchant_id=wave.merchant_id, actor=ACTOR, at=NOW)
    assert fresh(wave).status == "closed"
    with pytest.raises(WaveEnded):
        services.pick_by_code(scan=a_scan(wave), code=stock.variant.sku)
    with pytest.raises(IllegalTransition):
        services.drop_wave(wave_id=wave.pk, merchant_id=wave.merchant_id, actor=ACTOR, at=NOW)
    assert violations() == {}


def test_goods_that_are_sent_from_elsewhere_are_not_picked_here() -> None:
    stock = make_floor({"A-01-1": 5})["A-01-1"]
    order = make_order((stock, 3))
    wave = wave_of(stock.warehouse, order)
    make_stock(5, variant=stock.variant, warehouse=make_warehouse(stock.merchant, priority=99))

    logistics.replan(group=order, destination=None, actor=ACTOR, at=NOW, reason="bin is wet", away_from=[stock.pk])

    assert WaveTote.objects.get(reference=order).ended_because == "bin is wet"
    assert fresh(wave).status == "cancelled"
    assert violations() == {}


def test_one_order_is_taken_out_by_hand_and_a_wave_of_which_parcels_left_is_not_dropped() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    orders = [make_order((stock, 1)) for _ in range(3)]
    wave = picked(wave_of(stock.warehouse, *orders))
    checked(pick_of(wave).tote)
    ship(wave, orders[0])

    with pytest.raises(WavePartlySent):
        services.drop_wave(wave_id=wave.pk, merchant_id=wave.merchant_id, actor=ACTOR, at=NOW)
    for position in (2, 3):
        services.drop_tote(tote_id=pick_of(wave, position).tote_id, merchant_id=wave.merchant_id, actor=ACTOR, at=NOW)

    assert fresh(wave).status == "packed"
    assert WaveTote.objects.filter(ended_by="person").count() == 2


def test_strangers_find_no_wave() -> None:
    stock = make_floor({"A-01-1": 9})["A-01-1"]
    wave, stranger = wave_of(stock.warehouse, make_order((stock, 1))), make_warehouse().merchant

    for call in (services.start_wave, services.drop_wave, services.close_wave):
        with pytest.raises(NotFound):
            call(wave_id=wave.pk, merchant_id=stranger.pk, actor=ACTOR, at=NOW)
    with pytest.raises(NotFound):
        services.drop_tote(tote_id=pick_of(wave).tote_id, merchant_id=stranger.pk, actor=ACTOR, at=NOW)
    assert wave_view(stranger, wave.pk) is None
    assert fresh(wave).status == "planned"
