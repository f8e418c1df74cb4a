"""What is frozen on a purchase when it is placed beside its prices: the tax they include and the operator's commission."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils import timezone

from catalog.selectors.categories import category_paths
from merchants.rules import Sold, Terms, first_match
from merchants.selectors import commission_plans
from orders.models import CommissionLine, MerchantOrder, OrderLine
from orders.rules.commission import fee_of
from orders.rules.purchases import QuotedOrder
from orders.rules.taxes import SERVICE, SHIPPING, DatedRate, Rate, rate_for, taxes_in
from orders.selectors.taxes import tax_rates


def charge(
    *, orders: Sequence[MerchantOrder], lines: Sequence[OrderLine], quotes: Sequence[QuotedOrder], country: str, at: dt.datetime
) -> list[CommissionLine]:
    """Fill in tax and commission of orders and lines that are not saved yet; returns the commission lines to save with them.

    `lines` are those of all orders in the order of `quotes`; `country` is where the goods go (ISO 3166 alpha-2). One statement.
    """
    table, on = tax_rates(), timezone.localdate(at)
    plans = commission_plans([quoted.merchant_id for quoted in quotes])
    paths = category_paths() if any(terms.category for plan in plans.values() for terms in plan) else {}
    fee_tax = rate_for(table, settings.OPERATOR_COUNTRY, SERVICE, on)
    frozen: list[CommissionLine] = []
    start = 0
    for order, quoted in zip(orders, quotes, strict=True):
        own = lines[start : start + len(quoted.lines)]
        start += len(quoted.lines)
        _freeze_tax(order, own, quoted, table, country, on)
        frozen += _freeze_commission(order, own, quoted, plans[quoted.merchant_id], paths, fee_tax)
    return frozen


def _freeze_tax(
    order: MerchantOrder, lines: Sequence[OrderLine], quoted: QuotedOrder, table: Sequence[DatedRate], country: str, on: dt.date
) -> None:
    rates = [rate_for(table, country, wanted.variant.tax_class, on) for wanted in quoted.lines]
    shipping = rate_for(table, country, SHIPPING, on)
    *taxes, shipping_tax = taxes_in([
        *((line.total_minor, rate) for line, rate in zip(lines, rates, strict=True)), (order.shipping_minor, shipping)
    ])  # fmt: skip
    for line, rate, tax in zip(lines, rates, taxes, strict=True):
        line.tax_kind, line.tax_bps, line.tax_minor = rate.kind, rate.bps, tax
    order.shipping_tax_kind, order.shipping_tax_bps, order.shipping_tax_minor = shipping.kind, shipping.bps, shipping_tax
    order.tax_minor = sum(taxes) + shipping_tax


def _freeze_commission(
    order: MerchantOrder, lines: Sequence[OrderLine], quoted: QuotedOrder, plan: Sequence[Terms], paths: Mapping[str, str], fee_tax: Rate
) -> list[CommissionLine]:
    frozen = []
    for line, wanted in zip(lines, quoted.lines, strict=True):
        sold = _sold(order, line.total_minor, wanted.variant.product_id, wanted.variant.category_path)
        frozen.append(_line(order, line, first_match(plan, sold, paths), line.total_minor, line.tax_minor, line.quantity, fee_tax))
    if order.shipping_minor:
        terms = first_match(plan, _sold(order, order.shipping_minor), paths)
        frozen.append(_line(order, None, terms, order.shipping_minor, order.shipping_tax_minor, 1, fee_tax))
    order.commission_minor = sum(row.amount_minor for row in frozen)
    order.commission_tax_minor = sum(row.tax_minor for row in frozen)
    order.commission_bps = plan[-1].rate_bps or 0
    return frozen


def _sold(order: MerchantOrder, total_minor: int, product: uuid.UUID | None = None, path: str = "") -> Sold:
    return Sold(merchant=order.merchant_id, currency=order.currency, total_minor=total_minor, product=product, category_path=path)


def _line(
    order: MerchantOrder, line: OrderLine | None, terms: Terms, gross_minor: int, tax_minor: int, quantity: int, fee_tax: Rate
) -> CommissionLine:
    fee = fee_of(terms, gross_minor=gross_minor, tax_minor=tax_minor, quantity=quantity, fee_tax_bps=fee_tax.bps)
    return CommissionLine(
        order=order,
        line=line,
        rule_id=terms.rule,
        version=terms.version,
        gross_minor=gross_minor,
        base_minor=gross_minor - tax_minor,
        rate_bps=terms.rate_bps,
        fixed_minor=terms.fixed_minor,
        amount_minor=fee.amount_minor,
        tax_bps=fee_tax.bps,
        tax_minor=fee.tax_minor,
    )
