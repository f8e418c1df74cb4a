"""One history of the machine's by hand that comes past every kind of step: what the planted bugs are looked for with."""

from __future__ import annotations

from collections.abc import Callable

from tests.stateful.machine import Market

MEMBER, GUEST = 0, 3


def live() -> None:
    """Play it; the machine compares shop, model and provider after every step.

    Raises:
        AssertionError: something does not add up.
    """
    market = Market()
    market.open_the_market(first_orders=[])
    for chapter in (completed_and_refunded, cancelled, expired_beside_a_paid_one, paid_too_late, declined, another_amount):
        for step in chapter(market):
            step()
            market.the_books_add_up()
    market.everything_comes_to_rest()
    market.the_books_add_up()


Steps = list[Callable[[], None]]


def completed_and_refunded(market: Market) -> Steps:
    """A member buys of two merchants with points; the last order is sent, received and refunded."""
    return [
        lambda: market.place_an_order(order=(MEMBER, [0, 1], 1, 150, 0)),
        lambda: market.pay(pick=0, decision="approve", returns=True),
        lambda: market.ship(pick=0, number="SF1"),
        lambda: market.confirm_receipt(pick=0),
        lambda: market.refund_an_order(pick=0),
    ]


def cancelled(market: Market) -> Steps:
    """The message of a payment comes three times, the tasks run twice, and the paid order is cancelled."""
    return [
        lambda: market.place_an_order(order=(GUEST, [3], 2, 0, 0)),
        lambda: market.pay(pick=0, decision="approve", returns=False),
        lambda: market.deliver_a_message(pick=0, copies=3),
        lambda: market.run_a_task(task=0, times=2),
        lambda: market.run_a_task(task=4, times=2),
        lambda: market.relay_an_event_again(pick=0),
        lambda: market.cancel_an_order(pick=0),
    ]


def expired_beside_a_paid_one(market: Market) -> Steps:
    return [
        lambda: market.place_an_order(order=(GUEST, [3], 1, 0, 0)),
        lambda: market.pay(pick=0, decision="approve", returns=True),
        lambda: market.place_an_order(order=(MEMBER, [0], 1, 333, 0)),
        market.time_is_over,
    ]


def paid_too_late(market: Market) -> Steps:
    """The shopper has approved; nobody here knows when the time is over."""
    return [
        lambda: market.place_an_order(order=(GUEST, [3], 1, 0, 0)),
        lambda: market.pay(pick=0, decision="lose", returns=False),
        market.time_is_over,
    ]


def declined(market: Market) -> Steps:
    return [
        lambda: market.place_an_order(order=(GUEST, [3], 1, 0, 0)),
        lambda: market.pay(pick=0, decision="decline", returns=False),
        lambda: market.come_back_to_the_shop(pick=1),
        market.time_is_over,
    ]


def another_amount(market: Market) -> Steps:
    return [
        lambda: market.place_an_order(order=(GUEST, [3], 1, 0, 0)),
        lambda: market.pay_another_amount(pick=0),
        lambda: market.come_back_to_the_shop(pick=1),
    ]
