"""One thread is stopped before each of its SQL statements in turn while the other runs whole: no interleaving has two outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core import invariants
from core.errors import DomainError
from core.models import OutboxEvent
from orders.models import Checkout
from orders.services import expiry
from orders.states import CheckoutStatus, OrderStatus
from payments.models import EscrowHold, PaymentAttempt, Refund
from tests.concurrency.orders_rig import captured
from tests.factories.orders import make_cart, make_goods, place
from tests.walkthrough import tell_paid

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 60


class Pause:
    """An execute wrapper that stops before statement number `at` until told to go on."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.seen += 1
        if self.seen == self.at:
            self.reached.set()
            self.go_on.wait(timeout=10)
        return execute(sql, params, many, context)


def interleave(stopped: Callable[[], Any], whole: Callable[[], Any], at: int) -> bool:
    """Run `stopped` to its statement number `at`, then `whole`, then the rest; False when it has fewer statements."""
    pause, errors = Pause(at), []

    def run() -> None:
        try:
            with connection.execute_wrapper(pause):
                stopped()
        except DomainError:
            pass
        except BaseException as error:
            errors.append(error)
        finally:
            pause.reached.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    pause.reached.wait()
    whole()
    pause.go_on.set()
    thread.join()
    if errors:
        raise errors[0]
    return pause.seen >= at


def test_expiry_between_any_two_statements_of_a_payment_has_one_outcome() -> None:
    """STK05, MON28."""
    goods = make_goods(stock=200)
    paid = expired = 0
    for at in range(1, MOST_STATEMENTS):
        checkout = place(make_cart(goods))
        attempt = captured(checkout)

        reached = interleave(lambda: tell_paid(attempt), lambda: expiry.expire_unpaid(at=checkout.expires_at), at)  # noqa: B023

        checkout.refresh_from_db()
        _has_one_outcome(checkout, attempt)
        paid += checkout.status == CheckoutStatus.PAID
        expired += checkout.status == CheckoutStatus.EXPIRED
        if not reached:
            break
    assert paid > 5
    assert expired > 0
    assert invariants.violations() == {}


def test_a_payment_between_any_two_statements_of_an_expiry_has_one_outcome() -> None:
    """STK05, MON28."""
    goods = make_goods(stock=200)
    for at in range(1, MOST_STATEMENTS):
        checkout = place(make_cart(goods))
        attempt = captured(checkout)
        payer = threading.Thread(target=_pay_and_hang_up, args=[attempt])

        # The payment may have to wait for the expiry's lock, so it gets a thread and is not waited for before the expiry goes on.
        reached = interleave(lambda: expiry.expire_unpaid(at=checkout.expires_at), payer.start, at)  # noqa: B023
        payer.join()

        checkout.refresh_from_db()
        _has_one_outcome(checkout, attempt)
        if not reached:
            break
    assert invariants.violations() == {}


def _pay_and_hang_up(attempt: PaymentAttempt) -> None:
    try:
        tell_paid(attempt)
    finally:
        connection.close()


def _has_one_outcome(checkout: Checkout, attempt: PaymentAttempt) -> None:
    holds = EscrowHold.objects.filter(purchase=checkout.pk).count()
    refunds = list(Refund.objects.filter(attempt=attempt).values_list("amount_minor", flat=True))
    said = OutboxEvent.objects.filter(name="LatePaymentRefunded", payload__checkout_id=str(checkout.pk)).count()
    if checkout.status == CheckoutStatus.PAID:
        assert (holds, refunds, said) == (1, [], 0)
        assert set(checkout.orders.values_list("status", flat=True)) == {OrderStatus.PAID}
    else:
        assert checkout.status == CheckoutStatus.EXPIRED
        assert (holds, refunds, said) == (0, [checkout.total_minor], 1)
        assert set(checkout.orders.values_list("status", flat=True)) == {OrderStatus.EXPIRED}
