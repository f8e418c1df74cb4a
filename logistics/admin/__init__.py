"""Stock, warehouses, parcels and delivery prices in both back offices."""

from logistics.admin import operator, shipping, stock

__all__ = ["operator", "shipping", "stock"]
