"""The rigs are worth what they see: every planted bug is found by the rig named with it, and without the bug the same run is clean."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from tests.proofs.bugs import BUGS, Bug
from tests.provider_double.client import ProviderDouble
from tests.stateful.life import live
from tests.stateful.machine import Market

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _stripe(stripe_double: ProviderDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Market, "double", stripe_double, raising=False)


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS.keys())
def test_a_planted_bug_is_seen(bug: Bug) -> None:
    with bug.planted(), pytest.raises((AssertionError, DatabaseError)) as seen:
        bug.seen_by()

    assert not isinstance(seen.value.__cause__, TypeError | NameError | AttributeError), "the bug is broken, not the shop"


def test_without_a_bug_the_same_history_is_clean() -> None:
    """The scenes and stories have tests of their own that are clean, so this is the one that is left."""
    live()
