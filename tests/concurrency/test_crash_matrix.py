"""A process dies before and after every SQL statement, COMMIT and call of the provider: the workers heal what it left, without a person.

`make crash-matrix` dies at every point. The suite takes one in STRIDE, others every day; both print which.
"""

import os
import random
import sys
from collections.abc import Callable

import pytest

from tests.proofs import stories, stripe_stories
from tests.proofs.books import charges_at
from tests.proofs.crash import Victims, crash_at_every_point, every
from tests.provider_double.client import ProviderDouble

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STRIDE = int(os.environ.get("CRASH_STRIDE") or 8)
OFFSET = int(os.environ.get("CRASH_OFFSET") or random.SystemRandom().randrange(STRIDE))


@pytest.mark.parametrize("name", stories.STORIES)
def test_a_process_that_dies_anywhere_leaves_nothing_that_does_not_heal(name: str, say: Callable[[str, Victims], None]) -> None:
    """MON05, MON06, MON16, MON19, STK06, INF05: at most one capture, refund and payout; paid orders have money; the books add up."""
    victims = crash_at_every_point(stories.STORIES[name](), every(STRIDE, OFFSET))

    say(name, victims)
    assert victims.died >= victims.points // STRIDE


@pytest.mark.parametrize("name", stripe_stories.STORIES)
def test_what_stripe_has_in_its_own_books_is_once_wherever_a_process_dies(
    name: str, stripe_double: ProviderDouble, say: Callable[[str, Victims], None]
) -> None:
    """MON05, MON06, MON16, MON19: the provider is another process that nobody of ours can roll back or ask for mercy."""
    make = stripe_stories.STORIES[name](stripe_double)

    victims = crash_at_every_point(make, every(STRIDE, OFFSET), lambda: charges_at(stripe_double))

    say(name, victims)
    assert victims.died >= victims.points // STRIDE


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str, Victims], None]:
    def write(name: str, victims: Victims) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: died at {victims.died} of {victims.points} points (CRASH_STRIDE={STRIDE} CRASH_OFFSET={OFFSET}) ")

    return write
