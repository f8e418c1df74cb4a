"""How many purchases one buyer may leave unpaid: each keeps goods from everybody else until its deadline."""

import uuid

from django.conf import settings
from django.db.models import CharField, Func, Value
from django.db.models.functions import Lower

from orders.errors import TooManyUnpaid
from orders.models import Checkout
from orders.states import CheckoutStatus

_LOCK_SPACE = 20_011  # of PostgreSQL's advisory locks with two keys; logistics has the one before


def turn_of(user_id: uuid.UUID | None, email: str) -> Func:
    """An expression that waits until this buyer's other purchases are placed, and makes later ones wait for this transaction.

    A member is known by the account, a guest by the e-mail address. Count in a later statement: this one sees the time before the wait.
    """
    buyer = Value(f"unpaid purchases of {user_id or email.lower()}")
    return Func(Value(_LOCK_SPACE), Func(buyer, function="hashtext"), function="pg_advisory_xact_lock", output_field=CharField())


def refuse_hoarding(user_id: uuid.UUID | None, email: str) -> None:
    """One indexed count.

    Raises:
        TooManyUnpaid: as many purchases as are allowed wait for this buyer's money.
    """
    if _unpaid(user_id, email) >= settings.UNPAID_ORDERS_PER_BUYER:
        raise TooManyUnpaid(most=settings.UNPAID_ORDERS_PER_BUYER)


def _unpaid(user_id: uuid.UUID | None, email: str) -> int:
    unpaid = Checkout.objects.filter(status=CheckoutStatus.AWAITING_PAYMENT)
    if user_id is not None:
        return unpaid.filter(user_id=user_id).count()
    return unpaid.alias(mailbox=Lower("email")).filter(user=None, mailbox=email.lower()).count()
