from logistics.models.carriers import CarrierAccount, CarrierBooking, CarrierClaim, CarrierMessage
from logistics.models.routes import RoutePlan, RouteStop, Vehicle, VehicleRoute
from logistics.models.shipments import Shipment, ShipmentEvent, ShipmentLine, ShippingRate
from logistics.models.stock import Reservation, Stock, StockMovement, Warehouse

__all__ = [
    "CarrierAccount",
    "CarrierBooking",
    "CarrierClaim",
    "CarrierMessage",
    "Reservation",
    "RoutePlan",
    "RouteStop",
    "Shipment",
    "ShipmentEvent",
    "ShipmentLine",
    "ShippingRate",
    "Stock",
    "StockMovement",
    "Vehicle",
    "VehicleRoute",
    "Warehouse",
]
