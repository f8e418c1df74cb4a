"""Pure decisions about carts and orders."""

from orders.rules.purchases import (
    QuotedOrder,
    WantedBundle,
    WantedLine,
    goods_by_merchant,
    kept_rate,
    lines_by_merchant,
    loads_by_merchant,
    quantity_of,
    quoted_orders,
    ship_by,
    shipped_by_merchant,
)

__all__ = [
    "QuotedOrder",
    "WantedBundle",
    "WantedLine",
    "goods_by_merchant",
    "kept_rate",
    "lines_by_merchant",
    "loads_by_merchant",
    "quantity_of",
    "quoted_orders",
    "ship_by",
    "shipped_by_merchant",
]
