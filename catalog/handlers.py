import uuid

from catalog.services.cards import follow_merchant
from core.outbox import handles
from merchants.events import MerchantChanged


@handles(MerchantChanged)
def update_cards_of_merchant(event: MerchantChanged) -> None:
    """Cards show a merchant's name and vanish with its suspension."""
    follow_merchant(uuid.UUID(event.merchant_id))
