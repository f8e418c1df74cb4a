"""Stock, warehouses, parcels and delivery prices in both back offices."""

from logistics.admin import operator, routes, shipping, stock

__all__ = ["operator", "routes", "shipping", "stock"]
