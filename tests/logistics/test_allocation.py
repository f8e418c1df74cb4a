"""Which warehouse sends: zones, cost, distance and promise, and why not the others."""

import datetime as dt
import random
import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.rules import Destination, Line, Plan, Site, StockLevel, Zone, allocate, leaves_on, serves
from logistics.rules.places import distance, metres_between

GROUP, MERCHANT, RED, BLUE = (uuid.UUID(int=number) for number in range(1, 5))
SHENZHEN = Destination("CN", "518000")
MONDAY = dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC)  # ten o'clock in Shanghai
HEFEI, BEIJING = (31.8206, 117.2272), (39.9042, 116.4074)


def shelf(warehouse: str, variant: uuid.UUID = RED, available: int = 5, priority: int = 10, **site: object) -> StockLevel:
    return StockLevel(uuid.uuid5(variant, warehouse), MERCHANT, variant, warehouse, priority, available, Site(**site))  # type: ignore[arg-type]


def plan_of(*stocks: StockLevel, to: Destination = SHENZHEN, at: dt.datetime | None = MONDAY) -> Plan:
    return allocate([Line(GROUP, MERCHANT, RED, 1)], stocks, to, at)


def winner(plan: Plan) -> tuple[object, object]:
    [pick] = plan.picks
    return pick.reasons["warehouse"], pick.reasons["passed_over"]


def test_a_warehouse_that_does_not_serve_the_address_does_not_send() -> None:
    plan = plan_of(shelf("NORTH", priority=1, zones=(Zone("CN", ("1", "0")),)), shelf("SOUTH", zones=(Zone("CN", ("51",)),)))

    assert winner(plan) == ("SOUTH", {"NORTH": "not_served"})


def test_what_lies_only_where_nothing_is_sent_from_to_this_address_is_not_served_there() -> None:
    plan = plan_of(shelf("EU", zones=(Zone("DE"),)), shelf("EMPTY", available=0))

    assert (plan.picks, plan.short, plan.unserved) == ([], {RED: 0}, {RED})


def test_what_lies_nowhere_is_sold_out_and_not_unserved() -> None:
    plan = plan_of(shelf("EU", available=0, zones=(Zone("DE"),)))

    assert (plan.short, plan.unserved) == ({RED: 0}, set())


def test_the_cheaper_parcel_wins_then_the_nearer_warehouse_then_the_one_that_sends_first_then_the_order_of_warehouses() -> None:
    near, far = {"country": "CN", "postcode": "518100"}, {"country": "CN", "postcode": "100010"}

    assert winner(plan_of(shelf("A", priority=1, parcel_cost_minor=900, **near), shelf("B", parcel_cost_minor=800, **far))) == (
        "B", {"A": "costlier"},
    )  # fmt: skip
    assert winner(plan_of(shelf("A", priority=1, **far), shelf("B", **near))) == ("B", {"A": "farther"})
    assert winner(plan_of(shelf("A", priority=1, working_days=(6, 7)), shelf("B"))) == ("B", {"A": "later"})
    assert winner(plan_of(shelf("A", priority=2), shelf("B", priority=1))) == ("B", {"A": "lower_rank"})
    assert winner(plan_of(shelf("A", priority=1, available=0), shelf("B"))) == ("B", {"A": "short"})


def test_fewer_parcels_beat_cost() -> None:
    stocks = [shelf("A", RED), shelf("B", BLUE), shelf("C", RED, parcel_cost_minor=9_000), shelf("C", BLUE, parcel_cost_minor=9_000)]

    plan = allocate([Line(GROUP, MERCHANT, RED, 1), Line(GROUP, MERCHANT, BLUE, 1)], stocks, SHENZHEN, MONDAY)

    assert {pick.reasons["warehouse"] for pick in plan.picks} == {"C"}


def test_of_two_parcels_the_cheapest_pair_is_chosen() -> None:
    stocks = [
        shelf("A", RED, parcel_cost_minor=500), shelf("B", BLUE, parcel_cost_minor=500),
        shelf("C", RED, parcel_cost_minor=100, priority=99), shelf("D", BLUE, parcel_cost_minor=100, priority=99),
    ]  # fmt: skip

    plan = allocate([Line(GROUP, MERCHANT, RED, 1), Line(GROUP, MERCHANT, BLUE, 1)], stocks, SHENZHEN, MONDAY)

    assert {pick.reasons["warehouse"] for pick in plan.picks} == {"C", "D"}


def test_known_positions_count_before_postcodes_and_the_reasons_say_how_far() -> None:
    here = Destination("CN", "230000", *HEFEI)
    known = {"latitude": BEIJING[0], "longitude": BEIJING[1]}

    [pick] = plan_of(shelf("BJ", **known), shelf("HF", country="CN", postcode="230001"), to=here).picks

    assert pick.reasons["warehouse"] == "BJ"
    assert pick.reasons["metres"] == pytest.approx(901_900, abs=3_000)
    assert pick.reasons["leaves_on"] == "2026-11-30"


def test_distances() -> None:
    assert metres_between(HEFEI, HEFEI) == 0
    assert metres_between((0, 0), (0, 180)) == pytest.approx(20_015_112, abs=2)
    assert metres_between((None, 1), HEFEI) is None
    site = Site(country="CN", postcode="518100")
    assert distance(site, SHENZHEN) < distance(site, Destination("CN", "519000")) < distance(site, Destination("DE", "51800"))


@pytest.mark.parametrize(
    ("zones", "country", "postcode", "served"),
    [
        ((), "DE", "", True),
        ((Zone("CN"),), "CN", "", True),
        ((Zone("CN"),), "DE", "", False),
        ((Zone("GB", ("SW1A",)),), "GB", "sw1a 1aa", True),
        ((Zone("GB", ("SW1A",)),), "GB", "", False),
        ((Zone("CN", ("51", "52")), Zone("HK")), "HK", "0000", True),
    ],
)
def test_zones_are_countries_and_beginnings_of_postcodes(zones: tuple[Zone, ...], country: str, postcode: str, served: bool) -> None:
    assert serves(zones, Destination(country, postcode)) is served


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-30T07:59:00+00:00", "2026-11-30"),  # 15:59 in Shanghai
        ("2026-11-30T08:00:00+00:00", "2026-12-01"),
        ("2026-12-04T08:30:00+00:00", "2026-12-07"),  # after the cut-off of a Friday
        ("2026-12-23T01:00:00+00:00", "2026-12-23"),
        ("2026-12-23T09:00:00+00:00", "2026-12-28"),  # the 24th and 25th are holidays, then comes a weekend
    ],
)
def test_a_warehouse_sends_by_its_own_clock_and_calendar(at: str, day: str) -> None:
    site = Site(cut_off=dt.time(16), time_zone="Asia/Shanghai", working_days=(1, 2, 3, 4, 5), holidays=("2026-12-24", "2026-12-25"))

    assert leaves_on(site, dt.datetime.fromisoformat(at)).isoformat() == day


variants = [uuid.UUID(int=number) for number in range(10, 14)]
sites = st.builds(
    Site,
    country=st.just("CN"),
    postcode=st.sampled_from(["", "518000", "100010"]),
    zones=st.sampled_from([(), (Zone("CN"),), (Zone("DE"),), (Zone("CN", ("51",)),)]),
    parcel_cost_minor=st.sampled_from([0, 500, 800]),
    working_days=st.sampled_from([(1, 2, 3, 4, 5), (6, 7)]),
)
houses = st.lists(st.tuples(sites, st.integers(0, 2)), min_size=1, max_size=8)
carts = st.dictionaries(st.sampled_from(variants), st.integers(1, 6), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(houses, carts, st.data())
def test_the_same_state_shuffled_fifty_ways_gives_the_same_plan(
    places: list[tuple[Site, int]], cart: dict[uuid.UUID, int], data: st.DataObject
) -> None:
    stocks = [
        StockLevel(uuid.uuid5(variant, str(number)), MERCHANT, variant, f"W{number}", priority, data.draw(st.integers(0, 4)), site)
        for number, (site, priority) in enumerate(places)
        for variant in variants
    ]
    lines = [Line(GROUP, MERCHANT, variant, quantity) for variant, quantity in cart.items()]
    plan = allocate(lines, stocks, SHENZHEN, MONDAY)

    order = random.Random(7)
    for _ in range(50):
        order.shuffle(stocks)
        order.shuffle(lines)
        assert allocate(lines, stocks, SHENZHEN, MONDAY) == plan

    served = {row.stock_id: row for row in stocks if serves(row.site.zones, SHENZHEN)}
    assert all(pick.stock_id in served and pick.quantity <= served[pick.stock_id].available for pick in plan.picks)
    if plan.picks:
        assert {v: sum(pick.quantity for pick in plan.picks if pick.variant_id == v) for v in cart} == cart


def test_without_an_address_every_warehouse_serves() -> None:
    row = shelf("EU", zones=(Zone("DE"),))

    assert allocate([Line(GROUP, MERCHANT, RED, 1)], [replace(row, available=1)]).picks[0].stock_id == row.stock_id
