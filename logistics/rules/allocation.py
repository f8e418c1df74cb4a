"""Which warehouse sends what, and why."""

import datetime as dt
import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from logistics.rules.places import ANYWHERE, UNKNOWN, Destination, Site, border, distance, leaves_on, serves

# Every combination of up to 3 of at most 20 warehouses is tried (1,350); beyond that they are added one by one, the most useful first.
EXHAUSTIVE_PARCELS = 3
EXHAUSTIVE_WAREHOUSES = 20
NOT_SERVED, SHORT, LOWER_RANK = "not_served", "short", "lower_rank"
# What decides between equals, in this order, and what is said of the one that loses.
CRITERIA = ("costlier", "farther", "farther", "later")


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of a variant wanted by one merchant order (`group`).

    `only_from` is the code of the one warehouse it may come from, wherever the order goes; empty for any that serves the address.
    """

    group: uuid.UUID
    merchant_id: uuid.UUID
    variant_id: uuid.UUID
    quantity: int
    only_from: str = ""


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What may be taken from one stock row, in pieces, and what is known about its warehouse."""

    stock_id: uuid.UUID
    merchant_id: uuid.UUID
    variant_id: uuid.UUID
    warehouse: str
    priority: int
    available: int
    site: Site = ANYWHERE

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
    """Either `picks` that cover every line, or `short`: what is available of each variant there is too little of.

    `unserved` are those of the short ones that lie only where nothing is sent to this address from.
    """

    picks: list[Pick] = field(default_factory=list)
    short: dict[uuid.UUID, int] = field(default_factory=dict)
    unserved: set[uuid.UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Order:
    """What one merchant order is planned from: its lines, and the stock rows of each variant in warehouses that serve the address."""

    wanted: list[Line]
    shelves: dict[uuid.UUID, list[StockLevel]]
    out_of_zone: dict[uuid.UUID, list[StockLevel]]
    left: dict[uuid.UUID, int]
    destination: Destination | None
    at: dt.datetime | None

    def houses(self) -> dict[str, StockLevel]:
        """One row of each warehouse something is left in, the best-ranked first."""
        rows = (row for shelf in self.shelves.values() for row in shelf if self.left[row.stock_id] > 0)
        return {row.warehouse: row for row in sorted(rows, key=lambda row: row.rank)}

    def free(self, variant_id: uuid.UUID, codes: Iterable[str] | None = None) -> int:
        return sum(self.left[row.stock_id] for row in self.shelves[variant_id] if codes is None or row.warehouse in codes)

    def uncovered(self, codes: Iterable[str]) -> int:
        """Pieces that these warehouses together cannot supply."""
        return sum(max(line.quantity - self.free(line.variant_id, codes), 0) for line in self.wanted)

    def score(self, houses: Sequence[StockLevel]) -> tuple[int, int, int, dt.date, list[tuple[int, str]]]:
        """Cost, distance, promise and rank of these warehouses together: the least is the best."""
        far = [distance(house.site, self.destination) for house in houses]
        latest = max((leaves_on(house.site, self.at) for house in houses), default=dt.date.min) if self.at else dt.date.min
        cost = sum(house.site.parcel_cost_minor for house in houses)
        return cost, sum(kind for kind, _ in far), sum(way for _, way in far), latest, sorted(house.rank for house in houses)


def allocate(
    lines: Sequence[Line], stocks: Sequence[StockLevel], destination: Destination | None = None, at: dt.datetime | None = None
) -> Plan:
    """Choose warehouses that serve the address for each merchant order: fewest parcels, then least cost, then the nearest, then the one
    that sends first, then lowest priority number, then warehouse code.

    The same input in any order gives the same plan.

    Args:
        destination: where it goes; without one every warehouse serves it.
        at: when it is ordered; without it the day of sending does not count.
    """
    shelves: dict[uuid.UUID, list[StockLevel]] = defaultdict(list)
    for stock in sorted(stocks, key=lambda stock: (stock.rank, stock.stock_id)):
        shelves[stock.variant_id].append(stock)
    left = {stock.stock_id: max(stock.available, 0) for stock in stocks}
    plan = Plan()
    for wanted in _by_group(lines).values():
        order = _order(wanted, shelves, left, destination, at)
        short = _shortage(order)
        plan.short.update(short)
        plan.unserved.update(key for key, free in short.items() if not free and any(left[row.stock_id] for row in order.out_of_zone[key]))
        if not short:
            plan.picks.extend(_pick(order))
    return Plan(short=plan.short, unserved=plan.unserved) if plan.short else plan


def _by_group(lines: Iterable[Line]) -> dict[uuid.UUID, list[Line]]:
    """Lines of each merchant order, the same variant twice added up, in a stable order."""
    sums: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID, str], int] = defaultdict(int)
    for line in lines:
        sums[line.group, line.variant_id, line.merchant_id, line.only_from] += line.quantity
    groups: dict[uuid.UUID, list[Line]] = defaultdict(list)
    for (group, variant_id, merchant_id, only_from), quantity in sorted(sums.items()):
        groups[group].append(Line(group, merchant_id, variant_id, quantity, only_from))
    return groups


def _order(
    wanted: list[Line],
    shelves: dict[uuid.UUID, list[StockLevel]],
    left: dict[uuid.UUID, int],
    destination: Destination | None,
    at: dt.datetime | None,
) -> _Order:
    own = {line.variant_id: [row for row in shelves[line.variant_id] if _is_source(row, line)] for line in wanted}
    if wanted[0].only_from:
        destination = None
    served = {key: [row for row in rows if serves(row.site.zones, destination)] for key, rows in own.items()}
    others = {key: [row for row in rows if not serves(row.site.zones, destination)] for key, rows in own.items()}
    return _Order(wanted, served, others, left, destination, at)


def _is_source(row: StockLevel, line: Line) -> bool:
    return row.merchant_id == line.merchant_id and line.only_from in {"", row.warehouse}


def _shortage(order: _Order) -> dict[uuid.UUID, int]:
    available = {line.variant_id: order.free(line.variant_id) for line in order.wanted}
    return {line.variant_id: available[line.variant_id] for line in order.wanted if available[line.variant_id] < line.quantity}


def _pick(order: _Order) -> list[Pick]:
    """Picks for one merchant order; the caller has made sure that there is enough. Lowers what is left."""
    houses = order.houses()
    chosen = _warehouses(order, houses)
    usable = {key: [row for row in rows if row.warehouse in chosen and order.left[row.stock_id] > 0] for key, rows in order.shelves.items()}
    taken = [(line, stock, take) for line in order.wanted for stock, take in _take(line.quantity, usable[line.variant_id], order.left)]
    parcels = len({stock.warehouse for _, stock, _ in taken})
    passed = _passed_over(order, houses, chosen)
    picks = []
    for line, stock, take in taken:
        reasons = {
            "warehouse": stock.warehouse,
            "parcels": parcels,
            "passed_over": passed,
            **_facts(stock.site, order),
            **border(stock.site, order.destination),
        }
        reasons |= {"chosen_by": "shopper"} if line.only_from else {}
        picks.append(Pick(line.group, line.merchant_id, stock.stock_id, line.variant_id, take, reasons))
        order.left[stock.stock_id] -= take
    return picks


def _warehouses(order: _Order, houses: dict[str, StockLevel]) -> tuple[str, ...]:
    """The smallest set of warehouses that covers all lines; among equals the one with the best score."""
    most = min(EXHAUSTIVE_PARCELS, len(houses)) if len(houses) <= EXHAUSTIVE_WAREHOUSES else 1
    for parcels in range(1, most + 1):
        able = [codes for codes in itertools.combinations(houses, parcels) if not order.uncovered(codes)]
        if able:
            return min(able, key=lambda codes: order.score([houses[code] for code in codes]))
    chosen: tuple[str, ...] = ()
    while order.uncovered(chosen):
        rest = [code for code in houses if code not in chosen]
        chosen += (min(rest, key=lambda code: (order.uncovered((*chosen, code)), order.score([houses[code]]))),)
    return chosen


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


def _passed_over(order: _Order, houses: dict[str, StockLevel], chosen: tuple[str, ...]) -> dict[str, str]:
    """Why each other warehouse was not chosen: not_served, short (cannot supply all of it alone), or what it is worse at."""
    outside = {row.warehouse for rows in order.out_of_zone.values() for row in rows}
    others = {row.warehouse for rows in order.shelves.values() for row in rows} - set(chosen)
    reasons = {code: SHORT if order.uncovered((code,)) else _worse_at(order, houses[code], houses[chosen[0]]) for code in others}
    return dict(sorted({**dict.fromkeys(outside, NOT_SERVED), **reasons}.items()))


def _worse_at(order: _Order, loser: StockLevel, winner: StockLevel) -> str:
    """The first thing that decided between two warehouses that could each have sent it all."""
    pairs = zip(CRITERIA, order.score([loser]), order.score([winner]), strict=False)
    return next((name for name, lost, won in pairs if lost != won), LOWER_RANK)


def _facts(site: Site, order: _Order) -> dict[str, object]:
    """What was known of the chosen warehouse, to be read later: cost in minor units, metres, the day it sends."""
    facts: dict[str, object] = {}
    if site.parcel_cost_minor:
        facts |= {"cost_minor": site.parcel_cost_minor, "currency": site.cost_currency}
    kind, way = distance(site, order.destination)
    if kind != UNKNOWN:
        facts["postcode_steps" if kind else "metres"] = way
    return facts | ({"leaves_on": leaves_on(site, order.at).isoformat()} if order.at else {})
