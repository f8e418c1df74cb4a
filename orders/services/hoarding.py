"""How many purchases one buyer may leave unpaid: each keeps goods from everybody else until its deadline."""

import uuid

from django.conf import settings
from django.db import connection

from orders.errors import TooManyUnpaid

# One trip for both statements. The lock makes a buyer's purchases queue until the one before is committed; the count, a statement
# of its own, sees that one then. By hand, because placing is the one write that everybody does at once: the ORM took ten times as long.
_TAKE_TURN = "SELECT pg_advisory_xact_lock(%s, hashtext(%s));"
_COUNT = "SELECT count(*) FROM orders_checkout WHERE status = 'awaiting_payment' AND "
_OF_MEMBER = _TAKE_TURN + _COUNT + "user_id = %s"
_OF_GUEST = _TAKE_TURN + _COUNT + "user_id IS NULL AND lower(email) = %s"
_LOCK_SPACE = 20_011  # of PostgreSQL's advisory locks with two keys; logistics has the one before


def refuse_hoarding(user_id: uuid.UUID | None, email: str) -> None:
    """A member is known by the account, a guest by the e-mail address. Other purchases of the same buyer wait for this transaction.

    Raises:
        TooManyUnpaid: as many purchases as are allowed wait for this buyer's money.
    """
    statement, buyer = (_OF_GUEST, email.lower()) if user_id is None else (_OF_MEMBER, str(user_id))
    with connection.cursor() as cursor:
        cursor.execute(statement, [_LOCK_SPACE, buyer, buyer])
        (unpaid,) = cursor.fetchone()
    if unpaid >= settings.UNPAID_ORDERS_PER_BUYER:
        raise TooManyUnpaid(most=settings.UNPAID_ORDERS_PER_BUYER)
