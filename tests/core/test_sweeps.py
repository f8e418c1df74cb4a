"""Working off what is due: until nothing is left, or until the turn is over, and asking again for what is left."""

import pytest
from celery import Celery, current_app

from core import doorbell, sweeps
from core.sweeps import sweep, work_off

pytestmark = pytest.mark.django_db(transaction=True)
LEFT = [0]
STEPS = "tests.core.test_sweeps.steps"


@sweep(expires=60)
def steps() -> int:
    """How many are left, which is one less each time."""
    LEFT[0] -= 1
    return LEFT[0] + 1


class Queue:
    """The shop's application with a broker in memory, where requests stand until somebody looks."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.steps = app.tasks[STEPS]

    def standing(self) -> list[str]:
        with self.app.connection_for_read() as broker, broker.SimpleQueue(self.app.conf.task_default_queue) as queue:
            return [queue.get_nowait().headers["task"] for _ in range(len(queue))]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    app = Celery(set_as_current=False, changes={**current_app.conf, "broker_url": "memory://"})
    monkeypatch.setattr(doorbell, "current_app", app)
    queue = Queue(app)
    queue.standing()
    for task in (STEPS, "another.task"):
        doorbell.heard(task)
    return queue


def test_a_turn_ends_when_nothing_is_left() -> None:
    left = [0, 2, 3]

    assert work_off(left.pop, seconds=60) == (5, True)


def test_a_turn_ends_though_there_is_always_more() -> None:
    """INF13: else a worker that is asked to end would stay for as long as people buy."""
    assert work_off(lambda: 1, seconds=0) == (1, False)


def test_one_request_stands_in_the_queue_however_many_ask(queue: Queue) -> None:
    """INF02: while people buy, requests come faster than sweeps end."""
    for _ in range(3):
        doorbell.ring(STEPS)
        queue.steps.apply_async()

    assert queue.standing() == [STEPS]


def test_once_it_has_begun_it_can_be_asked_for_again(queue: Queue) -> None:
    """What is committed after it looked would else wait for beat."""
    queue.steps.apply_async()
    LEFT[0] = 2

    queue.steps.apply()
    doorbell.ring(STEPS)

    assert queue.standing() == [STEPS, STEPS]


def test_a_sweep_that_has_not_finished_asks_for_itself_behind_the_others(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "TURN_SECONDS", 0)
    LEFT[0] = 2
    doorbell.ring("another.task")

    turns = [queue.steps.apply().get() for _ in range(3)]

    assert turns == [2, 1, 0]
    assert queue.standing() == ["another.task", STEPS, STEPS]
