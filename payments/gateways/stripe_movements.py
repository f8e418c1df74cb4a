"""Stripe's own list of what moved: charges, refunds and transfers, for the daily comparison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from payments.gateways.base import ProviderMovement
from payments.gateways.stripe_amounts import from_stripe
from payments.gateways.stripe_client import PAGE, ask
from payments.models import Movement


def list_movements(since: dt.datetime, until: dt.datetime) -> Iterator[ProviderMovement]:
    """Everything that counts at Stripe in [since, until), kind by kind, a page per call."""
    created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    for row in _paged("charges", created):
        if row.status == "succeeded":
            yield _movement(Movement.PAYMENT, row, row.payment_intent or row.id, "attempt_id")
    for row in _paged("refunds", created):
        if row.status == "succeeded":
            yield _movement(Movement.REFUND, row, row.id, "refund_id")
    for row in _paged("transfers", created):
        if not row.reversed:
            yield _movement(Movement.TRANSFER, row, row.id, "payout_id")


def _paged(noun: str, created: dict[str, int]) -> Iterator[Any]:
    """One call per page, so that each has the time a call may take."""
    after: dict[str, Any] = {}
    while True:
        params: Any = {"created": created, "limit": PAGE, **after}
        page: Any = ask(lambda client, params=params: getattr(client.v1, noun).list(params=params))  # type: ignore[misc]
        yield from page.data
        if not page.has_more:
            return
        after = {"starting_after": page.data[-1].id}


def _movement(kind: Movement, row: Any, provider_id: str, note: str) -> ProviderMovement:
    currency = row.currency.upper()
    return ProviderMovement(
        kind=kind,
        provider_id=provider_id,
        amount_minor=from_stripe(row.amount, currency),
        currency=currency,
        reference=str(getattr(row.metadata, note, "") or ""),
        at=dt.datetime.fromtimestamp(row.created, tz=dt.UTC),
    )
