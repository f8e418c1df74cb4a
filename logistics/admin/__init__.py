"""Stock, warehouses, parcels, carriers and delivery prices in both back offices."""

from logistics.admin import bins, carrier_messages, carriers, customs, inbound, operator, routes, shipping, stock, warehouses, ways, zones

__all__ = [
    "bins",
    "carrier_messages",
    "carriers",
    "customs",
    "inbound",
    "operator",
    "routes",
    "shipping",
    "stock",
    "warehouses",
    "ways",
    "zones",
]
