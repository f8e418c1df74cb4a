"""Whatever two people, workers or messages do at once: at every statement of the one the other may come in between, and one outcome stands.

Every pair is played once per point of its first actor. tests/proofs/test_planted_bugs.py takes the guards away and sees these checks fail.
"""

from __future__ import annotations

import pytest

from tests.drain import drain
from tests.proofs import scenes
from tests.proofs.interleaving import at_every_point

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_one_cart_placed_from_two_tabs_is_one_purchase_at_every_statement() -> None:
    seen = at_every_point(scenes.same_cart())

    assert set(seen.outcomes) == {"first", "second"}
    assert seen.waits > 5


def test_one_form_sent_twice_is_one_purchase_at_every_statement() -> None:
    """MON03."""
    seen = at_every_point(scenes.same_key())

    assert seen.points > 8
    assert seen.waits > 5


def test_the_last_piece_has_one_buyer_at_every_statement() -> None:
    """STK01."""
    seen = at_every_point(scenes.last_piece())

    assert set(seen.outcomes) == {"first", "second"}


@pytest.mark.parametrize("ending_first", [False, True])
@pytest.mark.parametrize("ending", [scenes.cancelling_of, scenes.expiry_of], ids=["cancel", "expire"])
def test_a_payment_and_an_end_have_one_outcome_at_every_statement(ending: object, ending_first: bool) -> None:
    """STK05, MON28: either paid and held, or ended and refunded in full, once."""
    seen = at_every_point(scenes.paying_and_ending(ending, ending_first=ending_first))
    drain()

    assert set(seen.outcomes) == {"paid", "ended"}
    assert seen.points > 10


def test_one_message_delivered_twice_counts_once_at_every_statement() -> None:
    """MON11."""
    assert at_every_point(scenes.webhook_twice()).points > 10


def test_a_message_and_the_poller_count_one_payment_once_at_every_statement() -> None:
    """MON11, MON12."""
    assert at_every_point(scenes.webhook_and_poller()).points > 10


def test_of_two_refunds_of_sixty_percent_one_succeeds_at_every_statement() -> None:
    """MON15."""
    assert set(at_every_point(scenes.two_refunds_of_sixty_percent()).outcomes) == {"first", "second"}


@pytest.mark.parametrize("released", [False, True])
def test_of_two_parts_of_sixty_percent_one_goes_back_at_every_statement(released: bool) -> None:
    """MON15."""
    assert set(at_every_point(scenes.two_parts_of_sixty_percent(released=released)).outcomes) == {"first", "second"}


def test_one_part_given_back_from_two_sides_goes_back_once_at_every_statement() -> None:
    assert at_every_point(scenes.one_part_twice()).waits > 5


@pytest.mark.parametrize("release_first", [False, True])
def test_a_part_goes_back_once_while_the_order_is_completed_at_every_statement(release_first: bool) -> None:
    assert at_every_point(scenes.part_and_release(release_first=release_first)).waits > 3


@pytest.mark.parametrize("release_first", [False, True])
def test_claimed_money_reaches_no_merchant_while_the_order_is_completed_at_every_statement(release_first: bool) -> None:
    assert set(at_every_point(scenes.claim_and_release(release_first=release_first)).outcomes) <= {"kept in escrow", "set aside"}


def test_a_refund_sent_by_two_workers_is_paid_once_at_every_statement() -> None:
    """MON16."""
    assert at_every_point(scenes.refund_sent_by_two_workers()).points > 4


def test_an_order_refunded_by_two_people_is_refunded_once_at_every_statement() -> None:
    seen = at_every_point(scenes.order_refunded_twice())
    drain()

    assert seen.waits > 5


@pytest.mark.parametrize("shipping_first", [False, True])
def test_an_order_is_sent_or_given_back_at_every_statement(shipping_first: bool) -> None:
    seen = at_every_point(scenes.order_cancelled_and_shipped(shipping_first=shipping_first))
    drain()

    assert set(seen.outcomes) == {"shipped", "cancelled"}


@pytest.mark.parametrize("refund_first", [False, True])
def test_a_merchant_keeps_nothing_of_an_order_that_is_completed_and_refunded_at_every_statement(refund_first: bool) -> None:
    at_every_point(scenes.order_completed_and_refunded(refund_first=refund_first))
    drain()
