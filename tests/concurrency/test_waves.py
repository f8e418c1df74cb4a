"""Two clerks with the same wave, two waves for the same order, a cancellation while it is picked."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from core.ids import uuid7
from core.invariants import violations
from logistics import services as logistics
from logistics.floor import services
from logistics.floor.errors import AlreadyPicked, InWave, NothingToWave
from logistics.floor.services import picking, waves
from logistics.models import Reservation, Stock, Wave, WavePick, WaveTote
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.floor import ACTOR, a_scan, make_floor, make_order, wave_of
from tests.factories.logistics import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def _shelf() -> Stock:
    return make_floor({"A-01-1": 50})["A-01-1"]


def _picked(wave: Wave) -> int:
    return sum(WavePick.objects.filter(tote__wave=wave).values_list("picked", flat=True))


def test_two_clerks_picking_the_same_wave_never_pick_more_than_is_wanted() -> None:
    stock = _shelf()
    wave = wave_of(stock.warehouse, make_order((stock, 3)), make_order((stock, 2)))
    before = deadlocks()

    outcomes = at_once([partial(services.pick_by_code, scan=a_scan(wave), code=stock.variant.sku) for _ in range(8)])

    assert len(successes(outcomes)) == _picked(wave) == 5
    assert all(isinstance(refusal, AlreadyPicked) for refusal in refusals(outcomes))
    assert Wave.objects.get(pk=wave.pk).status == "picked"
    assert deadlocks() == before


def test_one_confirmation_sent_many_times_at_once_counts_once() -> None:
    stock = _shelf()
    wave = wave_of(stock.warehouse, make_order((stock, 5)))
    scan = a_scan(wave)

    outcomes = at_once([partial(services.pick_by_code, scan=scan, code=stock.variant.sku)] * 6)

    assert refusals(outcomes) == []
    assert _picked(wave) == 1


def test_two_waves_at_once_share_no_order() -> None:
    stock = _shelf()
    orders = [make_order((stock, 1)) for _ in range(3)]

    outcomes = at_once([partial(wave_of, stock.warehouse, *orders), partial(wave_of, stock.warehouse, *orders[::-1])] * 2)

    assert len(successes(outcomes)) == Wave.objects.count() == 1
    assert all(isinstance(refusal, InWave) for refusal in refusals(outcomes))
    assert WaveTote.objects.count() == 3
    assert violations() == {}


def test_without_turns_the_index_still_keeps_an_order_in_one_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody waits for the promises and nobody looks whether the order is taken."""
    stock = _shelf()
    order = make_order((stock, 1))
    rows = {order: list(Reservation.objects.filter(group=order).select_related("stock__bin", "stock__variant"))}
    monkeypatch.setattr(waves, "_due", lambda *arguments: rows)
    monkeypatch.setattr(waves, "_refuse_twice", lambda *arguments: None)

    outcomes = at_once([partial(wave_of, stock.warehouse, order)] * 4)

    assert len(successes(outcomes)) == Wave.objects.count() == 1
    assert all(isinstance(refusal, InWave) for refusal in refusals(outcomes))


def test_without_turns_clerks_lose_each_others_picks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: clerks who do not wait for the wave overwrite what the other has picked."""
    monkeypatch.setattr(picking, "locked_wave", lambda wave_id, merchant_id: Wave.objects.get(pk=wave_id))
    monkeypatch.setattr(picking, "advance_wave", lambda wave, **more: None)
    lost = False

    for _ in range(10):
        stock = _shelf()
        wave = wave_of(stock.warehouse, make_order((stock, 40)))
        services.start_wave(wave_id=wave.pk, merchant_id=wave.merchant_id, actor=ACTOR, at=NOW)
        outcomes = at_once([partial(services.pick_by_code, scan=a_scan(wave), code=stock.variant.sku) for _ in range(8)])
        lost = lost or len(successes(outcomes)) > _picked(wave)

    assert lost


def test_orders_are_cancelled_and_sent_while_others_of_their_wave_are_picked() -> None:
    stock = _shelf()
    orders = [make_order((stock, 1)) for _ in range(6)]
    wave = wave_of(stock.warehouse, *orders)
    purchases = {row.group: row.reference for row in Reservation.objects.filter(group__in=orders)}
    before = deadlocks()
    ship: Any = partial(logistics.ship, merchant_id=wave.merchant_id, carrier="SF", actor=ACTOR, at=NOW)
    jobs = [
        *(partial(logistics.release_reservations, reference=purchases[order], at=NOW, reason="changed my mind") for order in orders[:2]),
        *(partial(ship, reference=order, tracking_number=f"SF{uuid7().hex[:8]}") for order in orders[2:4]),
        *(partial(services.pick_by_code, scan=a_scan(wave), code=stock.variant.sku) for _ in range(4)),
    ]

    outcomes = at_once(jobs)

    assert all(isinstance(refusal, AlreadyPicked) for refusal in refusals(outcomes))
    assert WaveTote.objects.filter(wave=wave, status="dropped").count() == 4
    assert deadlocks() == before
    assert violations() == {}


def test_an_order_that_is_cancelled_while_its_wave_is_made_is_in_none_afterwards() -> None:
    stock = _shelf()
    for _ in range(5):
        order = make_order((stock, 1))
        reference = Reservation.objects.get(group=order).reference

        outcomes = at_once(
            [
                partial(wave_of, stock.warehouse, order),
                partial(logistics.release_reservations, reference=reference, at=NOW, reason="changed my mind"),
            ]
        )

        assert all(isinstance(refusal, NothingToWave) for refusal in refusals(outcomes))
        assert not WaveTote.objects.filter(reference=order, status="open").exists()
    assert violations() == {}
