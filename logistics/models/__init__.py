from logistics.models.carriers import CarrierAccount, CarrierBooking, CarrierClaim, CarrierMessage
from logistics.models.counts import CountLine, StockCount
from logistics.models.floor import FloorPlan, FloorScan, Wave, WavePick, WaveTote
from logistics.models.customs import CustomsRegime, DutyRate
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
    "FloorPlan",
    "FloorScan",
    "CustomsRegime",
    "DutyRate",
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
