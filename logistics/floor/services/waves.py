"""Waves: orders of one warehouse that are picked in one walk."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import IntegrityError, transaction

from core import outbox
from core.states import move_to, record_change, write_changes
from logistics.errors import NotFound
from logistics.events import WaveStarted
from logistics.floor.errors import InWave, NothingToWave, ToteEnded, WaveEnded, WavePartlySent, WaveTooLarge
from logistics.models import Bin, FloorPlan, Reservation, Warehouse, Wave, WavePick, WaveTote
from logistics.rules.floors import Layout, Spot
from logistics.rules.pick_path import shortest_walk
from logistics.services.totes import advance_wave
from logistics.states import ReservationStatus, ToteStatus, WaveStatus

MOST_ORDERS = 60
LIVE = {WaveStatus.PLANNED, WaveStatus.PICKING, WaveStatus.PICKED}


@transaction.atomic
def make_wave(*, merchant_id: uuid.UUID, warehouse_id: uuid.UUID, orders: Mapping[uuid.UUID, str], actor: str, at: dt.datetime) -> Wave:
    """Plan one walk for what waits in a warehouse for these merchant orders. Their totes are numbered as they are given.

    Args:
        orders: what people call each order, by its reference.

    Raises:
        NotFound: the warehouse is not this merchant's.
        WaveTooLarge: no order, or more than sixty.
        NothingToWave: an order has nothing that waits there.
        InWave: an order is in another live wave of this warehouse.
    """
    if not Warehouse.objects.filter(pk=warehouse_id, merchant=merchant_id).exists():
        raise NotFound
    if not 0 < len(orders) <= MOST_ORDERS:
        raise WaveTooLarge(most=MOST_ORDERS)
    due = _due(merchant_id, warehouse_id, orders)
    for reference, name in orders.items():
        if reference not in due:
            raise NothingToWave(order=name)
    _refuse_twice(warehouse_id, orders)
    walk, places = _walk(warehouse_id, due.values())
    wave = Wave.objects.create(merchant_id=merchant_id, warehouse_id=warehouse_id, distance_cm=walk, created_at=at)
    write_changes([record_change(wave, "", wave.status, actor=actor, reason="", at=at)])
    totes = [
        WaveTote(
            merchant_id=merchant_id, wave=wave, warehouse_id=warehouse_id, reference=reference, label=name[:30], position=position,
            created_at=at,
        )
        for position, (reference, name) in enumerate(orders.items(), 1)
    ]  # fmt: skip
    _save_totes(totes, warehouse_id)
    WavePick.objects.bulk_create(_picks(totes, due, places, at))
    return wave


def _due(merchant_id: uuid.UUID, warehouse_id: uuid.UUID, orders: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Reservation]]:
    """What waits for each order. Locked in primary-key order: whoever cancels or sends one of them waits and then finds its tote."""
    rows = Reservation.objects.filter(
        group__in=list(orders), merchant_id=merchant_id, status=ReservationStatus.COMMITTED, stock__warehouse=warehouse_id
    )
    found: dict[uuid.UUID, list[Reservation]] = defaultdict(list)
    for row in rows.select_related("stock__bin", "stock__variant").order_by("pk").select_for_update(no_key=True, of=("self",)):
        found[row.group].append(row)
    return found


def _refuse_twice(warehouse_id: uuid.UUID, orders: Iterable[uuid.UUID]) -> None:
    taken = WaveTote.objects.filter(reference__in=list(orders), warehouse=warehouse_id, status=ToteStatus.OPEN)
    first = taken.select_related("wave").order_by("label").first()
    if first is not None:
        raise InWave(order=first.label, wave=first.wave.number)


def _save_totes(totes: Sequence[WaveTote], warehouse_id: uuid.UUID) -> None:
    """The index refuses an order of a live wave, whatever was read before."""
    try:
        with transaction.atomic():
            WaveTote.objects.bulk_create(totes)
    except IntegrityError as error:
        _refuse_twice(warehouse_id, [tote.reference for tote in totes])
        raise InWave(order=totes[0].label, wave="") from error


def _walk(warehouse_id: uuid.UUID, due: Iterable[Sequence[Reservation]]) -> tuple[int, dict[uuid.UUID, int]]:
    """How long the walk is, in centimetres, and which stop of it each bin is, from 1; bins at the same place by their level."""
    bins = {row.stock.bin_id: row.stock.bin for rows in due for row in rows if row.stock.bin is not None}
    plan = FloorPlan.objects.filter(warehouse=warehouse_id).first()
    walk = shortest_walk(plan.layout if plan else Layout(), [spot_of(row) for row in bins.values()])
    stops = {spot: number for number, spot in enumerate(walk.spots)}
    order = sorted(bins.values(), key=lambda row: (stops[spot_of(row)], row.level, row.code))
    return walk.length_cm, {row.pk: number for number, row in enumerate(order, 1)}


def spot_of(row: Bin) -> Spot:
    return Spot(row.aisle_number, row.along_cm)


def _picks(
    totes: Iterable[WaveTote], due: Mapping[uuid.UUID, Sequence[Reservation]], places: Mapping[uuid.UUID, int], at: dt.datetime
) -> list[WavePick]:
    """A row for each tote and shelf. What has no bin comes last, in the order of SKUs."""
    loose = sorted({row.stock.variant.sku for rows in due.values() for row in rows if row.stock.bin_id is None})
    last = {sku: len(places) + number for number, sku in enumerate(loose, 1)}
    picks: dict[tuple[uuid.UUID, uuid.UUID], WavePick] = {}
    for tote in totes:
        for row in due[tote.reference]:
            stop = places[row.stock.bin_id] if row.stock.bin_id else last[row.stock.variant.sku]
            pick = picks.setdefault(
                (tote.pk, row.stock_id),
                WavePick(
                    merchant_id=tote.merchant_id, tote=tote, stock_id=row.stock_id, bin_id=row.stock.bin_id, sequence=stop, quantity=0,
                    created_at=at,
                ),
            )  # fmt: skip
            pick.quantity += row.quantity
    return list(picks.values())


@transaction.atomic
def start_wave(*, wave_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> Wave:
    """Somebody sets out to pick. Again is the same answer; raises NotFound, WaveEnded."""
    wave = locked_wave(wave_id, merchant_id)
    set_out(wave, actor=actor, at=at)
    if wave.status not in LIVE:
        raise WaveEnded
    return wave


def set_out(wave: Wave, *, actor: str, at: dt.datetime) -> None:
    """A wave whose row the caller has locked is being picked from now on, if it was planned."""
    if wave.status == WaveStatus.PLANNED:
        move_to(wave, WaveStatus.PICKING, actor=actor, at=at)
        outbox.publish(WaveStarted(wave_id=str(wave.pk), actor=actor))


@transaction.atomic
def drop_wave(*, wave_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = "") -> Wave:
    """Nothing comes of a wave: what was picked has to be put back, and its orders can be in another one.

    Raises:
        NotFound, IllegalTransition: it is packed, or has ended.
        WavePartlySent: parcels of it have left; take the other orders out instead.
    """
    wave = locked_wave(wave_id, merchant_id)
    if wave.totes.filter(status=ToteStatus.PACKED).exists() and wave.status in LIVE:
        raise WavePartlySent
    move_to(wave, WaveStatus.CANCELLED, actor=actor, at=at, reason=reason[:200])
    for tote in wave.totes.filter(status=ToteStatus.OPEN).order_by("pk"):
        _drop(tote, WaveTote.End.WAVE, actor=actor, at=at, reason=reason)
    return wave


@transaction.atomic
def drop_tote(*, tote_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = "") -> Wave:
    """Take one order out of its wave, so that it can be sent another way; raises NotFound, ToteEnded."""
    wave, tote = locked_tote(tote_id, merchant_id)
    _drop(tote, WaveTote.End.PERSON, actor=actor, at=at, reason=reason)
    advance_wave(wave, actor=actor, at=at)
    return wave


def _drop(tote: WaveTote, end: WaveTote.End, *, actor: str, at: dt.datetime, reason: str) -> None:
    move_to(tote, ToteStatus.DROPPED, actor=actor, at=at, reason=reason[:200], ended_by=end, ended_because=reason[:200])


@transaction.atomic
def close_wave(*, wave_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> Wave:
    """All of it has left and the totes are back on their cart; raises NotFound, IllegalTransition, StaleState."""
    wave = locked_wave(wave_id, merchant_id)
    if wave.status != WaveStatus.CLOSED:
        move_to(wave, WaveStatus.CLOSED, actor=actor, at=at)
    return wave


def locked_wave(wave_id: uuid.UUID, merchant_id: uuid.UUID) -> Wave:
    """The wave with its row locked: clerks with the same wave take turns. Raises NotFound."""
    row: Wave | None = Wave.objects.select_for_update(no_key=True).filter(pk=wave_id, merchant=merchant_id).first()
    if row is None:
        raise NotFound
    return row


def locked_tote(tote_id: uuid.UUID, merchant_id: uuid.UUID) -> tuple[Wave, WaveTote]:
    """A tote that is still to do, with its wave locked; raises NotFound, ToteEnded."""
    wave_id = WaveTote.objects.filter(pk=tote_id, merchant=merchant_id).values_list("wave_id", flat=True).first()
    if wave_id is None:
        raise NotFound
    wave = locked_wave(wave_id, merchant_id)
    tote = WaveTote.objects.get(pk=tote_id)
    if tote.status != ToteStatus.OPEN:
        raise ToteEnded
    return wave, tote
