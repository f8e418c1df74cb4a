"""Stock, warehouses, parcels, carriers and delivery prices in both back offices."""

from logistics.admin import carrier_messages, carriers, operator, routes, shipping, stock

__all__ = ["carrier_messages", "carriers", "operator", "routes", "shipping", "stock"]
