import datetime as dt
import uuid

from django.db import transaction
from django.db.models.functions import Greatest, Now

from logistics import services as logistics
from orders.models import Checkout
from orders.services.moves import locked_checkout
from orders.states import CheckoutStatus
from payments.models import PaymentAttempt


@transaction.atomic
def wait_longer(*, checkout_id: uuid.UUID, gateway: str, patience: dt.timedelta) -> None:
    """Keep an unpaid purchase and its goods for `patience` from now, by the database's clock, as its payment takes days.

    Once per purchase and gateway: asking again for the same payment does not keep the goods for ever.

    Raises:
        CheckoutNotFound: there is none.
    """
    checkout = locked_checkout(checkout_id)
    if checkout.status != CheckoutStatus.AWAITING_PAYMENT or PaymentAttempt.objects.filter(reference=checkout.pk, gateway=gateway).exists():
        return
    Checkout.objects.filter(pk=checkout.pk).update(expires_at=Greatest("expires_at", Now() + patience))
    checkout.refresh_from_db(fields=["expires_at"])
    logistics.prolong_reservations(reference=checkout.pk, expires_at=checkout.expires_at)
