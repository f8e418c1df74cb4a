"""Stock, warehouses, parcels and delivery prices in both back offices."""

from logistics.admin import inbound, operator, shipping, stock, warehouses, zones

__all__ = ["inbound", "operator", "shipping", "stock", "warehouses", "zones"]
