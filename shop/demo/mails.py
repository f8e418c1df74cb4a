"""The mails about the demo's history lie as far back as what they tell of, though they are written when it is loaded."""

import uuid
from collections.abc import Iterable

from core.models import StateChange
from orders.models import MerchantOrder
from orders.states import OrderStatus
from payments.models import BankAccount, Payout
from support.models import Mail

# The step of a purchase or order that each kind of mail in the demo tells of.
TOLD = {
    "order_placed": OrderStatus.AWAITING_PAYMENT,
    "order_paid": OrderStatus.PAID,
    "merchant_new_order": OrderStatus.PAID,
    "order_shipped": OrderStatus.SHIPPED,
    "order_delivered": OrderStatus.DELIVERED,
    "payout_paid": "payout_paid",
    "payout_failed": "payout_failed",
    "bank_account_changed": "bank_account",
}


def date_mails(checkout_ids: Iterable[uuid.UUID]) -> int:
    """Stamp the mails about these purchases, and about payouts and bank accounts, with the moment of the step they tell of.

    Mails of others stay. Returns how many were stamped.
    """
    checkouts = set(checkout_ids)
    orders = MerchantOrder.objects.filter(checkout__in=checkouts).values_list("pk", flat=True)
    steps = StateChange.objects.filter(entity_id__in=[*checkouts, *orders]).values_list("entity_id", "to_status", "at")
    moments = {(entity_id, status): at for entity_id, status, at in steps}
    payouts = Payout.objects.filter(settled_at__isnull=False).values_list("pk", "status", "settled_at")
    moments |= {(payout_id, f"payout_{status}"): at for payout_id, status, at in payouts}
    moments |= {(account_id, "bank_account"): at for account_id, at in BankAccount.objects.values_list("pk", "created_at")}
    mails = []
    for mail in Mail.objects.filter(kind__in=TOLD).only("key", "kind", "created_at"):
        moment = moments.get((uuid.UUID(mail.key.split(":")[1]), TOLD[mail.kind]))
        if moment is not None:
            mail.created_at = moment
            mails.append(mail)
    return Mail.objects.bulk_update(mails, ["created_at"], batch_size=500)
