from logistics.models.carriers import CarrierAccount, CarrierBooking, CarrierClaim, CarrierMessage
from logistics.models.counts import CountLine, StockCount
from logistics.models.customs import CustomsRegime, DutyRate
from logistics.models.floor import FloorPlan, FloorScan, Wave, WavePick, WaveTote
from logistics.models.pickups import DeliverySlot, PickupPoint, SlotDay
from logistics.models.purchasing import PurchaseLine, PurchaseOrder, Supplier
from logistics.models.routes import RoutePlan, RouteStop, Vehicle, VehicleRoute
from logistics.models.shipments import Shipment, ShipmentEvent, ShipmentLine, ShippingRate
from logistics.models.stock import Bin, Reservation, Stock, StockMovement, Warehouse
from logistics.models.transfers import Transfer, TransferLine
from logistics.models.zones import ShippingZone

__all__ = [
    "Bin",
    "CarrierAccount",
    "CarrierBooking",
    "CarrierClaim",
    "CarrierMessage",
    "CountLine",
    "CustomsRegime",
    "DeliverySlot",
    "DutyRate",
    "FloorPlan",
    "FloorScan",
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
    "Wave",
    "WavePick",
    "WaveTote",
]
