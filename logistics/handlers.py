import uuid

from catalog.events import BundlesTouched
from core.outbox import handles
from logistics.services.showcase import refresh_in_stock


@handles(BundlesTouched)
def correct_cards_of_bundles(event: BundlesTouched) -> None:
    """Cards say whether a set can be had as soon as it is put together, or one of its parts goes on or off sale."""
    refresh_in_stock(product_ids=[uuid.UUID(product_id) for product_id in event.product_ids])
