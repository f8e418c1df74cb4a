"""The controls of test_orders_races: without its guard each race has two winners, so the rig can show it."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from logistics.models import Stock
from logistics.services import release_reservations
from orders.models import Cart, Checkout
from orders.states import CheckoutStatus, OrderStatus
from payments.selectors import provider_clearing
from tests.concurrency.orders_rig import captured, race
from tests.factories.orders import make_cart, make_goods, place
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_its_lock_and_guard_a_payment_and_an_expiry_both_win() -> None:
    """The control of paying and ending at once: read, meet at the barrier, then write."""
    checkout = place(make_cart())
    attempt = captured(checkout)
    both_have_read = threading.Barrier(2)

    def pay_unguarded() -> None:
        with transaction.atomic():
            assert Checkout.objects.get(pk=checkout.pk).status == CheckoutStatus.AWAITING_PAYMENT
            both_have_read.wait()
            Checkout.objects.filter(pk=checkout.pk).update(status=CheckoutStatus.PAID, paid_at=timezone.now())

    def expire_unguarded() -> None:
        with transaction.atomic():
            assert Checkout.objects.get(pk=checkout.pk).status == CheckoutStatus.AWAITING_PAYMENT
            both_have_read.wait()
            release_reservations(reference=checkout.pk, at=timezone.now(), reason="unpaid")

    race(pay_unguarded, expire_unguarded)

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.PAID
    assert Stock.objects.filter(reserved__gt=0).count() == 0  # paid for, and given back to the shelf
    assert provider_clearing(attempt.reference) != 0


def test_without_the_carts_lock_one_cart_is_placed_twice() -> None:
    """The control of placing with one key: the same reads without the lock let both through."""
    cart = make_cart(make_goods(stock=50))
    both_have_read = threading.Barrier(2)
    placed: list[int] = []

    def place_unguarded() -> None:
        with transaction.atomic():
            lines = list(Cart.objects.get(pk=cart.pk).lines.all())
            both_have_read.wait()
            placed.append(len(lines))
            Cart.objects.get(pk=cart.pk).lines.all().delete()

    race(place_unguarded, place_unguarded)

    assert placed == [1, 1]


def test_without_the_conditional_update_a_completion_runs_twice() -> None:
    """The control of confirming while the sweep completes."""
    order = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()]).order
    both_have_read = threading.Barrier(2)
    completed: list[str] = []

    def complete_unguarded() -> None:
        with transaction.atomic():
            seen = type(order).objects.get(pk=order.pk)
            both_have_read.wait()
            if seen.status == OrderStatus.DELIVERED:
                type(order).objects.filter(pk=order.pk).update(status=OrderStatus.COMPLETED)
                completed.append(seen.number)

    race(complete_unguarded, complete_unguarded)

    assert len(completed) == 2
