"""The walk through a wave's bins: exact where it is small, never worse than walking up and down the aisles."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.rules.floors import Layout, Spot, distance_cm, way_between
from logistics.rules.pick_path import MOST_EXACT, Walk, s_shape_walk, shortest_walk, turns_of

LENGTH = 2_000
spots = st.builds(Spot, st.integers(1, 8), st.integers(0, LENGTH))
layouts = st.builds(
    Layout,
    gap_cm=st.integers(50, 800),
    length_cm=st.just(LENGTH),
    crossings_cm=st.lists(st.integers(1, LENGTH - 1), max_size=2).map(tuple),
    pack_aisle=st.integers(1, 8),
)


def walked(layout: Layout, order: tuple[Spot, ...]) -> int:
    stops = [layout.pack_point, *order, layout.pack_point]
    return sum(distance_cm(layout, start, end) for start, end in itertools.pairwise(stops))


def drawn(turns: list[Spot], layout: Layout) -> int:
    """The length of a line that only goes along aisles and across."""
    return sum(abs(a.along_cm - b.along_cm) + abs(a.aisle - b.aisle) * layout.gap_cm for a, b in itertools.pairwise(turns))


@given(layouts, spots, spots, spots)
def test_ways_are_the_same_back_and_no_detour_is_shorter(layout: Layout, a: Spot, b: Spot, c: Spot) -> None:
    assert distance_cm(layout, a, b) == distance_cm(layout, b, a) == drawn(way_between(layout, a, b), layout)
    assert distance_cm(layout, a, c) <= distance_cm(layout, a, b) + distance_cm(layout, b, c)


@settings(deadline=None, max_examples=60)
@given(layouts, st.lists(spots, max_size=6))
def test_a_few_places_are_walked_as_brute_force_would(layout: Layout, places: list[Spot]) -> None:
    walk = shortest_walk(layout, places)

    assert walk.length_cm == min(walked(layout, order) for order in itertools.permutations(sorted(set(places))))
    assert sorted(walk.spots) == sorted(set(places))


@settings(deadline=None, max_examples=60)
@given(layouts, st.lists(spots, max_size=40))
def test_the_walk_is_never_longer_than_up_and_down_the_aisles(layout: Layout, places: list[Spot]) -> None:
    walk, snake = shortest_walk(layout, places), s_shape_walk(layout, places)

    assert walk.length_cm == walked(layout, walk.spots) <= snake.length_cm
    assert walked(layout, snake.spots) <= snake.length_cm
    assert sorted(walk.spots) == sorted(snake.spots) == sorted(set(places))
    assert drawn(turns_of(layout, walk), layout) == walk.length_cm


@settings(deadline=None, max_examples=25)
@given(layouts, st.lists(spots, min_size=2, max_size=MOST_EXACT + 5), st.randoms(use_true_random=False))
def test_the_same_places_in_any_order_make_the_same_walk(layout: Layout, places: list[Spot], chance: object) -> None:
    mixed = list(places)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert shortest_walk(layout, mixed) == shortest_walk(layout, places)


def test_nothing_to_fetch_is_no_walk() -> None:
    assert shortest_walk(Layout(), []) == s_shape_walk(Layout(), []) == Walk((), 0)
    assert turns_of(Layout(), Walk((), 0)) == [Spot(1, 0)]


def test_a_cross_aisle_in_the_middle_makes_the_walk_shorter() -> None:
    far = [Spot(1, 900), Spot(4, 900)]

    assert shortest_walk(Layout(length_cm=LENGTH), far).length_cm == 2 * 900 + 2 * 900 + 2 * 900
    assert shortest_walk(Layout(length_cm=LENGTH, crossings_cm=(1_000,)), far).length_cm == 900 + 100 + 900 + 100 + 900 + 900


@pytest.mark.parametrize("count", [60, 120])
def test_a_large_wave_saves_a_good_part_of_the_walk(count: int) -> None:
    layout = Layout(length_cm=4_000, crossings_cm=(2_000,))
    places = [Spot(1 + number * 7 % 10, number * 373 % 4_000) for number in range(count // 3)]

    assert shortest_walk(layout, places).length_cm < 0.9 * s_shape_walk(layout, places).length_cm
