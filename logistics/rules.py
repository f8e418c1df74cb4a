"""Pure decisions: which warehouse sends what, when a parcel arrives, what sending it costs."""

import datetime as dt
import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

# Every combination of up to 3 of at most 16 warehouses is tried (697); beyond that they are added one by one, the most useful first.
EXHAUSTIVE_PARCELS = 3
EXHAUSTIVE_WAREHOUSES = 16
TRANSIT_DAYS = (2, 4)
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of a variant wanted by one merchant order (`group`)."""

    group: uuid.UUID
    merchant_id: uuid.UUID
    variant_id: uuid.UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What may be taken from one stock row, in pieces."""

    stock_id: uuid.UUID
    merchant_id: uuid.UUID
    variant_id: uuid.UUID
    warehouse: str
    priority: int
    available: int

    @property
    def rank(self) -> tuple[int, str]:
        return self.priority, self.warehouse


@dataclass(frozen=True, slots=True)
class Pick:
    """So many pieces from that stock row, and why there."""

    group: uuid.UUID
    merchant_id: uuid.UUID
    stock_id: uuid.UUID
    variant_id: uuid.UUID
    quantity: int
    reasons: dict[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """Either `picks` that cover every line, or `short`: what is available of each variant there is too little of."""

    picks: list[Pick] = field(default_factory=list)
    short: dict[uuid.UUID, int] = field(default_factory=dict)


def allocate(lines: Sequence[Line], stocks: Sequence[StockLevel]) -> Plan:
    """Choose warehouses for each merchant order: fewest parcels, then lowest priority number, then warehouse code.

    The same input in any order gives the same plan.
    """
    shelves: dict[uuid.UUID, list[StockLevel]] = defaultdict(list)
    for stock in sorted(stocks, key=lambda stock: (stock.rank, stock.stock_id)):
        shelves[stock.variant_id].append(stock)
    left = {stock.stock_id: max(stock.available, 0) for stock in stocks}
    plan = Plan()
    for wanted in _by_group(lines).values():
        candidates = {line.variant_id: [s for s in shelves[line.variant_id] if s.merchant_id == line.merchant_id] for line in wanted}
        short = _shortage(wanted, candidates, left)
        plan.short.update(short)
        if not short:
            plan.picks.extend(_pick(wanted, candidates, left))
    return Plan(short=plan.short) if plan.short else plan


def _by_group(lines: Iterable[Line]) -> dict[uuid.UUID, list[Line]]:
    """Lines of each merchant order, the same variant twice added up, in a stable order."""
    sums: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], int] = defaultdict(int)
    for line in lines:
        sums[line.group, line.variant_id, line.merchant_id] += line.quantity
    groups: dict[uuid.UUID, list[Line]] = defaultdict(list)
    for (group, variant_id, merchant_id), quantity in sorted(sums.items()):
        groups[group].append(Line(group, merchant_id, variant_id, quantity))
    return groups


def _shortage(wanted: list[Line], candidates: dict[uuid.UUID, list[StockLevel]], left: dict[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    available = {line.variant_id: sum(left[stock.stock_id] for stock in candidates[line.variant_id]) for line in wanted}
    return {line.variant_id: available[line.variant_id] for line in wanted if available[line.variant_id] < line.quantity}


def _pick(wanted: list[Line], candidates: dict[uuid.UUID, list[StockLevel]], left: dict[uuid.UUID, int]) -> list[Pick]:
    """Picks for one merchant order; the caller has made sure that there is enough. Lowers `left`."""
    chosen = _warehouses(wanted, candidates, left)
    usable = {
        line.variant_id: [s for s in candidates[line.variant_id] if s.warehouse in chosen and left[s.stock_id] > 0] for line in wanted
    }
    taken = [(line, stock, take) for line in wanted for stock, take in _take(line.quantity, usable[line.variant_id], left)]
    parcels = len({stock.warehouse for _, stock, _ in taken})
    passed = _passed_over(wanted, candidates, left, chosen)
    picks = []
    for line, stock, take in taken:
        reasons: dict[str, object] = {"warehouse": stock.warehouse, "parcels": parcels, "passed_over": passed}
        picks.append(Pick(line.group, line.merchant_id, stock.stock_id, line.variant_id, take, reasons))
        left[stock.stock_id] -= take
    return picks


def _warehouses(wanted: list[Line], candidates: dict[uuid.UUID, list[StockLevel]], left: dict[uuid.UUID, int]) -> tuple[str, ...]:
    """The smallest set of warehouses that covers all lines; among equals the one whose members rank first."""
    ranked = [code for _, code in sorted({stock.rank for stocks in candidates.values() for stock in stocks if left[stock.stock_id] > 0})]
    most = min(EXHAUSTIVE_PARCELS, len(ranked)) if len(ranked) <= EXHAUSTIVE_WAREHOUSES else 1
    for parcels in range(1, most + 1):
        for combination in itertools.combinations(ranked, parcels):
            if _uncovered(wanted, candidates, left, combination) == 0:
                return combination
    chosen: tuple[str, ...] = ()
    while _uncovered(wanted, candidates, left, chosen):
        rest = [code for code in ranked if code not in chosen]
        chosen += (min(rest, key=lambda code: _uncovered(wanted, candidates, left, (*chosen, code))),)
    return chosen


def _uncovered(
    wanted: list[Line], candidates: dict[uuid.UUID, list[StockLevel]], left: dict[uuid.UUID, int], warehouses: tuple[str, ...]
) -> int:
    """Pieces that these warehouses together cannot supply."""
    return sum(
        max(line.quantity - sum(left[s.stock_id] for s in candidates[line.variant_id] if s.warehouse in warehouses), 0) for line in wanted
    )


def _take(quantity: int, stocks: list[StockLevel], left: dict[uuid.UUID, int]) -> list[tuple[StockLevel, int]]:
    """From one warehouse when one has it all, else from the best-ranked onward."""
    whole = [stock for stock in stocks if left[stock.stock_id] >= quantity]
    if whole:
        return [(whole[0], quantity)]
    taken = []
    for stock in stocks:
        take = min(quantity, left[stock.stock_id])
        quantity -= take
        taken.append((stock, take))
        if not quantity:
            break
    return taken


def _passed_over(
    wanted: list[Line], candidates: dict[uuid.UUID, list[StockLevel]], left: dict[uuid.UUID, int], chosen: tuple[str, ...]
) -> dict[str, str]:
    """Why each other warehouse was not chosen: `short` (cannot supply all of it alone) or `lower_rank`."""
    others = {stock.warehouse for stocks in candidates.values() for stock in stocks} - set(chosen)
    return {code: "short" if _uncovered(wanted, candidates, left, (code,)) else "lower_rank" for code in sorted(others)}


def delivery_promise(handling_days: int, at: dt.datetime) -> tuple[dt.date, dt.date]:
    """Earliest and latest day of arrival: handling days, then 2 to 4 days on the road; Sundays do not count.

    Args:
        handling_days: days the merchant needs before handing the parcel over.
        at: the moment of the order; its date in its own time zone is day 0.
    """
    ready = _after_working_days(at.date(), handling_days)
    return _after_working_days(ready, TRANSIT_DAYS[0]), _after_working_days(ready, TRANSIT_DAYS[1])


def promise_ends(at: dt.datetime) -> dt.datetime:
    """Until when an order still has the promise of `at`: the end of its day in its own time zone."""
    return (at + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _after_working_days(day: dt.date, count: int) -> dt.date:
    while count > 0:
        day += dt.timedelta(days=1)
        count -= day.weekday() != SUNDAY
    return day


@dataclass(frozen=True, slots=True)
class ShippingOffer:
    """What sending one merchant order costs, and what is missing for free delivery (None: never free, or free already)."""

    minor: int
    free_over_minor: int | None = None
    missing_minor: int | None = None


def shipping_offer(goods_minor: int, flat_minor: int, free_over_minor: int | None) -> ShippingOffer:
    """A flat rate, free from `free_over_minor` of goods upward. All amounts in minor units of one currency."""
    if flat_minor == 0 or (free_over_minor is not None and goods_minor >= free_over_minor):
        return ShippingOffer(0, free_over_minor)
    missing = None if free_over_minor is None else free_over_minor - goods_minor
    return ShippingOffer(flat_minor, free_over_minor, missing)
