import pytest

from merchants.models import Measure, Standing
from merchants.scorecard_rules import LIMITS, failing, level, standing, worst


@pytest.mark.parametrize(
    ("measure", "count", "of", "expected"),
    [
        (Measure.LATE, 0, 0, Standing.NONE),
        (Measure.LATE, 0, 1, Standing.GOOD),
        (Measure.LATE, 29, 1_000, Standing.GOOD),
        (Measure.LATE, 30, 1_000, Standing.NEAR),
        (Measure.LATE, 39, 1_000, Standing.NEAR),
        (Measure.LATE, 40, 1_000, Standing.BAD),
        (Measure.CANCELLED, 25, 1_000, Standing.BAD),
        (Measure.DISPUTED, 9, 1_000, Standing.NEAR),
        (Measure.DISPUTED, 10, 1_000, Standing.BAD),
        (Measure.TRACKED, 963, 1_000, Standing.GOOD),
        (Measure.TRACKED, 951, 1_000, Standing.NEAR),
        (Measure.TRACKED, 950, 1_000, Standing.BAD),
        (Measure.ON_TIME, 901, 1_000, Standing.NEAR),
        (Measure.ON_TIME, 900, 1_000, Standing.BAD),
        (Measure.RESPONSE, 0, 0, Standing.NONE),
        (Measure.RESPONSE, 1_079, 5, Standing.GOOD),
        (Measure.RESPONSE, 1_080, 5, Standing.NEAR),
        (Measure.RESPONSE, 1_440, 5, Standing.BAD),
        (Measure.RATING, 50, 10, Standing.GOOD),
        (Measure.RATING, 36, 10, Standing.NEAR),
        (Measure.RATING, 35, 10, Standing.BAD),
    ],
)
def test_a_number_stands_to_its_limit_as_the_table_says(measure: Measure, count: int, of: int, expected: Standing) -> None:
    assert standing(measure, count, of) == expected


def test_every_measure_has_a_limit_and_the_worst_of_them_counts() -> None:
    assert set(LIMITS) == set(Measure)
    assert worst([Standing.NONE, Standing.GOOD, Standing.NEAR]) == Standing.NEAR
    assert worst([Standing.GOOD, Standing.BAD]) == Standing.BAD
    assert worst([]) == worst([Standing.NONE]) == Standing.NONE


def test_levels_are_rounded_half_up_and_there_is_none_without_orders() -> None:
    assert level(Measure.LATE, 0, 0) is None
    assert level(Measure.LATE, 1, 3) == 3_333
    assert level(Measure.LATE, 2, 3) == 6_667
    assert level(Measure.RATING, 13, 3) == 433
    assert level(Measure.RESPONSE, 75, 3) == 75


def test_behind_a_number_stand_those_that_went_wrong() -> None:
    assert failing(Measure.LATE, 3, 10) == 3
    assert failing(Measure.TRACKED, 8, 10) == 2
    assert failing(Measure.RESPONSE, 75, 3) == 3
