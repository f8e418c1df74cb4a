from logistics.models.routes import RoutePlan, RouteStop, Vehicle, VehicleRoute
from logistics.models.shipments import Shipment, ShipmentEvent, ShipmentLine, ShippingRate
from logistics.models.stock import Reservation, Stock, StockMovement, Warehouse

__all__ = [
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
