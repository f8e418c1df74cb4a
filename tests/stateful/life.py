"""One history of the machine's by hand that comes past every kind of step: what the planted bugs are looked for with."""

from __future__ import annotations

from collections.abc import Callable

from tests.stateful.banks import KINDS
from tests.stateful.credit import Wanted
from tests.stateful.machine import Market

MEMBER, GUEST = 0, 3


def live() -> None:
    """Play it; the machine compares shop, model and provider after every step.

    Raises:
        AssertionError: something does not add up.
    """
    market = Market()
    market.open_the_market(first_orders=[])
    for chapter in CHAPTERS:
        for step in chapter(market):
            step()
            market.the_books_add_up()
    market.everything_comes_to_rest()
    market.the_books_add_up()


Steps = list[Callable[[], None]]


def completed_and_refunded(market: Market) -> Steps:
    """A member buys of two merchants with points; the last order is sent, received and refunded."""
    return [
        lambda: market.place_an_order(order=Wanted(MEMBER, [0, 1], points=150)),
        lambda: market.pay(pick=0, decision="approve", returns=True),
        lambda: market.ship(pick=0, number="SF1"),
        lambda: market.confirm_receipt(pick=0),
        lambda: market.refund_an_order(pick=0),
    ]


def cancelled(market: Market) -> Steps:
    """The message of a payment comes three times, the tasks run twice, and the paid order is cancelled."""
    return [
        lambda: market.place_an_order(order=Wanted(GUEST, [3], quantity=2)),
        lambda: market.pay(pick=0, decision="approve", returns=False),
        lambda: market.deliver_a_message(pick=0, copies=3),
        lambda: market.run_a_task(task=0, times=2),
        lambda: market.run_a_task(task=4, times=2),
        lambda: market.relay_an_event_again(pick=0),
        lambda: market.cancel_an_order(pick=0),
    ]


def expired_beside_a_paid_one(market: Market) -> Steps:
    return [
        lambda: market.place_an_order(order=Wanted(GUEST, [3])),
        lambda: market.pay(pick=0, decision="approve", returns=True),
        lambda: market.place_an_order(order=Wanted(MEMBER, [0], points=333)),
        market.time_is_over,
    ]


def paid_too_late(market: Market) -> Steps:
    """The shopper has approved; nobody here knows when the time is over."""
    return [
        lambda: market.place_an_order(order=Wanted(GUEST, [3])),
        lambda: market.pay(pick=0, decision="lose", returns=False),
        market.time_is_over,
    ]


def declined(market: Market) -> Steps:
    return [
        lambda: market.place_an_order(order=Wanted(GUEST, [3])),
        lambda: market.pay(pick=0, decision="decline", returns=False),
        lambda: market.come_back_to_the_shop(pick=1),
        market.time_is_over,
    ]


def another_amount(market: Market) -> Steps:
    return [
        lambda: market.place_an_order(order=Wanted(GUEST, [3])),
        lambda: market.pay_another_amount(pick=0),
        lambda: market.come_back_to_the_shop(pick=1),
    ]


def paid_with_credit(market: Market) -> Steps:
    """Credit, a gift card and Stripe pay an order that goes back in two parts; credit alone pays another; a third ends unpaid."""
    return [
        lambda: market.place_an_order(order=Wanted(MEMBER, [1], points=150, card=1, credit=1, gateway="stripe", far=3)),
        lambda: market.give_a_part_back(pick=0, third=2, shipping=0),
        lambda: market.refund_an_order(pick=0),
        lambda: market.place_an_order(order=Wanted(MEMBER, [1], credit=4)),
        lambda: market.cancel_an_order(pick=0),
        lambda: market.place_an_order(order=Wanted(MEMBER, [1], card=2, credit=1)),
        lambda: market.cancel_the_purchase(pick=0),
        lambda: market.load_a_card(who=0, pick=0),
    ]


def exchanged(market: Market) -> Steps:
    """What came back goes on the shelf and another goes out; no money moves."""
    return [
        lambda: market.place_an_order(order=Wanted(GUEST, [0], far=3)),
        lambda: market.complain(pick=0, kind="exchange", reason="faulty", pieces=1, twice=True),
        lambda: market.answer_a_case(pick=0, how="approve"),
        lambda: market.send_goods_back(pick=0, missing=0, grade="a", deduction=0),
        lambda: market.put_it_right(pick=0, instead="goods", number="NEW1"),
        lambda: market.a_parcel_of_a_case_arrives(pick=0),
    ]


def charged_back(market: Market) -> Steps:
    """A shopper's bank takes a payment back, once in vain, once for good: of two merchants, one of whom is owed the money already."""
    return [
        lambda: market.place_an_order(order=Wanted(MEMBER, [0, 1], gateway="stripe", far=2)),
        lambda: market.confirm_receipt(pick=0),
        lambda: market.a_bank_takes_a_payment_back(pick=0, part=2, told=KINDS[:2], swept=True),
        lambda: market.a_bank_decides(pick=0, end="won", told=[*KINDS, KINDS[-1]], swept=False),
        lambda: market.a_bank_takes_a_payment_back(pick=0, part=2, told=KINDS[:1], swept=False),
        lambda: market.a_bank_decides(pick=0, end="lost", told=KINDS[-1:], swept=True),
        lambda: market.stripe_tells_again(pick=0, told=KINDS),
        lambda: market.refund_an_order(pick=0),
    ]


CHAPTERS = (
    completed_and_refunded,
    cancelled,
    expired_beside_a_paid_one,
    paid_too_late,
    declined,
    another_amount,
    paid_with_credit,
    exchanged,
    charged_back,
)
