"""Picking: what somebody took from a bin, or did not find there.

Each confirmation carries a token of the device that sends it, so that one sent again after a lost answer counts once.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from logistics.errors import InvalidQuantity, NotFound
from logistics.floor.errors import AlreadyPicked, MoreThanToPick, NotInWave, ReasonMissing, WaveEnded
from logistics.floor.services.waves import locked_wave, set_out
from logistics.models import CountLine, FloorScan, Wave, WavePick
from logistics.services.counts import open_count
from logistics.services.totes import advance_wave
from logistics.states import CountStatus, ToteStatus, WaveStatus


@dataclass(frozen=True, slots=True)
class Scan:
    """One confirmation: of which wave, by whom, and the token that makes it one."""

    wave_id: uuid.UUID
    merchant_id: uuid.UUID
    token: uuid.UUID
    actor: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """So many pieces of an article belong into the tote with this number."""

    sku: str
    tote: int
    pieces: int


@transaction.atomic
def pick_pieces(*, scan: Scan, stock_id: uuid.UUID, pieces: int | None = None) -> list[Placed]:
    """Pieces of a shelf were picked; says which totes they go into, the first one first. The same scan again changes nothing.

    Args:
        pieces: all that are still to be picked when not given.

    Raises:
        NotFound: the wave is not this merchant's, or has nothing of this shelf.
        WaveEnded: it is packed, closed or dropped.
        AlreadyPicked: nothing is left to pick.
        MoreThanToPick: fewer are.
    """
    wave = _picking(scan)
    if _is_known(scan):
        return []
    picks = _picks(wave).filter(stock=stock_id)
    if not picks:
        raise NotFound
    return _pick(wave, scan, list(picks), pieces)


@transaction.atomic
def pick_by_code(*, scan: Scan, code: str) -> list[Placed]:
    """One piece of the article whose SKU was scanned was picked; says into which tote it goes.

    Raises:
        NotFound, WaveEnded: as `pick_pieces`.
        NotInWave: nothing of it belongs into the wave.
        AlreadyPicked: all of it is picked.
    """
    wave = _picking(scan)
    if _is_known(scan):
        return []
    picks = list(_picks(wave).filter(stock__variant__sku__iexact=code.strip()))
    if not picks:
        raise NotInWave(code=code[:64])
    return _pick(wave, scan, [pick for pick in picks if pick.stock_id == picks[0].stock_id], 1)


@transaction.atomic
def report_short(*, scan: Scan, stock_id: uuid.UUID, missing: int, reason: str) -> list[Placed]:
    """Pieces are not where they should be: their orders go without them, and somebody is to count the shelf. Stock stays as it is.

    The last totes go without first. Says which ones, and how many pieces.

    Args:
        missing: at least 1, at most what is still to be picked.

    Raises:
        NotFound, WaveEnded, AlreadyPicked, MoreThanToPick: as `pick_pieces`.
        ReasonMissing: nobody says why.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise ReasonMissing
    wave = _picking(scan)
    if _is_known(scan):
        return []
    picks = list(_picks(wave).filter(stock=stock_id))
    if not picks:
        raise NotFound
    _check(picks, missing)
    placed = []
    left = missing
    for pick in reversed(picks):
        count = min(pick.to_pick, left)
        if count:
            left -= count
            pick.short, pick.short_reason = pick.short + count, reason
            placed.append(Placed(pick.stock.variant.sku, pick.tote.position, count))
    WavePick.objects.bulk_update(picks, ["short", "short_reason"])
    _ask_to_count(wave, picks[0], scan, f"{wave.number}: {reason}")
    _note(wave, scan, FloorScan.Kind.SHORT, stock_id, missing)
    return placed


def _pick(wave: Wave, scan: Scan, picks: Sequence[WavePick], pieces: int | None) -> list[Placed]:
    count = sum(pick.to_pick for pick in picks) if pieces is None else pieces
    _check(picks, count)
    placed, left = [], count
    for pick in picks:
        taken = min(pick.to_pick, left)
        if taken:
            left -= taken
            pick.picked += taken
            placed.append(Placed(pick.stock.variant.sku, pick.tote.position, taken))
    WavePick.objects.bulk_update(picks, ["picked"])
    _note(wave, scan, FloorScan.Kind.PICKED, picks[0].stock_id, count)
    return placed


def _check(picks: Sequence[WavePick], count: int) -> None:
    left, sku = sum(pick.to_pick for pick in picks), picks[0].stock.variant.sku
    if not left:
        raise AlreadyPicked(code=sku)
    if count < 1:
        raise InvalidQuantity(lowest=1, highest=left)
    if count > left:
        raise MoreThanToPick(code=sku, most=left)


def _picking(scan: Scan) -> Wave:
    """The wave, locked and being picked; the first confirmation starts it. One that was picked already may be told again."""
    wave = locked_wave(scan.wave_id, scan.merchant_id)
    set_out(wave, actor=scan.actor, at=scan.at)
    if wave.status not in {WaveStatus.PICKING, WaveStatus.PICKED} and not _is_known(scan):
        raise WaveEnded
    return wave


def _is_known(scan: Scan) -> bool:
    return FloorScan.objects.filter(wave=scan.wave_id, token=scan.token).exists()


def _picks(wave: Wave) -> QuerySet[WavePick]:
    rows: QuerySet[WavePick] = WavePick.objects.filter(tote__wave=wave, tote__status=ToteStatus.OPEN)
    return rows.select_related("tote", "stock__variant").order_by("sequence", "tote__position")


def _note(wave: Wave, scan: Scan, kind: FloorScan.Kind, stock_id: uuid.UUID, pieces: int) -> None:
    FloorScan.objects.create(
        merchant_id=scan.merchant_id, wave=wave, token=scan.token, kind=kind, stock_id=stock_id, pieces=pieces, actor=scan.actor,
        created_at=scan.at,
    )  # fmt: skip
    advance_wave(wave, actor=scan.actor, at=scan.at)


def _ask_to_count(wave: Wave, pick: WavePick, scan: Scan, note: str) -> None:
    """A count of the shelf, unless one waits already."""
    waiting = CountLine.objects.filter(stock=pick.stock_id, count__status__in=[CountStatus.OPEN, CountStatus.TO_CONFIRM])
    if not waiting.exists():
        open_count(
            merchant_id=scan.merchant_id, warehouse_id=wave.warehouse_id, skus=[pick.stock.variant.sku], actor=scan.actor, at=scan.at,
            confirm_from=1, note=note,
        )  # fmt: skip
