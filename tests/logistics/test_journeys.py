"""The built-in carrier's journeys: decided by the parcel's id, through two places, to an end."""

import uuid
from collections import Counter

import pytest

from core.ids import uuid7
from logistics.journeys import CENTRES, Fate, between, fate_of, journey
from tests.factories.carriers import an_id_that


def codes(parcel: uuid.UUID, **more: float) -> list[str]:
    return [scan.code.value for scan in journey(parcel, "Shanghai", "Chengdu", **more)]


def test_the_same_parcel_always_travels_the_same_way() -> None:
    parcel = uuid7()

    assert journey(parcel, "Shanghai", "Chengdu") == journey(uuid.UUID(str(parcel)), "Shanghai", "Chengdu")


def test_most_arrive_one_in_twenty_fails_once_and_one_in_a_hundred_is_lost() -> None:
    fates = Counter(fate_of(uuid.UUID(int=number)) for number in range(20_000))

    assert 0.045 < fates[Fate.FAILS_ONCE] / 20_000 < 0.055
    assert 0.007 < fates[Fate.IS_LOST] / 20_000 < 0.013


def test_every_fate_has_its_steps_in_order() -> None:
    assert codes(an_id_that(Fate.ARRIVES)) == ["in_transit", "in_transit", "out_for_delivery", "delivered"]
    assert codes(an_id_that(Fate.FAILS_ONCE)) == [
        "in_transit", "in_transit", "out_for_delivery", "failed", "out_for_delivery", "delivered",
    ]  # fmt: skip
    assert codes(an_id_that(Fate.IS_LOST)) == ["in_transit", "lost"]
    for fate in Fate:
        hours = [scan.hours for scan in journey(an_id_that(fate), "Shanghai", "Chengdu")]
        assert hours == sorted(set(hours))


def test_the_two_places_lie_between_the_cities() -> None:
    first, second = between("Shanghai", "Chengdu")

    assert (first, second) == ("Wuhan 武汉", "Chongqing 重庆")
    assert between("上海", "成都") == (first, second)


@pytest.mark.parametrize(("origin", "destination"), [("Shanghai", "Shanghai"), ("", ""), ("Atlantis", "Chengdu"), ("X" * 80, "上海")])
def test_any_two_cities_have_two_different_places_between_them(origin: str, destination: str) -> None:
    first, second = between(origin, destination)

    assert first != second
    assert {first, second} <= {centre.name for centre in CENTRES}
    assert not {first.split()[0], second.split()[0]} & {origin, destination}


def test_a_parcel_that_is_called_back_returns_instead_of_arriving() -> None:
    parcel = an_id_that(Fate.ARRIVES)

    assert codes(parcel, recalled_after=10.0) == ["in_transit", "returned"]
    assert codes(parcel, recalled_after=0.0) == ["returned"]
    assert codes(parcel, recalled_after=90.0) == codes(parcel)
