import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from payments.gateways.base import NotSent, OutcomeUnknown, Refused
from payments.gateways.bulkhead import Bulkhead, confine, place
from payments.gateways.circuit import Circuit
from payments.gateways.deadline import DeadlinePassed, within


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(circuit: Circuit, error: Exception | None = None) -> None:
    with pytest.raises(OutcomeUnknown), circuit.closed():
        raise error or OutcomeUnknown


def test_after_three_silences_in_a_row_nobody_asks_until_a_trial_gets_through() -> None:
    clock = Clock()
    circuit = Circuit(failures=3, open_seconds=15, clock=clock)
    for _ in range(3):
        fail(circuit)

    with pytest.raises(NotSent), circuit.closed():
        raise AssertionError("asked although open")

    clock.now = 16
    fail(circuit)  # the trial; it is open again
    with pytest.raises(NotSent), circuit.closed():
        raise AssertionError("asked although open")
    clock.now = 32
    with circuit.closed(), pytest.raises(NotSent), circuit.closed():
        raise AssertionError("a second trial beside the first")
    with circuit.closed():
        assert not circuit.is_open


def test_a_refusal_is_an_answer() -> None:
    circuit = Circuit(failures=2)
    fail(circuit)

    with pytest.raises(Refused), circuit.closed():
        raise Refused("card_declined")

    fail(circuit)
    assert not circuit.is_open


def test_what_did_not_leave_us_says_nothing_about_the_provider() -> None:
    circuit = Circuit(failures=2)
    fail(circuit)

    with pytest.raises(NotSent), circuit.closed():
        raise NotSent
    fail(circuit)

    assert circuit.is_open


def test_only_so_many_wait_at_once_and_the_others_are_told_at_once(tmp_path: Path) -> None:
    bulkhead = Bulkhead(tmp_path, places=2)
    leave = threading.Event()
    inside = threading.Barrier(3)

    def wait() -> None:
        with bulkhead.place():
            inside.wait(10)
            leave.wait(10)

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(wait) for _ in range(2)]
        inside.wait(10)
        with pytest.raises(NotSent), bulkhead.place():
            raise AssertionError("a third one inside")
        leave.set()
        for future in waiting:
            future.result(10)

    with bulkhead.place(), bulkhead.place():
        pass


def test_a_place_counts_over_all_who_use_the_folder_and_is_free_when_its_holder_fails(tmp_path: Path) -> None:
    with Bulkhead(tmp_path, places=1).place(), pytest.raises(NotSent), Bulkhead(tmp_path, places=1).place():
        raise AssertionError("two inside")

    with pytest.raises(ValueError, match="broken"), Bulkhead(tmp_path, places=1).place():
        raise ValueError("broken")
    with Bulkhead(tmp_path, places=1).place():
        pass


def test_who_is_not_confined_waits_for_nobody(tmp_path: Path) -> None:
    with place(), place():
        pass
    confine(tmp_path, 1)
    try:
        with place(), pytest.raises(NotSent), place():
            raise AssertionError("two inside")
    finally:
        confine(tmp_path, 0)


def test_a_call_is_left_alone_when_its_time_is_over() -> None:
    leave = threading.Event()
    try:
        with pytest.raises(DeadlinePassed):
            within(0.05, lambda: leave.wait(10))
    finally:
        leave.set()


def test_answers_and_errors_come_back_as_they_are() -> None:
    assert within(5, lambda: 7) == 7
    with pytest.raises(KeyError):
        within(5, lambda: {"something": 1}["nothing"])
