"""A process dies before and after every SQL statement, COMMIT and call of the provider: the workers heal what it left, without a person.

`make crash-matrix` dies at every point. The suite takes one in STRIDE, others every day; both print which.
"""

import os
import random
import sys

import pytest

from tests.proofs import stories
from tests.proofs.crash import crash_at_every_point, every

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STRIDE = int(os.environ.get("CRASH_STRIDE") or 5)
OFFSET = int(os.environ.get("CRASH_OFFSET") or random.SystemRandom().randrange(STRIDE))


@pytest.mark.parametrize("name", stories.STORIES)
def test_a_process_that_dies_anywhere_leaves_nothing_that_does_not_heal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """MON05, MON06, MON16, MON19, STK06, INF05: at most one capture, refund and payout; paid orders have money; the books add up."""
    victims = crash_at_every_point(stories.STORIES[name](), every(STRIDE, OFFSET))

    with capsys.disabled():
        sys.stdout.write(f"\n{name}: died at {victims.died} of {victims.points} points (CRASH_STRIDE={STRIDE} CRASH_OFFSET={OFFSET}) ")
    assert victims.died >= victims.points // STRIDE
