"""Pure decisions: which warehouse sends what, when a parcel arrives, what sending it costs."""

from logistics.rules.allocation import Line, Pick, Plan, StockLevel, allocate
from logistics.rules.offers import DIVISOR, Load, ShippingOffer, ZoneRate, chargeable_grams, shipping_offer, zone_for, zone_price
from logistics.rules.places import Destination, Site, Zone, leaves_on, serves
from logistics.rules.promises import TRANSIT_DAYS, delivery_promise, promise_ends

__all__ = [
    "DIVISOR",
    "TRANSIT_DAYS",
    "Destination",
    "Line",
    "Load",
    "Pick",
    "Plan",
    "ShippingOffer",
    "Site",
    "StockLevel",
    "Zone",
    "ZoneRate",
    "allocate",
    "chargeable_grams",
    "delivery_promise",
    "leaves_on",
    "promise_ends",
    "serves",
    "shipping_offer",
    "zone_for",
    "zone_price",
]
