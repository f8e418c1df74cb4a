"""Sets are bought as one and sent, taxed and returned in parts: what becomes of a set when an order is placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.selectors import SellableVariant, sellable_variants
from core.exchange.rules import Conversion
from core.ids import uuid7
from orders.models import MerchantOrder, OrderBundle
from orders.rules.bundles import bundle_shares
from orders.rules.purchases import QuotedOrder, WantedBundle, WantedLine


def unpacked(lines: Sequence[WantedLine], conversion: Conversion) -> list[WantedLine]:
    """The same lines with each set in parts, each part with its share of the set's price. One statement, none without sets."""
    ids = {part.variant_id for line in lines for part in line.variant.parts}
    parts = sellable_variants(sorted(ids), conversion) if ids else {}
    return [piece for line in lines for piece in (_unpacked(line, parts, conversion) if line.variant.parts else [line])]


def _unpacked(line: WantedLine, parts: Mapping[Any, SellableVariant], conversion: Conversion) -> Iterator[WantedLine]:
    bundle = WantedBundle(uuid7(), line.variant, line.quantity, line.unit_minor)
    for part, quantity, unit_minor in bundle_shares(line, parts, conversion.currency):
        yield WantedLine(part, quantity, agreed_minor=unit_minor, bundle=bundle)


def order_bundles(orders: Sequence[MerchantOrder], quotes: Sequence[QuotedOrder]) -> list[OrderBundle]:
    """The rows of the sets in orders that are not saved yet."""
    rows = []
    for order, quoted in zip(orders, quotes, strict=True):
        wanted = dict.fromkeys(line.bundle for line in quoted.lines if line.bundle is not None)
        rows += [_row(order, bundle, number) for number, bundle in enumerate(wanted, start=1)]
    return rows


def _row(order: MerchantOrder, bundle: WantedBundle, number: int) -> OrderBundle:
    variant = bundle.variant
    return OrderBundle(
        pk=bundle.bundle_id,
        order=order,
        merchant_id=order.merchant_id,
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        number=number,
        sku=variant.sku,
        title=variant.title,
        i18n=variant.i18n,
        options=variant.options,
        currency=order.currency,
        price_minor=bundle.unit_minor,
        quantity=bundle.quantity,
        total_minor=bundle.unit_minor * bundle.quantity,
    )
