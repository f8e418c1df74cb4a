"""The pack check: every piece of a tote is scanned before its parcel is closed."""

import uuid

from django.db import transaction

from logistics.floor.errors import NotInTote, SurplusInTote, ToteNotPicked
from logistics.floor.services.picking import Scan
from logistics.floor.services.waves import locked_tote
from logistics.models import FloorScan, WavePick, WaveTote


@transaction.atomic
def check_piece(*, scan: Scan, tote_id: uuid.UUID, code: str) -> list[WavePick]:
    """One piece, by its SKU, goes into the parcel of a tote; returns all of the tote. The same scan again changes nothing.

    Raises:
        NotFound: the tote is not of this merchant's wave.
        ToteEnded: it was sent or taken out.
        ToteNotPicked: something of it is still to be picked.
        NotInTote: the article does not belong into the parcel.
        SurplusInTote: all of it is in the parcel already.
    """
    wave, tote = locked_tote(tote_id, scan.merchant_id)
    picks = picks_of(tote)
    if FloorScan.objects.filter(wave=wave, token=scan.token).exists():
        return picks
    if any(pick.to_pick for pick in picks):
        raise ToteNotPicked
    found = next((pick for pick in picks if pick.stock.variant.sku.casefold() == code.strip().casefold()), None)
    if found is None or not found.to_pack:
        raise NotInTote(code=code[:64])
    if found.packed >= found.to_pack:
        raise SurplusInTote(code=found.stock.variant.sku, due=found.to_pack)
    found.packed += 1
    WavePick.objects.filter(pk=found.pk).update(packed=found.packed)
    FloorScan.objects.create(
        merchant_id=scan.merchant_id, wave=wave, token=scan.token, kind=FloorScan.Kind.PACKED, stock_id=found.stock_id, pieces=1,
        actor=scan.actor, created_at=scan.at,
    )  # fmt: skip
    return picks


@transaction.atomic
def empty_tote(*, tote_id: uuid.UUID, merchant_id: uuid.UUID) -> WaveTote:
    """Check the parcel of a tote from the start; raises NotFound, ToteEnded."""
    _wave, tote = locked_tote(tote_id, merchant_id)
    WavePick.objects.filter(tote=tote).update(packed=0)
    return tote


def picks_of(tote: WaveTote) -> list[WavePick]:
    """What belongs into a tote, in the order in which it was picked."""
    return list(tote.picks.select_related("stock__variant__product", "bin").order_by("sequence", "stock__variant__sku"))


def is_checked(picks: list[WavePick]) -> bool:
    """Whether everything that was picked of a tote has passed the check, and something has."""
    return any(pick.packed for pick in picks) and all(pick.packed == pick.to_pack and not pick.to_pick for pick in picks)
