"""Pure decisions about carts and orders."""

from orders.rules.purchases import (
    QuotedOrder,
    WantedBundle,
    WantedLine,
    goods_by_merchant,
    kept_rate,
    lines_by_merchant,
    quantity_of,
    quoted_orders,
    ship_by,
)

__all__ = [
    "QuotedOrder",
    "WantedBundle",
    "WantedLine",
    "goods_by_merchant",
    "kept_rate",
    "lines_by_merchant",
    "quantity_of",
    "quoted_orders",
    "ship_by",
]
