"""Reads of the warehouse floor."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from logistics.models import Bin, FloorPlan, Stock, Warehouse, Wave, WavePick, WaveTote
from logistics.rules.floors import Layout, Spot
from logistics.rules.pick_path import Walk, turns_of
from logistics.states import ToteStatus
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Stop:
    """What is fetched of one article at one stop of the walk, for all totes. `bin` is None where nobody has said where it lies."""

    bin: Bin | None
    stock: Stock
    picks: list[WavePick]

    @property
    def wanted(self) -> int:
        return sum(pick.wanted for pick in self.picks)

    @property
    def picked(self) -> int:
        return sum(min(pick.picked, pick.wanted) for pick in self.picks)

    @property
    def short(self) -> int:
        return sum(pick.short for pick in self.picks)

    @property
    def to_pick(self) -> int:
        return sum(pick.to_pick for pick in self.picks)


@dataclass(frozen=True, slots=True)
class WaveView:
    """A wave with everything its pages show."""

    wave: Wave
    layout: Layout
    totes: list[WaveTote]
    stops: list[Stop]

    @property
    def to_pick(self) -> int:
        return sum(stop.to_pick for stop in self.stops)

    @property
    def pieces(self) -> int:
        return sum(stop.wanted for stop in self.stops)

    @property
    def to_put_back(self) -> list[tuple[WaveTote, WavePick, int]]:
        """What was picked and belongs into no parcel any more."""
        rows = [(tote, pick, _back(tote, pick)) for tote in self.totes for pick in tote.picks.all()]
        return [row for row in rows if row[2]]

    @property
    def walk(self) -> list[Spot]:
        """Where the walk turns, from the pack point back to it."""
        spots = list(dict.fromkeys(Spot(stop.bin.aisle_number, stop.bin.along_cm) for stop in self.stops if stop.bin))
        return turns_of(self.layout, Walk(tuple(spots), self.wave.distance_cm))


def _back(tote: WaveTote, pick: WavePick) -> int:
    """Once a parcel has left, nothing of its tote is there to be put back."""
    if tote.status == ToteStatus.PACKED or tote.ended_by == WaveTote.End.SENT:
        return 0
    return pick.picked if tote.status == ToteStatus.DROPPED else pick.to_put_back


def waves_of(merchant: Merchant) -> QuerySet[Wave]:
    """A merchant's waves, the newest first, with how many orders each has and how many of them are packed."""
    rows: QuerySet[Wave] = Wave.objects.for_merchant(merchant).select_related("warehouse")
    counts = {"tote_count": Count("totes"), "packed_count": Count("totes", filter=Q(totes__status=ToteStatus.PACKED))}
    return rows.annotate(**counts).order_by("-created_at", "-pk")


def wave_view(merchant: Merchant, wave_id: uuid.UUID) -> WaveView | None:
    """A wave with its totes, and its stops in the order of the walk. Four queries."""
    wave = Wave.objects.for_merchant(merchant).select_related("warehouse__merchant").filter(pk=wave_id).first()
    if wave is None:
        return None
    picks = WavePick.objects.select_related("stock__variant__product", "bin").order_by("sequence", "stock__variant__sku")
    totes = list(WaveTote.objects.filter(wave=wave).prefetch_related(Prefetch("picks", picks)).order_by("position"))
    plan = FloorPlan.objects.filter(warehouse=wave.warehouse_id).first()
    return WaveView(wave, plan.layout if plan else Layout(), totes, _stops(totes))


def _stops(totes: Collection[WaveTote]) -> list[Stop]:
    found = [(pick.sequence, pick.stock.variant.sku, tote.position, pick) for tote in totes if tote.status != ToteStatus.DROPPED
             for pick in tote.picks.all()]  # fmt: skip
    rows = groupby(sorted(found, key=lambda row: row[:3]), key=lambda row: row[:2])
    stops = [[row[3] for row in group] for _, group in rows]
    return [Stop(picks[0].bin, picks[0].stock, picks) for picks in stops]


def waves_by_order(references: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Wave]]:
    """The live waves that orders are in. One query."""
    found: dict[uuid.UUID, list[Wave]] = {}
    for tote in WaveTote.objects.filter(reference__in=references, status=ToteStatus.OPEN).select_related("wave").order_by("pk"):
        found.setdefault(tote.reference, []).append(tote.wave)
    return found


@dataclass(frozen=True, slots=True)
class FloorView:
    """A warehouse's floor: its layout, how many racks stand where (`spots`, each with its bins), and what has no bin."""

    warehouse: Warehouse
    plan: FloorPlan
    spots: list[tuple[Spot, int]]
    aisles: list[tuple[int, str]]
    bin_count: int
    homeless: int


def floor_view(warehouse: Warehouse) -> FloorView:
    """The floor as its page draws it. Five queries, whatever is on it."""
    plan = FloorPlan.objects.filter(warehouse=warehouse).first() or FloorPlan(warehouse=warehouse)
    bins = Bin.objects.filter(warehouse=warehouse).order_by()
    spots = bins.values_list("aisle_number", "along_cm").annotate(levels=Count("pk")).order_by("aisle_number", "along_cm")
    aisles = bins.values_list("aisle_number").annotate(name=Max("aisle")).order_by("aisle_number")
    homeless = Stock.objects.filter(warehouse=warehouse, bin=None, on_hand__gt=0).count()
    found = [(Spot(aisle, along), levels) for aisle, along, levels in spots]
    return FloorView(warehouse, plan, found, list(aisles), sum(levels for _, levels in found), homeless)
