"""Stripe's own list of what moved: charges, refunds, transfers and fees, for the daily comparison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from payments.gateways.base import ProviderMovement
from payments.gateways.stripe_amounts import from_stripe
from payments.gateways.stripe_client import PAGE, ask
from payments.models import Movement

# docs.stripe.com/reports/balance-transaction-types: what Stripe charges by itself, not as a part of another line.
OWN_FEES = frozenset({"stripe_fee", "network_cost", "stripe_fx_fee"})


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
    yield from (_fee(row) for row in _paged("balance_transactions", created) if _kept(row))


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


def _kept(row: Any) -> int:
    """What Stripe kept of a line of its balance, in its minor units; a line of its own, such as a monthly price, is kept whole."""
    return int(-row.net if row.type in OWN_FEES else row.fee)


def _fee(row: Any) -> ProviderMovement:
    """In the currency of the balance, which is another than the charge's where Stripe has exchanged it."""
    currency = row.currency.upper()
    return ProviderMovement(
        kind=Movement.FEE,
        provider_id=row.id,
        amount_minor=from_stripe(_kept(row), currency),
        currency=currency,
        reference="",
        at=dt.datetime.fromtimestamp(row.created, tz=dt.UTC),
    )


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
