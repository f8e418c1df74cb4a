from logistics.models.carriers import CarrierAccount, CarrierBooking, CarrierClaim, CarrierMessage
from logistics.models.shipments import Shipment, ShipmentEvent, ShipmentLine, ShippingRate
from logistics.models.stock import Reservation, Stock, StockMovement, Warehouse

__all__ = [
    "CarrierAccount",
    "CarrierBooking",
    "CarrierClaim",
    "CarrierMessage",
    "Reservation",
    "Shipment",
    "ShipmentEvent",
    "ShipmentLine",
    "ShippingRate",
    "Stock",
    "StockMovement",
    "Warehouse",
]
