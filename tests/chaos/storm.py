"""The storm itself: kills at random moments under a crowd, then the quiet after it, then the judgement."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from tests.chaos.crowd import Shopper, Tally
from tests.proofs import books
from tests.provider_double.client import KEY, SECRET, ProviderDouble
from tests.running_shop import RunningShop, soon

VICTIMS = ("PostgreSQL", "Valkey", "web", "worker", "provider", "a web process", "a worker process")
WEATHER: dict[str, dict[str, Any]] = {
    "delay": {"chance": 0.05, "seconds": 2},
    "drop_before": {"chance": 0.02},
    "drop_after": {"chance": 0.02},
    "error_after": {"chance": 0.02},
    "error_before": {"chance": 0.02},
    "duplicate": {"chance": 0.2, "copies": 2},
    "reorder": {"chance": 0.2, "seconds": 5},
    "forge": {"chance": 0.1},
}
QUIET_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """How much of it: the storm ends when there were that many checkouts and kills."""

    seed: int
    checkouts: int
    kills: int
    buyers: int
    seconds_between: tuple[float, float]
    victims: Sequence[str] = VICTIMS
    longest: float = 3_600


@dataclass
class Report:
    tally: Tally
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    quiet_after: float = -1
    left: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not (self.left or self.faults or self.tally.crashes)

    def __str__(self) -> str:
        wrong = [*self.faults[:20], *(f"HTTP 500 at {path}" for path in self.tally.crashes[:10])]
        people = f"{self.tally.placed} placed, {self.tally.paid} saw their thanks, {self.tally.gave_up} gave up"
        numbers = f"{self.counts.get('checkouts', 0)} checkouts, {self.counts.get('paid', 0)} paid, {self.counts.get('charges', 0)} charges"
        lines = [
            f"{numbers} at the providers, in {self.seconds:.0f} s",
            f"{sum(self.kills.values())} kills: {dict(self.kills)}",
            f"the crowd: {people}; answers {dict(self.tally.statuses)}",
            f"quiet after {self.quiet_after:.0f} s" if not self.left else f"NOT QUIET after {QUIET_SECONDS:.0f} s: {self.left}",
            "\n".join(["WRONG:", *wrong]) if wrong else "0 lost, 0 charged twice, 0 oversold, 0 answers of 500, all invariants empty",
        ]
        return "\n".join(lines)


class Storm:
    """One shop, one provider and one crowd."""

    def __init__(self, shop: RunningShop, double: ProviderDouble, plan: Plan, say: Callable[[str], object]) -> None:
        self.shop, self.double, self.plan, self.say = shop, double, plan, say
        self.rng = random.Random(plan.seed)
        self.report = Report(Tally())
        self.is_over = threading.Event()

    def rage(self) -> Report:
        """Kill, wait for quiet, judge."""
        self.double.deliver_to(f"{self.shop.address}/api/webhooks/stripe/")
        for knob, how in WEATHER.items():
            self.double.turn(knob, **how)
        started = time.monotonic()
        crowd = self._let_them_in()
        try:
            self._kill_until_it_is_enough(started)
        finally:
            self.is_over.set()
            for shopper in crowd:
                shopper.join()
        self.report.seconds = time.monotonic() - started
        self._await_quiet()
        self._judge()
        return self.report

    def _let_them_in(self) -> list[threading.Thread]:
        query = "SELECT slug FROM catalog_productcard WHERE is_visible AND in_stock ORDER BY slug LIMIT 200"
        slugs = [slug for (slug,) in self.ask(query)]
        shoppers = [
            Shopper(self.shop.address, slugs, random.Random(f"{self.plan.seed}:{number}"), self.report.tally, self.is_over)
            for number in range(self.plan.buyers)
        ]
        threads = [threading.Thread(target=shopper.shop, daemon=True) for shopper in shoppers]
        for thread in threads:
            thread.start()
        return threads

    def _kill_until_it_is_enough(self, started: float) -> None:
        pause = threading.Event()
        while time.monotonic() - started < self.plan.longest:
            pause.wait(self.rng.uniform(*self.plan.seconds_between))
            killed, placed = sum(self.report.kills.values()), self.report.tally.placed
            if killed >= self.plan.kills and placed >= self.plan.checkouts:
                return
            if killed < self.plan.kills:
                self._kill(self.plan.victims[killed % len(self.plan.victims)] if killed < len(self.plan.victims) else self._any_victim())
            self.say(f"{time.monotonic() - started:.0f} s: {placed} placed, {sum(self.report.kills.values())} kills")

    def _any_victim(self) -> str:
        return self.rng.choice(self.plan.victims)

    def _kill(self, name: str) -> None:
        if name == "provider":
            self.double.kill()
            threading.Event().wait(self.rng.uniform(0.2, 3))
            self.double.start()
        elif not self._kill_process(name):
            return  # it is on its way back from the last time
        self.report.kills[name] += 1

    def _kill_process(self, name: str) -> bool:
        parent = self.shop.child({"a web process": "web", "a worker process": "worker"}.get(name, name))
        if parent is None:
            return False
        try:
            victims = parent.children() if name.startswith("a ") else [parent]
            if victims:
                self.rng.choice(victims).kill()
        except psutil.NoSuchProcess:
            return False
        return bool(victims)

    def _await_quiet(self) -> None:
        ended = time.monotonic()
        if soon(lambda: not self._open_business(), QUIET_SECONDS):
            self.report.quiet_after = time.monotonic() - ended
        else:
            self.report.left = self._open_business()

    def _open_business(self) -> dict[str, int]:
        try:
            left = books.open_business(self.ask)
            live = {
                attempt
                for (attempt,) in self.ask("SELECT id::text FROM payments_paymentattempt WHERE status IN ('new', 'sent', 'unknown')")
            }
        except psycopg2.Error:
            return {"the database": 1}
        unsettled = sum(charge.attempt_id in live for charge in books.charges_at(self.double))
        return left | ({"charges nobody has seen": unsettled} if unsettled else {})

    def _judge(self) -> None:
        charges = [*books.sandbox_charges(self.ask), *books.charges_at(self.double)]
        self.report.faults = books.faults(self.ask, charges)
        statuses: Counter[str] = Counter(status for (status,) in self.ask("SELECT status FROM orders_checkout"))
        self.report.counts = {"checkouts": statuses.total(), "charges": len(charges), **statuses}

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.shop.ask(query)


def provider(folder: Path, seed: int) -> ProviderDouble:
    return ProviderDouble(folder / "provider.sqlite", seed=seed).start()


def environment(double: ProviderDouble) -> dict[str, str]:
    """The shop takes cards at the double and practice payments, and gives up unpaid purchases after some minutes."""
    return {
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "STRIPE_API_BASE": double.base,
        "SANDBOX_GATEWAY": "1",
        "DEMO_MODE": "1",
        "UNPAID_ORDER_MINUTES": "3",
        "WEB_WORKERS": "2",
    }
