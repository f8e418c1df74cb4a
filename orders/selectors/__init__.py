"""Reads of the conductor: carts as shown, purchases and orders as their owners may see them, timelines."""

from core.clock import database_now
from orders.selectors.cart_views import CartLineView, CartView, Parcel
from orders.selectors.carts import cart_count, cart_for, cart_view
from orders.selectors.purchases import (
    OrderPage,
    OrderView,
    checkout_for,
    checkouts_of,
    order_for_merchant,
    order_page,
    orders_of,
    orders_to_ship,
    reviewable_lines,
)
from orders.selectors.timeline import TimelineEntry, timelines

__all__ = [
    "CartLineView",
    "CartView",
    "OrderPage",
    "OrderView",
    "Parcel",
    "TimelineEntry",
    "cart_count",
    "cart_for",
    "cart_view",
    "checkout_for",
    "checkouts_of",
    "database_now",
    "order_for_merchant",
    "order_page",
    "orders_of",
    "orders_to_ship",
    "reviewable_lines",
    "timelines",
]
