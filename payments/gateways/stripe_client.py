"""Asking Stripe: bounded in time, in number and in repetitions, with its errors in our words."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import stripe
from django.conf import settings

from payments.gateways import bulkhead
from payments.gateways.base import TIMEOUT_SECONDS, GatewayError, NotAtProvider, NotSent, OutcomeUnknown, Refused
from payments.gateways.circuit import Circuit
from payments.gateways.deadline import DeadlinePassed, within

T = TypeVar("T")
PAGE = 100
CONNECT_SECONDS = 3.0
MOST_TRIES = 3
FIRST_PAUSE_SECONDS = 0.1
CIRCUIT = Circuit()


def is_live() -> bool:
    """Whether our key moves real money."""
    return bool(settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")))


def ask(call: Callable[[stripe.StripeClient], T]) -> T:
    """Run a call that may be repeated: a read, a POST with a key, or one that changes nothing the second time.

    Raises:
        NotSent: Stripe was not asked: no key, the circuit is open, or enough threads are waiting for it.
        NotAtProvider, Refused: it has certainly done nothing.
        OutcomeUnknown: it may have.
    """
    if not settings.STRIPE_SECRET_KEY:
        raise NotSent("no key")
    deadline = time.monotonic() + TIMEOUT_SECONDS
    with CIRCUIT.closed(), bulkhead.place():
        try:
            return within(TIMEOUT_SECONDS, lambda: _patiently(call, deadline))
        except DeadlinePassed as error:
            raise OutcomeUnknown("no answer in time") from error


def _patiently(call: Callable[[stripe.StripeClient], T], deadline: float) -> T:
    """The library's own retries are off: it would repeat what must be looked up first."""
    transport = stripe.RequestsClient(timeout=(CONNECT_SECONDS, TIMEOUT_SECONDS))
    addresses: Any = {"api": settings.STRIPE_API_BASE}
    client = stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=transport, max_network_retries=0, base_addresses=addresses)
    try:
        tries = 1
        while True:
            try:
                return call(client)
            except stripe.StripeError as error:
                pause = FIRST_PAUSE_SECONDS * 2**tries * random.uniform(0.5, 1)  # noqa: S311  # spreads retries, decides nothing
                if tries == MOST_TRIES or not is_worth_repeating(error) or time.monotonic() + pause > deadline:
                    raise translated(error) from error
            tries += 1
            time.sleep(pause)
    finally:
        transport.close()  # type: ignore[no-untyped-call]


def is_worth_repeating(error: stripe.StripeError) -> bool:
    """A broken connection, a key in use, too many requests. A 500 is not: Stripe replays it for the key, so we look in its lists."""
    return isinstance(error, stripe.APIConnectionError) or error.http_status in {409, 429, 503}


def translated(error: stripe.StripeError) -> GatewayError:
    """A 4xx is a clear no; everything else may have been done."""
    status = error.http_status or 0
    if isinstance(error, stripe.IdempotencyError):
        return Refused("key_reused")
    if status == 404:
        return NotAtProvider()
    if 400 <= status < 500 and status not in {409, 429}:
        return Refused(error.code or type(error).__name__)
    return OutcomeUnknown(type(error).__name__)
