"""What happens to stock all day, many at once: deliveries, counts, purchases that are sent or given up, promises that are moved."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from catalog.models import Variant
from catalog.services import NewVariant, create_product, publish_product
from catalog.services.categories import create_category
from core.ids import uuid7
from core.states import StaleState
from logistics import services
from logistics.errors import NotServed, OutOfStock, StockBelowReserved
from logistics.models import Stock, StockMovement, Warehouse
from logistics.rules import Destination, Zone
from logistics.services import Receipt, ReservationLine, Terms
from merchants.services import create_merchant

REFUSALS = (OutOfStock, NotServed, StaleState, StockBelowReserved)
ACTOR = "system:storm"
DESTINATIONS = [Destination("CN", "518000"), Destination("CN", "100010"), Destination("DE", "10115"), Destination("US", "94105")]
DELIVERY = 20
LOCK_TIMEOUT = "55P03"


@dataclass(frozen=True)
class World:
    merchant_id: uuid.UUID
    warehouses: list[Warehouse]
    variants: list[Variant]


@dataclass
class Tally:
    """What a stretch of the storm came to. `errors` are neither done nor refused: there must be none."""

    kinds: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    movements: int = 0
    deadlocks: int = 0
    seconds: float = 0.0

    @property
    def done(self) -> int:
        return sum(self.kinds.values()) + sum(self.refused.values())

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.kinds + other.kinds,
            self.refused + other.refused,
            self.errors + other.errors,
            self.movements + other.movements,
            self.deadlocks + other.deadlocks,
            self.seconds + other.seconds,
        )


def build(*, warehouses: int, variants: int, pieces: int = 3) -> World:
    """One merchant with warehouses of different zones and costs, and a few pieces of each variant in some of them."""
    merchant = create_merchant(name="Storm", kind="company", email="storm@example.com")
    category = create_category(name="Storm")
    at = timezone.now()
    goods = []
    for number in range(variants):
        new = NewVariant(sku=f"STORM-{number}", price_minor=1_000)
        product = create_product(merchant=merchant, category=category, title=f"Storm lamp {number}", variants=[new])
        goods.append(publish_product(product_id=product.pk, actor=ACTOR, at=at).variants.get())
    houses = [
        services.create_warehouse(
            merchant=merchant, code=f"H{number:02}", name=f"Hall {number}", kind="regional", city="Hefei", postcode=f"{number:02}0000"
        )
        for number in range(warehouses)
    ]
    for number, house in enumerate(houses):
        zones = [Zone("CN")] if number % 5 == 1 else []
        terms = Terms(zones=zones, parcel_cost_minor=100 * (number % 4), priority=number % 3)
        services.set_warehouse_terms(warehouse_id=house.pk, terms=terms)
    world = World(merchant.pk, houses, goods)
    some = random.Random(warehouses)
    receipts = [Receipt(variant, house, pieces) for variant in goods for house in some.sample(houses, min(4, warehouses))]
    services.receive_many(receipts=receipts, actor=ACTOR, at=at)
    return world


def keep_moving(
    world: World, *, movements: int, workers: int, seed: int, tell: Callable[[int], None] = lambda done: None, most_seconds: float = 3_600
) -> Tally:
    """Work of all kinds by so many people until there are so many more stock movements."""
    until = StockMovement.objects.count() + movements
    enough = threading.Event()

    def work(index: int, tally: Tally) -> None:
        person = Person(world, random.Random(f"{seed}:{index}"))
        while not enough.is_set():
            attempt(tally, person.do_something)

    def look(_index: int, _tally: Tally) -> None:
        began = time.monotonic()
        while (done := StockMovement.objects.count()) < until and time.monotonic() - began < most_seconds:
            tell(done)
            enough.wait(0.05 if movements < 10_000 else 2)
        enough.set()

    before = StockMovement.objects.count()
    tally = _side_by_side([look, *[work] * workers])
    tally.movements = StockMovement.objects.count() - before
    return tally


def allocate_at_once(world: World, count: int, *, seed: int) -> Tally:
    """So many purchases of a few goods, all reserved at the same moment; paid or given back afterwards."""

    def buy(index: int, tally: Tally) -> None:
        attempt(tally, Person(world, random.Random(f"{seed}:{index}")).buy_and_decide)

    return _side_by_side([buy] * count)


def attempt(tally: Tally, job: Callable[[], str]) -> None:
    """Do a job; refusals are counted, also of who waited too long for a lock, as placing does; else it is an error."""
    try:
        tally.kinds[job()] += 1
    except REFUSALS as refusal:
        tally.refused[type(refusal).__name__] += 1
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == LOCK_TIMEOUT:
            tally.refused["Busy"] += 1
        else:
            tally.errors.append(f"{type(error).__name__}: {error}"[:600])
    except Exception as error:
        tally.errors.append(f"{type(error).__name__}: {error}"[:600])


def _side_by_side(jobs: list[Callable[[int, Tally], None]]) -> Tally:
    """Each job in a thread with a connection of its own, started together."""
    tallies = [Tally() for _ in jobs]
    start = threading.Barrier(len(jobs) + 1)

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(60)
            jobs[index](index, tallies[index])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    broken = _deadlocks()
    start.wait(60)
    began = time.monotonic()
    for thread in threads:
        thread.join()
    total = sum(tallies, Tally())
    total.seconds, total.deadlocks = time.monotonic() - began, _deadlocks() - broken
    return total


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


class Person:
    """Somebody who moves goods about, by dice."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world, self.dice = world, dice

    def do_something(self) -> str:
        jobs = [self.receive, self.receive, self.count, self.buy_and_send, self.buy_and_send, self.buy_and_decide]
        return self.dice.choice(jobs)()

    def receive(self) -> str:
        """A delivery of twenty lines."""
        pairs = {(self.dice.choice(self.world.variants), self.dice.choice(self.world.warehouses)) for _ in range(DELIVERY)}
        receipts = [Receipt(variant, house, self.dice.randint(1, 3)) for variant, house in pairs]
        services.receive_many(receipts=receipts, actor=ACTOR, at=timezone.now())
        return "received"

    def count(self) -> str:
        """Somebody finds a piece more or fewer than the books say."""
        stock = self.dice.choice(list(Stock.objects.filter(variant=self.dice.choice(self.world.variants))))
        found = max(stock.on_hand + self.dice.choice([-1, 1]), 0)
        services.correct_stock(stock_id=stock.pk, on_hand=found, expected_on_hand=None, actor=ACTOR, at=timezone.now(), note="counted")
        return "counted"

    def buy_and_send(self) -> str:
        reference, group, at = self._buy()
        services.commit_reservations(reference=reference, at=at)
        services.ship(
            reference=group, merchant_id=self.world.merchant_id, carrier="SF", tracking_number=str(group), actor=ACTOR, at=timezone.now()
        )
        return "sent"

    def buy_and_decide(self) -> str:
        """A purchase that is given up, or paid and then sent from elsewhere than planned."""
        reference, group, at = self._buy()
        if self.dice.random() < 0.5:
            services.release_reservations(reference=reference, at=at, reason="changed my mind")
            return "given up"
        services.commit_reservations(reference=reference, at=at)
        away = self.dice.choice(self.world.warehouses).pk
        moved = services.replan(group=group, destination=None, actor=ACTOR, at=at, reason="elsewhere", away_from=[away])
        return "moved" if moved else "paid"

    def _buy(self) -> tuple[uuid.UUID, uuid.UUID, dt.datetime]:
        reference, group, at = uuid7(), uuid7(), timezone.now()
        wanted = self.dice.sample(self.world.variants, self.dice.randint(1, 3))
        lines = [ReservationLine(group, self.world.merchant_id, variant.pk, self.dice.randint(1, 4)) for variant in wanted]
        with transaction.atomic():
            services.reserve(
                reference=reference,
                lines=lines,
                expires_at=at + dt.timedelta(minutes=30),
                at=at,
                destination=self.dice.choice(DESTINATIONS),
            )
        return reference, group, at
