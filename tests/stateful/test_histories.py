"""The short form of `make soak`: other histories every time; a failing one prints its steps and its seed, and is kept below."""

from __future__ import annotations

import os
import random
import sys
import time

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.provider_double.client import ProviderDouble
from tests.stateful.machine import Market

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SECONDS = float(os.environ.get("SECONDS") or 15)
FIRST = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
# Seeds of histories that once failed.
KEPT = [9, 27, 3002]


@pytest.fixture(autouse=True)
def _stripe(stripe_double: ProviderDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Market, "double", stripe_double, raising=False)


def play(number: int, *, histories: int = 3, steps: int = 50) -> None:
    """Histories that follow from this seed."""
    machine = seed(number)(type("Market", (Market,), {}))
    options = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=options)


def test_whatever_happens_in_whatever_order_the_books_add_up_after_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    """MON12, MON15, STK13, INF06: carts, payments, messages twice, late or forged, ends, parcels, refunds, tasks again, the clock."""
    ends, number = time.monotonic() + SECONDS, FIRST
    while time.monotonic() < ends:
        with capsys.disabled():
            sys.stdout.write(f"\nhistories of SEED={number} ")
            sys.stdout.flush()
        play(number)
        number += 1


@pytest.mark.parametrize("number", KEPT)
def test_a_history_that_once_failed_does_not_any_more(number: int) -> None:
    play(number)
