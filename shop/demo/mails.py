"""The mails about the demo's history lie as far back as what they tell of, though they are written when it is loaded."""

import uuid
from collections.abc import Iterable

from core.models import StateChange
from orders.models import MerchantOrder
from orders.states import CheckoutStatus, OrderStatus
from payments.models import BankAccount, GiftCardPurchase, PaymentAttempt, Payout
from support.models import Mail

# The step of a purchase or order that each kind of mail in the demo tells of.
TOLD = {
    "order_placed": OrderStatus.AWAITING_PAYMENT,
    "order_paid": OrderStatus.PAID,
    "order_confirmed": CheckoutStatus.CONFIRMED,
    "transfer_awaited": "transfer",
    "gift_card": "gift",
    "gift_card_sent": "gift",
    "merchant_new_order": OrderStatus.PAID,
    "order_shipped": OrderStatus.SHIPPED,
    "order_delivered": OrderStatus.DELIVERED,
    "review_invited": OrderStatus.COMPLETED,
    "payout_paid": "payout_paid",
    "payout_failed": "payout_failed",
    "bank_account_changed": "bank_account",
}


def date_mails(checkout_ids: Iterable[uuid.UUID]) -> int:
    """Stamp the mails about these purchases, and about payouts, bank accounts and gift cards, with the moment of the step they tell of.

    Mails of others stay. Returns how many were stamped.
    """
    checkouts = set(checkout_ids)
    orders = MerchantOrder.objects.filter(checkout__in=checkouts).values_list("pk", flat=True)
    steps = StateChange.objects.filter(entity_id__in=[*checkouts, *orders]).values_list("entity_id", "to_status", "at")
    # What is paid at the door is the merchant's as soon as it is confirmed.
    moments = {(entity_id, str(OrderStatus.PAID)): at for entity_id, status, at in steps if status == OrderStatus.PREPARING}
    moments |= {(entity_id, status): at for entity_id, status, at in steps}
    payouts = Payout.objects.filter(settled_at__isnull=False).values_list("pk", "status", "settled_at")
    moments |= {(payout_id, f"payout_{status}"): at for payout_id, status, at in payouts}
    attempts = PaymentAttempt.objects.filter(reference__in=checkouts, gateway="bank_transfer").values_list("pk", "created_at")
    moments |= {(attempt_id, "transfer"): at for attempt_id, at in attempts}
    moments |= {(gift_id, "gift"): at for gift_id, at in GiftCardPurchase.objects.values_list("pk", "paid_at") if at is not None}
    moments |= {(account_id, "bank_account"): at for account_id, at in BankAccount.objects.values_list("pk", "created_at")}
    mails = []
    for mail in Mail.objects.filter(kind__in=TOLD).only("key", "kind", "created_at"):
        moment = moments.get((uuid.UUID(mail.key.split(":")[1]), TOLD[mail.kind]))
        if moment is not None:
            mail.created_at = moment
            mails.append(mail)
    return Mail.objects.bulk_update(mails, ["created_at"], batch_size=500)
