"""What waves still want when orders change: called in the transaction that sent, released or moved what was promised.

A wave is locked after the promises and the shelves, here as elsewhere, so that nobody waits for somebody who waits for them.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Sum

from core.states import move_to
from logistics.models import Reservation, Shipment, Wave, WavePick, WaveTote
from logistics.states import ReservationStatus, ToteStatus, WaveStatus

Goods = Mapping[tuple[uuid.UUID, uuid.UUID], int]


def settle_totes(*, groups: Collection[uuid.UUID], actor: str, at: dt.datetime, reason: str) -> None:
    """Take out of live waves what these merchant orders are not due any more; a tote that nothing is left for is dropped and says why."""
    for wave, totes in _open_totes(groups):
        for tote in totes:
            if not _withdraw(tote):
                move_to(
                    tote, ToteStatus.DROPPED, actor=actor, at=at, reason=reason, ended_by=WaveTote.End.ORDER, ended_because=reason[:200]
                )
        advance_wave(wave, actor=actor, at=at)


def settle_sent(*, shipments: Collection[Shipment], sent: Goods, actor: str, at: dt.datetime) -> None:
    """Parcels have left: a tote whose check found exactly what is in the parcel is packed with it, of others less is wanted.

    Args:
        sent: pieces by warehouse and variant.
    """
    parcels = {shipment.warehouse_id: shipment for shipment in shipments}
    for wave, totes in _open_totes({shipment.reference for shipment in shipments}):
        for tote in totes:
            parcel = parcels.get(tote.warehouse_id)
            if parcel is not None and _is_in(tote, sent):
                move_to(tote, ToteStatus.PACKED, actor=actor, at=at, shipment_id=parcel.pk)
            elif not _withdraw(tote):
                move_to(tote, ToteStatus.DROPPED, actor=actor, at=at, reason="sent without the check", ended_by=WaveTote.End.SENT)
        advance_wave(wave, actor=actor, at=at)


def advance_wave(wave: Wave, *, actor: str, at: dt.datetime) -> None:
    """Move a wave, whose row is locked, to where its totes are: picked with the last pick, packed with the last parcel."""
    totes = list(wave.totes.prefetch_related("picks").order_by("position"))
    waiting = [tote for tote in totes if tote.status == ToteStatus.OPEN]
    has_packed = any(tote.status == ToteStatus.PACKED for tote in totes)
    if not waiting and not has_packed and wave.status in {WaveStatus.PLANNED, WaveStatus.PICKING, WaveStatus.PICKED}:
        move_to(wave, WaveStatus.CANCELLED, actor=actor, at=at, reason="no order is left")
        return
    if wave.status == WaveStatus.PICKING and not any(pick.to_pick for tote in waiting for pick in tote.picks.all()):
        move_to(wave, WaveStatus.PICKED, actor=actor, at=at)
    if wave.status == WaveStatus.PICKED and not waiting:
        move_to(wave, WaveStatus.PACKED, actor=actor, at=at)


def _open_totes(groups: Collection[uuid.UUID]) -> list[tuple[Wave, list[WaveTote]]]:
    """Live waves with the totes of these orders, locked in primary-key order. One query where there are none."""
    waiting = WaveTote.objects.filter(reference__in=groups, status=ToteStatus.OPEN)
    keys = set(waiting.values_list("wave_id", flat=True))
    if not keys:
        return []
    waves = list(Wave.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
    found: dict[uuid.UUID, list[WaveTote]] = defaultdict(list)
    for tote in waiting.filter(wave__in=keys).prefetch_related("picks__stock").order_by("pk"):
        found[tote.wave_id].append(tote)
    return [(wave, found[wave.pk]) for wave in waves]


def _is_in(tote: WaveTote, sent: Goods) -> bool:
    """Whether what was checked of a tote is what went."""
    packed = {pick.stock.variant_id: pick.packed for pick in tote.picks.all() if pick.packed}
    went = {variant_id: pieces for (warehouse_id, variant_id), pieces in sent.items() if warehouse_id == tote.warehouse_id}
    return bool(packed) and packed == went


def _withdraw(tote: WaveTote) -> int:
    """Want no more than is due; returns how many pieces of the tote are still wanted."""
    rows = Reservation.objects.filter(group=tote.reference, status=ReservationStatus.COMMITTED, stock__warehouse=tote.warehouse_id)
    due = dict(rows.order_by().values_list("stock_id").annotate(pieces=Sum("quantity")))
    picks = list(tote.picks.all())
    for pick in picks:
        pick.withdrawn = pick.quantity - min(pick.wanted, due.get(pick.stock_id, 0))
        pick.packed = min(pick.packed, pick.to_pack)
    WavePick.objects.bulk_update(picks, ["withdrawn", "packed"])
    return sum(pick.wanted for pick in picks)
