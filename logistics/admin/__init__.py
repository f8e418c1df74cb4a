"""Stock, warehouses, parcels, carriers and delivery prices in both back offices."""

from logistics.admin import carrier_messages, carriers, inbound, operator, routes, shipping, stock, warehouses, ways, zones

__all__ = ["carrier_messages", "carriers", "inbound", "operator", "routes", "shipping", "stock", "warehouses", "ways", "zones"]
