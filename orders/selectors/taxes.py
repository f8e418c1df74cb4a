"""Which tax rates there are, and what of a cart's or an order's amounts is tax."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from core.remembered import forget, remembered
from orders.models import MerchantOrder, OrderLine, TaxKind, TaxRate
from orders.rules.taxes import SHIPPING, DatedRate, Rate, TaxShare, rate_for, tax_shares, taxes_in

if TYPE_CHECKING:
    from orders.selectors.cart_views import CartView

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


def taxes_of_cart(cart: CartView, country: str, at: dt.datetime) -> list[TaxShare]:
    """The tax that a cart's total would include, were it placed now and sent to this country."""
    table, on = tax_rates(), timezone.localdate(at)
    parts = []
    for parcel in cart.parcels:
        taxed = [pair for line in parcel.lines for pair in line.taxed or ((line.total_minor, line.tax_class),)]
        amounts = [(minor, rate_for(table, country, tax_class, on)) for minor, tax_class in taxed]
        amounts.append((parcel.shipping_minor, rate_for(table, country, SHIPPING, on)))
        parts += [(rate, gross, tax) for (gross, rate), tax in zip(amounts, taxes_in(amounts), strict=True)]
    return tax_shares(parts)


def tax_name(kind: str, bps: int) -> str:
    """A tax with its rate in the active language, such as VAT 13%."""
    name = str(TaxKind(kind).label) if kind in TaxKind.values else _("Tax")
    return f"{name} {bps / 100:g}%"
