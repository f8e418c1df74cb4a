"""Which tax rates there are, and what of an order's amounts is tax."""

from __future__ import annotations

from collections.abc import Iterable

from core.remembered import forget, remembered
from orders.models import MerchantOrder, OrderLine, TaxRate
from orders.rules.taxes import DatedRate, Rate, TaxShare, tax_shares

SECONDS = 10.0
_KEY = "tax rates"


def tax_rates() -> list[DatedRate]:
    """The whole table of rates, as of the last seconds: a new rate is announced by its day, long before."""
    return remembered(_KEY, SECONDS, _read)


def forget_tax_rates() -> None:
    """Read the table anew in this process."""
    forget(_KEY)


def _read() -> list[DatedRate]:
    rows = TaxRate.objects.values_list("country", "tax_class", "kind", "rate_bps", "valid_from")
    return [DatedRate(country, tax_class, Rate(kind, bps), valid_from) for country, tax_class, kind, bps, valid_from in rows]


def taxes_of(orders: Iterable[tuple[MerchantOrder, Iterable[OrderLine]]]) -> list[TaxShare]:
    """The tax included in the totals of orders with their lines, per rate."""
    parts = []
    for order, lines in orders:
        parts += [(Rate(line.tax_kind, line.tax_bps), line.total_minor, line.tax_minor) for line in lines]
        parts.append((Rate(order.shipping_tax_kind, order.shipping_tax_bps), order.shipping_minor, order.shipping_tax_minor))
    return tax_shares(parts)
