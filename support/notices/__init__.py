"""One function per mail; each is called while the reader's language is active."""

from support.notices.gifts import gift_card, gift_card_sent
from support.notices.merchants import merchant_dispute_closed, merchant_dispute_opened, new_order
from support.notices.orders import cancelled, delivered, downloads_ready, refunded, shipped
from support.notices.purchases import (
    checkout_cancelled,
    confirmed,
    in_review,
    late_payment_refunded,
    paid,
    payment_code,
    placed,
    transfer_awaited,
)

__all__ = [
    "cancelled",
    "checkout_cancelled",
    "confirmed",
    "delivered",
    "downloads_ready",
    "gift_card",
    "gift_card_sent",
    "in_review",
    "late_payment_refunded",
    "merchant_dispute_closed",
    "merchant_dispute_opened",
    "new_order",
    "paid",
    "payment_code",
    "placed",
    "refunded",
    "shipped",
    "transfer_awaited",
]
