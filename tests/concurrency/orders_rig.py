"""Real threads that start at the same moment, for the races of orders."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from core.errors import DomainError
from orders.models import Checkout
from orders.services import payment
from payments.models import PaymentAttempt
from payments.services import attempts, sandbox
from tests.walkthrough import RETURN_URL


def race(*steps: Callable[[], Any]) -> list[Any]:
    """Start all steps at the same moment; the result of each, or the refusal it met. Anything else fails the test."""
    start = threading.Barrier(len(steps))
    results: list[Any] = [None] * len(steps)

    def run(index: int, step: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            results[index] = step()
        except BaseException as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, DomainError):
            raise result
    return results


def captured(checkout: Checkout) -> PaymentAttempt:
    """The shopper has paid at the provider and we know, but the purchase does not yet."""
    attempt = payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=timezone.now())
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=timezone.now())
    return attempts.refresh_attempt(attempt_id=attempt.pk, at=timezone.now())
