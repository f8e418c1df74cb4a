import uuid

from django.utils import timezone

from catalog.events import BundlesTouched
from core.outbox import handles
from logistics.events import ShipmentReturned
from logistics.services.parcels_back import take_parcel_back
from logistics.services.showcase import refresh_in_stock
from logistics.services.warehouses import open_first_warehouse
from merchants.events import MerchantApproved


@handles(BundlesTouched)
def correct_cards_of_bundles(event: BundlesTouched) -> None:
    """Cards say whether a set can be had as soon as it is put together, or one of its parts goes on or off sale."""
    refresh_in_stock(product_ids=[uuid.UUID(product_id) for product_id in event.product_ids])


@handles(MerchantApproved)
def open_warehouse_of_new_shop(event: MerchantApproved) -> None:
    """So that a shop that was just let in can put goods on sale."""
    open_first_warehouse(merchant_id=uuid.UUID(event.merchant_id))


@handles(ShipmentReturned)
def shelve_returned_parcel(event: ShipmentReturned) -> None:
    take_parcel_back(shipment_id=uuid.UUID(event.shipment_id), actor="system:logistics", at=timezone.now())
