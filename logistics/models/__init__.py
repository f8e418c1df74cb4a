from logistics.models.carriers import CarrierAccount, CarrierBooking, CarrierClaim, CarrierMessage
from logistics.models.counts import CountLine, StockCount
from logistics.models.pickups import DeliverySlot, PickupPoint, SlotDay
from logistics.models.purchasing import PurchaseLine, PurchaseOrder, Supplier
from logistics.models.routes import RoutePlan, RouteStop, Vehicle, VehicleRoute
from logistics.models.shipments import Shipment, ShipmentEvent, ShipmentLine, ShippingRate
from logistics.models.stock import Reservation, Stock, StockMovement, Warehouse
from logistics.models.transfers import Transfer, TransferLine
from logistics.models.zones import ShippingZone

__all__ = [
    "CarrierAccount",
    "CarrierBooking",
    "CarrierClaim",
    "CarrierMessage",
    "CountLine",
    "DeliverySlot",
    "PickupPoint",
    "PurchaseLine",
    "PurchaseOrder",
    "Reservation",
    "RoutePlan",
    "RouteStop",
    "Shipment",
    "ShipmentEvent",
    "ShipmentLine",
    "ShippingRate",
    "ShippingZone",
    "SlotDay",
    "Stock",
    "StockCount",
    "StockMovement",
    "Supplier",
    "Transfer",
    "TransferLine",
    "Vehicle",
    "VehicleRoute",
    "Warehouse",
]
