"""The short form of `make chaos`: `kill -9` of each part once while people buy."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import play
from tests.chaos.storm import VICTIMS, Plan


@pytest.mark.slow
def test_killing_each_part_while_people_buy_loses_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INF01, INF03, INF04: nothing is lost, nothing charged twice, nothing oversold, no page is broken, and the books add up."""
    with capsys.disabled():
        report = play(tmp_path, Plan(seed=1, checkouts=30, kills=len(VICTIMS), buyers=5, seconds_between=(3, 5), longest=240), products=60)

    assert report.is_clean, str(report)
    assert sum(report.kills.values()) == len(VICTIMS)
    assert report.counts["paid"] > 15
