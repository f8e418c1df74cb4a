from dataclasses import dataclass
from uuid import UUID

from recommend.rules import merged, refusal, spread


@dataclass(frozen=True)
class Item:
    merchant_slug: str
    name: int


def test_no_merchant_has_more_than_three_of_the_first_ten() -> None:
    cards = [Item("a", number) for number in range(8)] + [Item(slug, number) for slug in "bcd" for number in range(3)]

    shown = spread(cards, 12)

    first = [card.merchant_slug for card in shown[:10]]
    assert {slug: first.count(slug) for slug in "abcd"} == {"a": 3, "b": 3, "c": 3, "d": 1}
    assert shown[10:] == [Item("a", 3), Item("a", 4)]


def test_a_list_is_short_rather_than_crowded_by_one_merchant() -> None:
    cards = [Item("a", number) for number in range(9)] + [Item("b", 0)]

    shown = spread(cards, 10)

    assert shown == [Item("a", 0), Item("a", 1), Item("a", 2), Item("b", 0)]


def test_neighbours_of_several_products_are_added_up_and_never_contain_these() -> None:
    one, two, three = (UUID(int=number) for number in range(3))

    near = merged([([two, three], [0.5, 0.4]), ([three, one], [0.3, 0.9])], {one})

    assert near == [three, two]


def test_a_version_more_than_five_per_cent_worse_is_refused() -> None:
    live = {"ndcg": 0.10, "covered": 100}

    assert refusal({"ndcg": 0.0951, "people": 50, "covered": 100}, live) == ""
    assert refusal({"ndcg": 0.0949, "people": 50, "covered": 100}, live) == "ndcg_worse"


def test_a_version_that_knows_half_as_many_is_refused_even_where_quality_cannot_be_measured() -> None:
    live = {"ndcg": 0.0, "covered": 100}

    assert refusal({"ndcg": 0.0, "people": 0, "covered": 49}, live) == "coverage_halved"
    assert refusal({"ndcg": 0.0, "people": 0, "covered": 51}, live) == ""
    assert refusal({"ndcg": 0.0, "people": 0, "covered": 1}, None) == ""
