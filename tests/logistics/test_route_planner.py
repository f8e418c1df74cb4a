"""Plans can be driven: capacities, time windows and shifts hold for every problem, and the checker that says so sees faults."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.routes.checking import faults_of
from logistics.routes.distances import metres, road_matrices, seconds_for
from logistics.routes.planning import plan
from logistics.routes.problems import Fleet, NoPlan, Problem, Solution, Stop, Tour, cost_of, timed

HOUR = 3600
PLACES = st.tuples(st.floats(30.2, 30.4), st.floats(120.0, 120.3))


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    opens = draw(st.integers(8, 16)) * HOUR
    return Stop(
        (draw(st.integers(0, 20_000)), draw(st.integers(1, 4)) * 1_000),
        opens,
        opens + draw(st.integers(1, 4)) * HOUR,
        draw(st.integers(0, 900)),
    )


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    starts = draw(st.integers(6, 12)) * HOUR
    capacity = (draw(st.none() | st.integers(1, 60_000)), draw(st.none() | st.integers(1, 12).map(lambda pieces: pieces * 1_000)))
    return Fleet(
        capacity, starts, starts + draw(st.integers(1, 10)) * HOUR, draw(st.integers(0, 300)), draw(st.integers(0, 500_000)),
        draw(st.integers(0, 5_000_000)), draw(st.integers(1, 2)),
    )  # fmt: skip


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    wanted = tuple(draw(st.lists(stops(), min_size=1, max_size=10)))
    places = draw(st.lists(PLACES, min_size=len(wanted) + 1, max_size=len(wanted) + 1))
    return Problem(wanted, tuple(draw(st.lists(fleets(), min_size=1, max_size=3))), *road_matrices(places), may_leave_out=True)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_whatever_is_planned_can_be_driven(problem: Problem) -> None:
    solution = plan(problem, seconds=1, seed=1, iterations=60)

    assert faults_of(problem, solution) == []
    for tour in solution.tours:
        times = timed(problem, tour)
        fleet = problem.fleets[tour.fleet]
        assert fleet.starts <= times.leaves
        assert times.back <= fleet.ends
        assert all(
            problem.stops[stop].earliest <= at <= problem.stops[stop].latest for stop, at in zip(tour.stops, times.arrivals, strict=True)
        )


def _line(count: int, *, fleet: Fleet, may_leave_out: bool = False, **stop: int) -> Problem:
    """Stops on a line, a unit apart, the depot at its end; a unit takes a minute."""
    distances = [[abs(a - b) for b in range(count + 1)] for a in range(count + 1)]
    durations = [[60 * distance for distance in row] for row in distances]
    return Problem(tuple(Stop((1,), **stop) for _ in range(count)), (fleet,), distances, durations, may_leave_out)


def test_the_same_seed_and_number_of_iterations_give_the_same_plan() -> None:
    problem = _line(12, fleet=Fleet((4,), count=6))

    plans = {plan(problem, seconds=9, seed=seed, iterations=100) for seed in (5, 5, 5)}

    assert len(plans) == 1
    assert plans.pop().iterations == 100


def test_a_plan_is_the_cheapest_where_that_can_be_seen() -> None:
    problem = _line(6, fleet=Fleet((6,), per_distance=10, per_stop=3, fixed=100, count=3))

    solution = plan(problem, seconds=1, seed=1, iterations=100)

    assert len(solution.tours) == 1
    assert cost_of(problem, solution) == 100 + 10 * 12 + 3 * 6


def test_a_dear_vehicle_stays_at_home_where_a_cheap_one_will_do() -> None:
    problem = dataclasses.replace(_line(3, fleet=Fleet((9,))), fleets=(Fleet((9,), fixed=900), Fleet((9,), fixed=10)))

    assert [tour.fleet for tour in plan(problem, seconds=1, seed=1, iterations=100).tours] == [1]


def test_what_does_not_fit_is_left_out_and_everything_else_is_served() -> None:
    problem = _line(4, fleet=Fleet((3,)), may_leave_out=True)

    solution = plan(problem, seconds=1, seed=1, iterations=100)

    assert faults_of(problem, solution) == []
    assert len(solution.left_out) == 1


def test_where_nothing_may_be_left_out_there_is_no_plan() -> None:
    with pytest.raises(NoPlan):
        plan(_line(4, fleet=Fleet((3,))), seconds=1, seed=1, iterations=50)


def test_nothing_to_do_is_planned_at_once() -> None:
    assert plan(Problem((), (Fleet((1,)),), [[0]], [[0]]), seconds=60, seed=1) == Solution(())


def test_progress_is_told_while_time_passes() -> None:
    told: list[float] = []

    plan(_line(8, fleet=Fleet((4,), count=4)), seconds=1.3, seed=1, progress=told.append)

    assert told == sorted(told)
    assert 1 <= len(told) <= 3
    assert all(0 < share <= 1 for share in told)


@pytest.mark.parametrize(
    ("solution", "fault"),
    [
        (Solution((Tour(0, (0, 1, 2)),)), "carries 3 of 2"),
        (Solution((Tour(0, (0, 1)),)), "stop 2 is there 0 times"),
        (Solution((Tour(0, (0, 1)), Tour(0, (1, 2)))), "stop 1 is there 2 times"),
        (Solution((Tour(0, (0,)), Tour(0, (1,)), Tour(0, (2,)))), "3 vehicles of fleet 0"),
        (Solution((Tour(0, (0, 1)),), (2,)), "1 stops are left out"),
        (Solution((Tour(0, (2, 0)), Tour(0, (1,)))), "late at stop 0"),
        (Solution((Tour(0, (0, 1)), Tour(0, (2,)), Tour(0, ()))), "tour 2 is empty"),
    ],
)
def test_the_checker_sees_what_is_wrong(solution: Solution, fault: str) -> None:
    problem = _line(3, fleet=Fleet((2,), count=2), latest=4 * 60)

    assert any(fault in found for found in faults_of(problem, solution))


def test_the_checker_sees_who_is_back_too_late() -> None:
    problem = _line(3, fleet=Fleet((3,), ends=5 * 60))

    assert faults_of(problem, Solution((Tour(0, (0, 1, 2)),))) == ["tour 0 is back 60 s late"]


def test_distances_are_great_circles_with_a_detour() -> None:
    shanghai, hangzhou = (31.2304, 121.4737), (30.2741, 120.1551)

    assert metres(shanghai, hangzhou) == pytest.approx(1.35 * 164_600, rel=0.01)
    assert metres(shanghai, shanghai) == 0
    assert seconds_for(28_000) == HOUR


def test_web_servers_do_not_import_the_planner() -> None:
    """A process of its own, because this one may have planned."""
    code = "import django, sys; django.setup(); import shop.urls, logistics.tasks, logistics.routes.work; print('pyvrp' in sys.modules)"

    said = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True, timeout=120)

    assert said.stdout.strip() == "False"
