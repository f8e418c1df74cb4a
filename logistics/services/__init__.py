"""Writes of logistics, one module per noun."""

from logistics.rules import Line as ReservationLine
from logistics.services.parcels_back import take_parcel_back, take_parcels_back
from logistics.services.replanning import replan
from logistics.services.reservations import (
    commit_reservations,
    expire_reservations,
    prolong_reservations,
    release_reservations,
    reserve,
)
from logistics.services.returns import TakenBack, announce_parcel, take_back
from logistics.services.shipments import deliver, record_tracking, ship
from logistics.services.showcase import correct_showcase, refresh_in_stock
from logistics.services.stock import Receipt, correct_stock, receive_many, receive_stock, set_low_stock
from logistics.services.warehouses import (
    Terms,
    create_warehouse,
    move_promises,
    set_shipping_rate,
    set_warehouse_active,
    set_warehouse_terms,
)

__all__ = [
    "Receipt",
    "ReservationLine",
    "TakenBack",
    "Terms",
    "announce_parcel",
    "commit_reservations",
    "correct_showcase",
    "correct_stock",
    "create_warehouse",
    "deliver",
    "expire_reservations",
    "move_promises",
    "prolong_reservations",
    "receive_many",
    "receive_stock",
    "record_tracking",
    "refresh_in_stock",
    "release_reservations",
    "replan",
    "reserve",
    "set_low_stock",
    "set_shipping_rate",
    "set_warehouse_active",
    "set_warehouse_terms",
    "ship",
    "take_back",
    "take_parcel_back",
    "take_parcels_back",
]
