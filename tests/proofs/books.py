"""What the provider's own books say against what the shop says: judged from the rows alone, with nothing of the shop's arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.provider_double.client import ProviderDouble

Ask = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class Charge:
    """One payment at the provider; amounts in minor units. `attempt_id` is what we wrote into it."""

    attempt_id: str
    captured_minor: int
    refunded_minor: int


# What waits for somebody: nothing of it may be left once the shop is quiet.
OPEN_BUSINESS = {
    "events": "SELECT count(*) FROM core_outboxevent WHERE handled_at IS NULL AND dead_at IS NULL",
    "messages": "SELECT count(*) FROM payments_inboxmessage WHERE status = 'received'",
    "payouts": "SELECT count(*) FROM payments_payout WHERE status IN ('requested', 'sent', 'unknown') AND gateway IN ('sandbox', 'stripe')",
    "refunds": "SELECT count(*) FROM payments_refund WHERE status IN ('requested', 'sent', 'unknown')",
    "paid attempts": """
        SELECT count(*) FROM payments_sandboxpayment p JOIN payments_paymentattempt a ON a.id::text = p.reference
        WHERE p.status <> 'open' AND a.status IN ('new', 'sent', 'unknown')""",
    "overdue purchases": "SELECT count(*) FROM orders_checkout WHERE status = 'awaiting_payment' AND expires_at < now() - interval '30 s'",
}
SANDBOX = "SELECT reference, amount_minor, refunded_minor FROM payments_sandboxpayment WHERE status = 'approved'"
ATTEMPTS = "SELECT id::text, reference::text FROM payments_paymentattempt"
# The shopper's money that must still be at the provider: of paid purchases what has not been given back, of all others nothing.
KEPT = """
SELECT c.id::text, c.number, CASE WHEN c.status = 'paid' THEN c.total_minor - c.credit_minor - coalesce((
    SELECT sum(r.amount_minor) FROM payments_refund r JOIN payments_paymentattempt a ON a.id = r.attempt_id
    WHERE a.reference = c.id AND a.status = 'succeeded' AND r.status = 'succeeded'), 0) ELSE 0 END
FROM orders_checkout c
"""
# An order that was given back whole has all its cash back, to the cent; none has more back than it cost.
ORDERS = """
SELECT o.number, o.status, o.total_minor - o.points_minor, coalesce((
    SELECT sum(r.amount_minor) FROM payments_refund r WHERE r.reference = o.id AND r.status = 'succeeded'), 0)
FROM orders_merchantorder o WHERE o.paid_at IS NOT NULL
"""
# Pieces that left or are promised are those of orders; none was sold twice.
OVERSOLD = """
SELECT v.sku, s.on_hand, s.reserved FROM logistics_stock s JOIN catalog_variant v ON v.id = s.variant_id
WHERE s.on_hand < 0 OR s.reserved > s.on_hand
"""
# What the practice provider has transferred to merchants, and what we say it has.
PAID_OUT = """
SELECT (SELECT coalesce(sum(amount_minor), 0) FROM payments_sandboxtransfer WHERE status = 'paid'),
    (SELECT coalesce(sum(amount_minor), 0) FROM payments_payout WHERE gateway = 'sandbox' AND status = 'paid')
"""
VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'invariant\\_%'"


def open_business(ask: Ask) -> dict[str, int]:
    """How much of each kind still waits."""
    return {name: count for name, query in OPEN_BUSINESS.items() if (count := ask(query)[0][0])}


def sandbox_charges(ask: Ask) -> list[Charge]:
    """What the practice provider has captured and paid back."""
    return [Charge(*row) for row in ask(SANDBOX)]


def charges_at(double: ProviderDouble) -> list[Charge]:
    """The same of the provider in its own process, from its own books."""
    return [Charge(row["metadata"]["attempt_id"], row["amount"], row["amount_refunded"]) for row in double.charges()]


def faults(ask: Ask, charges: Iterable[Charge]) -> list[str]:
    """Everything that is wrong in a shop that has become quiet; empty when all is well."""
    return [*_money(ask, charges), *_orders(ask), *_oversold(ask), *_paid_out(ask), *_invariants(ask)]


def _money(ask: Ask, charges: Iterable[Charge]) -> list[str]:
    purchase_of: dict[str, str] = dict(ask(ATTEMPTS))  # type: ignore[arg-type]
    kept: Counter[str] = Counter()
    wrong = []
    for charge in charges:
        purchase = purchase_of.get(charge.attempt_id)
        if purchase is None:
            wrong.append(f"lost: the provider has {charge.captured_minor} for {charge.attempt_id}, which is no attempt of ours")
            continue
        kept[purchase] += charge.captured_minor - charge.refunded_minor
    for purchase, number, expected in ask(KEPT):
        if kept[purchase] != expected:
            word = "charged too much" if kept[purchase] > expected else "paid without money"
            wrong.append(f"{word}: {number} has {kept[purchase]} at the provider, {expected} is right")
    return wrong


def _orders(ask: Ask) -> list[str]:
    wrong = []
    for number, status, cash, returned in ask(ORDERS):
        is_whole = status in {"cancelled", "refunded"}
        if (is_whole and returned != cash) or returned > cash:
            wrong.append(f"order {number} is {status} and has {returned} of {cash} back")
    return wrong


def _paid_out(ask: Ask) -> list[str]:
    [(transferred, ours)] = ask(PAID_OUT)
    return [f"paid out: the provider has transferred {transferred}, {ours} is right"] if transferred != ours else []


def _oversold(ask: Ask) -> list[str]:
    return [f"oversold: {sku} has {on_hand}, promised {reserved}" for sku, on_hand, reserved in ask(OVERSOLD)]


def _invariants(ask: Ask) -> list[str]:
    return [f"{name}: {rows[:3]}" for (name,) in ask(VIEWS) if (rows := ask(f'SELECT * FROM "{name}"'))]
