from logistics.models.shipments import Shipment, ShipmentEvent, ShipmentLine, ShippingRate
from logistics.models.stock import Reservation, Stock, StockMovement, Warehouse

__all__ = ["Reservation", "Shipment", "ShipmentEvent", "ShipmentLine", "ShippingRate", "Stock", "StockMovement", "Warehouse"]
