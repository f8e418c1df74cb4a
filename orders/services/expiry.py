import datetime as dt
import logging
import uuid

from django.db import transaction

from orders.models import Checkout
from orders.services.unpaid import expire
from orders.states import CheckoutStatus

log = logging.getLogger(__name__)


def expire_unpaid(*, at: dt.datetime, limit: int = 200) -> int:
    """End purchases whose time to pay is over at `at` (by the database's clock); returns how many.

    Several sweeps may run at once: each purchase is picked with SKIP LOCKED, judged again under its lock and ended in a
    transaction of its own, so a sweep that dies midway leaves nothing half done.
    """
    due = Checkout.objects.filter(status=CheckoutStatus.AWAITING_PAYMENT, expires_at__lte=at).order_by("expires_at")
    return sum(_expire_if_due(checkout_id, at) for checkout_id in list(due.values_list("pk", flat=True)[:limit]))


def _expire_if_due(checkout_id: uuid.UUID, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            rows = Checkout.objects.select_for_update(skip_locked=True)
            checkout = rows.filter(pk=checkout_id, status=CheckoutStatus.AWAITING_PAYMENT, expires_at__lte=at).first()
            if checkout is None:
                return False
            expire(checkout, at)
    except Exception:
        # One broken purchase must not keep the others from expiring.
        log.exception("expiry failed", extra={"checkout_id": str(checkout_id)})
        return False
    return True


@transaction.atomic
def expire_released(*, checkout_id: uuid.UUID, at: dt.datetime) -> bool:
    """Its reservations have run out already: end the purchase too, unless it was paid or ended before."""
    checkout = Checkout.objects.select_for_update().filter(pk=checkout_id, status=CheckoutStatus.AWAITING_PAYMENT).first()
    if checkout is None:
        return False
    expire(checkout, at)
    return True
