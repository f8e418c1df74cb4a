"""Two things happen to one purchase at the same moment: exactly one of them, once.

Real threads on real connections. Each guard has a control in test_orders_unguarded that leaves it out and shows the race on the same rig.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import invariants, outbox
from core.models import OutboxEvent
from logistics.models import Shipment, Stock
from orders.errors import Busy, SoldOut
from orders.models import Cart, Checkout
from orders.selectors import cart_view
from orders.services import cancellation, completion, expiry, fulfilment
from orders.services.carts import add_to_cart
from orders.services.payment import start_payment
from orders.states import CheckoutStatus, OrderStatus
from payments.models import EscrowHold, PaymentAttempt, Refund, SandboxPayment
from payments.selectors import balances, provider_clearing
from payments.services import refunds
from tests.concurrency.orders_rig import captured, race
from tests.factories.orders import make_cart, make_goods, place
from tests.walkthrough import RETURN_URL, order_up_to, tell_paid

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def settle_books() -> None:
    refunds.send_refunds(at=timezone.now())
    while outbox.relay(now=timezone.now()):
        pass


def paying(attempt: PaymentAttempt) -> Callable[[], Checkout]:
    return partial(tell_paid, attempt)


def test_twenty_calls_with_one_key_place_one_purchase() -> None:
    """MON03."""
    lamp = make_goods(stock=50)
    cart, key = make_cart(lamp), uuid.uuid4()
    total = cart_view(cart).total_minor

    results = race(*[lambda: place(cart, key=key, expected_total_minor=total)] * 20)

    assert {checkout.pk for checkout in results} == {key}
    assert Checkout.objects.count() == 1
    assert Stock.objects.get(variant=lamp).reserved == 1
    assert OutboxEvent.objects.filter(name="CheckoutPlaced").count() == 1


def test_fifty_submits_of_one_form_make_one_purchase_and_one_payment_at_the_provider() -> None:
    """MON03: each places with the same key and goes on to pay, as fifty clicks on the button do."""
    cart, key = make_cart(make_goods(stock=50)), uuid.uuid4()
    total = cart_view(cart).total_minor

    def submit() -> str:
        checkout = place(cart, key=key, expected_total_minor=total)
        return start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=timezone.now()).redirect_url

    addresses = race(*[submit] * 50)

    assert len(set(addresses)) == 1
    assert (Checkout.objects.count(), PaymentAttempt.objects.count(), SandboxPayment.objects.count()) == (1, 1, 1)


def test_one_key_from_two_carts_places_one_purchase_and_the_other_person_finds_nothing() -> None:
    """MON04."""
    lamp, key = make_goods(stock=50), uuid.uuid4()
    carts = [make_cart(lamp) for _ in range(4)]

    results = race(*(_placing(cart, key) for cart in carts))

    assert sum(isinstance(result, Checkout) for result in results) == 1
    assert Checkout.objects.count() == 1
    assert Stock.objects.get(variant=lamp).reserved == 1


def test_two_tabs_with_one_cart_place_it_once() -> None:
    lamp = make_goods(stock=50)
    cart = make_cart(lamp)

    results = race(_placing(cart, uuid.uuid4()), _placing(cart, uuid.uuid4()))

    assert sorted(type(result).__name__ for result in results) == ["CartEmpty", "Checkout"]
    assert Stock.objects.get(variant=lamp).reserved == 1


def test_twenty_buyers_of_five_pieces_place_exactly_five_purchases() -> None:
    """STK01."""
    lamp = make_goods(stock=5)
    carts = [make_cart(lamp) for _ in range(20)]

    results = race(*(_placing(cart, uuid.uuid4()) for cart in carts))

    assert sum(isinstance(result, Checkout) for result in results) == 5
    assert sum(isinstance(result, SoldOut) for result in results) == 15
    assert Stock.objects.get(variant=lamp).reserved == 5
    assert invariants.violations() == {}


def test_a_buyer_who_waits_in_vain_for_a_lock_is_told_so_and_may_try_again() -> None:
    """INF11."""
    cart = make_cart(make_goods())
    placing = _placing(cart, uuid.uuid4())

    def place_impatiently() -> Checkout:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        return placing()

    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=cart.pk)
        refused = race(place_impatiently)

    assert isinstance(refused[0], Busy)
    assert isinstance(placing(), Checkout)


def test_items_added_from_six_sides_all_count() -> None:
    lamp = make_goods(stock=50)
    cart = make_cart(lamp)

    race(*[partial(add_to_cart, user=None, token=cart.token, variant_id=lamp.pk, quantity=2, at=timezone.now())] * 6)

    assert cart.lines.get().quantity == 13


def test_carts_with_the_same_items_in_opposite_order_do_not_lock_each_other_out() -> None:
    """STK02."""
    lamp, cup = make_goods(stock=50), make_goods(stock=50)
    carts = [make_cart(*pair) for pair in [(lamp, cup), (cup, lamp)] * 6]

    results = race(*(_placing(cart, uuid.uuid4()) for cart in carts))

    assert all(isinstance(result, Checkout) for result in results)
    assert set(Stock.objects.values_list("reserved", flat=True)) == {12}


@pytest.mark.parametrize("ending", ["cancel", "expire"])
def test_paying_and_ending_at_once_either_pays_or_ends_and_refunds(ending: str) -> None:
    """STK05, MON28."""
    lamp = make_goods(stock=50)
    for _ in range(ROUNDS):
        checkout = place(make_cart(lamp, make_goods()))
        attempt = captured(checkout)

        race(paying(attempt), _ending(checkout, ending), paying(attempt))
        settle_books()

        _has_one_outcome(checkout, attempt)
    assert invariants.violations() == {}


def test_the_same_success_from_eight_sides_holds_the_money_once() -> None:
    checkout = place(make_cart())
    attempt = captured(checkout)

    race(*[paying(attempt)] * 8)

    assert EscrowHold.objects.filter(purchase=checkout.pk).count() == 2
    assert OutboxEvent.objects.filter(name="CheckoutPaid").count() == 1


def test_parallel_sweeps_give_each_purchase_back_once() -> None:
    """STK06."""
    lamp = make_goods(stock=50)
    checkouts = [place(make_cart(lamp, quantity=2)) for _ in range(6)]
    deadline = max(checkout.expires_at for checkout in checkouts)

    done = race(*[lambda: expiry.expire_unpaid(at=deadline)] * 4)
    expiry.expire_unpaid(at=deadline)

    assert sum(done) <= 6
    assert set(Checkout.objects.values_list("status", flat=True)) == {CheckoutStatus.EXPIRED}
    assert Stock.objects.get(variant=lamp).reserved == 0
    assert OutboxEvent.objects.filter(name="CheckoutExpired").count() == 6


def test_confirming_while_the_sweep_completes_pays_the_merchant_once() -> None:
    for _ in range(ROUNDS):
        order = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()]).order
        deadline = order.complete_by
        assert deadline is not None

        race(_confirming(order.pk), partial(completion.complete_due, at=deadline), _confirming(order.pk))

        assert balances(order.merchant_id, "USD").payable_minor == order.total_minor - order.commission_minor
    assert OutboxEvent.objects.filter(name="OrderCompleted").count() == ROUNDS
    assert invariants.violations() == {}


def test_cancelling_from_six_sides_while_the_merchant_ships_gives_back_at_most_once() -> None:
    for _ in range(ROUNDS):
        lamp = make_goods(stock=5)
        order = order_up_to(OrderStatus.PAID, variants=[lamp], quantity=2).order
        cancelling = partial(cancellation.cancel_order, order_id=order.pk, actor="operator:1", reason="asked", at=timezone.now())

        race(*[cancelling] * 6, _shipping(order.pk))
        settle_books()

        order.refresh_from_db()
        stock = Stock.objects.values_list("on_hand", "reserved").get(variant=lamp)
        went_back = order.status == OrderStatus.CANCELLED
        assert stock == ((5, 0) if went_back else (3, 0))
        assert Refund.objects.filter(reference=order.pk).count() == went_back
        assert Shipment.objects.filter(reference=order.pk).count() == (not went_back)
    assert invariants.violations() == {}


def _placing(cart: Cart, key: uuid.UUID) -> Callable[[], Checkout]:
    total = cart_view(cart).total_minor
    return lambda: place(cart, key=key, expected_total_minor=total)


def _ending(checkout: Checkout, how: str) -> Callable[[], Any]:
    if how == "expire":
        return lambda: expiry.expire_unpaid(at=checkout.expires_at)
    return lambda: cancellation.cancel_checkout(checkout_id=checkout.pk, actor="shopper:guest", at=timezone.now())


def _confirming(order_id: uuid.UUID) -> Callable[[], Any]:
    return partial(completion.confirm_receipt, order_id=order_id, actor="shopper:guest", at=timezone.now())


def _shipping(order_id: uuid.UUID) -> Callable[[], Any]:
    return lambda: fulfilment.ship_order(
        order_id=order_id, carrier="SF Express", tracking_number="SF1", actor="merchant:1", at=timezone.now()
    )


def _has_one_outcome(checkout: Checkout, attempt: PaymentAttempt) -> None:
    checkout.refresh_from_db()
    holds = EscrowHold.objects.filter(purchase=checkout.pk).count()
    returned: Sequence[int] = list(Refund.objects.filter(attempt=attempt).values_list("amount_minor", flat=True))
    if checkout.status == CheckoutStatus.PAID:
        assert (holds, returned) == (2, [])
    else:
        assert (holds, returned) == (0, [checkout.total_minor])
    assert provider_clearing(checkout.pk) == 0
