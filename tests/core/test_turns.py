"""Working off a queue: until it is empty, or until the turn is over."""

from core.turns import work_off


def test_a_turn_ends_when_nothing_is_left() -> None:
    left = [0, 2, 3]

    assert work_off(left.pop) == 5


def test_a_turn_ends_though_there_is_always_more() -> None:
    """INF13: else a worker that is asked to end would stay for as long as people buy."""
    assert work_off(lambda: 1, seconds=0) == 1
