from orders.errors import CheckoutCancelled, CheckoutConfirmed, CheckoutExpired, CheckoutPaid
from orders.models import Checkout
from orders.states import CheckoutStatus

REFUSALS = {
    CheckoutStatus.PAID: CheckoutPaid,
    CheckoutStatus.CONFIRMED: CheckoutConfirmed,
    CheckoutStatus.CANCELLED: CheckoutCancelled,
    CheckoutStatus.EXPIRED: CheckoutExpired,
}


def refuse_ended(checkout: Checkout) -> None:
    """Let a purchase pass that waits for its payment.

    Raises:
        CheckoutPaid, CheckoutConfirmed, CheckoutCancelled, CheckoutExpired: it does not.
    """
    if checkout.status != CheckoutStatus.AWAITING_PAYMENT:
        raise REFUSALS[CheckoutStatus(checkout.status)]
