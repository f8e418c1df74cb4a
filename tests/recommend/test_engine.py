import numpy as np
import pytest

from recommend.engine.evaluation import hide_seen, leave_last_out, measure_ranking
from recommend.engine.factors import fit_ranking, with_negatives
from recommend.engine.neighbours import Neighbours, Popularity
from recommend.engine.ratings import Ratings, Row, encode
from recommend.rules import Params


def likes(*pairs: tuple[str, str]) -> Ratings:
    return encode(Row(person, item, 5.0, float(at)) for at, (person, item) in enumerate(pairs))


def test_the_last_rating_of_a_pair_wins() -> None:
    ratings = encode([Row("ann", "tea", 2, at=5), Row("ann", "tea", 4, at=9), Row("ann", "tea", 1, at=3)])

    assert ratings.stars.tolist() == [4]


def test_weights_of_neighbours_are_the_shrunk_cosine() -> None:
    ratings = likes(("ann", "tea"), ("ann", "pot"), ("bob", "tea"), ("bob", "pot"), ("cat", "tea"))

    ((item, weight),) = Neighbours(ratings).nearest(ratings.items.index("tea"), 5)

    assert item == ratings.items.index("pot")
    assert weight == pytest.approx(2 / (np.sqrt(3 * 2) + 10))


def test_buying_the_same_thing_twice_counts_once() -> None:
    once = likes(("ann", "tea"), ("ann", "pot"))
    twice = likes(("ann", "tea"), ("ann", "pot"), ("ann", "tea"))

    assert Neighbours(once).nearest(0, 1) == Neighbours(twice).nearest(0, 1)


def test_sampled_negatives_are_four_unseen_items_for_each_like() -> None:
    ratings = likes(*((f"p{person}", f"i{(person + item) % 40}") for person in range(10) for item in range(5)))

    sampled = with_negatives(ratings, 4)

    disliked = sampled.where(sampled.stars == 1)
    assert np.bincount(disliked.person, minlength=10).tolist() == [20] * 10
    assert not set(disliked.pairs().tolist()) & set(ratings.pairs().tolist())


def test_somebody_who_likes_everything_gets_no_negatives() -> None:
    sampled = with_negatives(likes(("ann", "tea"), ("ann", "pot")), 4)

    assert sampled.stars.tolist() == [5, 5]


def test_the_newest_row_of_everybody_with_two_is_held_out() -> None:
    ratings = likes(("ann", "tea"), ("bob", "tea"), ("ann", "pot"), ("cat", "cup"), ("bob", "cup"))

    split = leave_last_out(ratings)

    assert [(ratings.people[person], ratings.items[item]) for person, item in zip(split.people, split.held, strict=True)] == [
        ("ann", "pot"),
        ("bob", "cup"),
    ]
    assert len(split.train) == 3


def test_ranking_figures_are_those_counted_by_hand() -> None:
    # Popularity after the split: tea 3, pot 1, cup 1. Ann's pot is first of what she has not seen, Bob's cup second.
    ratings = likes(("ann", "tea"), ("bob", "tea"), ("cat", "tea"), ("dan", "pot"), ("eve", "cup"), ("ann", "pot"), ("bob", "cup"))
    split = leave_last_out(ratings)

    ranking = measure_ranking(Popularity(split.train), split)

    assert (ranking.people, ranking.hit_rate) == (2, 1.0)
    assert ranking.ndcg == pytest.approx((1 + 1 / np.log2(3)) / 2)


def test_what_a_person_has_seen_is_never_ranked() -> None:
    ratings = likes(("ann", "tea"), ("bob", "pot"))

    scores = hide_seen(np.zeros((1, 2)), np.array([1]), ratings)

    assert scores.tolist() == [[0.0, -np.inf]]


def test_svd_with_negatives_learns_who_likes_which_group() -> None:
    ratings = likes(
        *((f"{group}{person}", f"{group}{(person + place) % 8}") for group in "ab" for person in range(12) for place in range(4))
    )

    factors = fit_ranking(ratings, Params())

    ann = ratings.people.index("a0")
    mine, theirs = ([place for place, item in enumerate(ratings.items) if item[0] == group] for group in "ab")
    scores = factors.scores(np.array([ann]))[0]
    assert scores[mine].mean() > scores[theirs].mean() + 0.5
