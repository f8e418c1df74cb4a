"""Paying with store credit and gift cards: spent when the order is placed, given back when money goes back."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from payments import postings
from payments.errors import InsufficientCredit, RefundExceedsHold
from payments.models import CreditUse
from payments.services import ledger

FLOOR = "ledger_balance_floor"


def spend(*, purchase: uuid.UUID, source: str, owner: uuid.UUID, amount_minor: int, currency: str, at: dt.datetime) -> CreditUse:
    """Take `amount_minor` of a person's store credit, or of a gift card, for a purchase.

    The account's floor in the database decides among parallel spenders.

    Raises:
        InsufficientCredit: that much is not there.
    """
    use = CreditUse(created_at=at, purchase=purchase, source=source, owner=owner, currency=currency, amount_minor=amount_minor)
    try:
        with transaction.atomic():
            use.save(force_insert=True)
            ledger.post(posting=postings.credit(use, amount_minor, key=str(use.pk), returned=False), at=at)
    except IntegrityError as error:
        if FLOOR not in str(error):
            raise
        raise InsufficientCredit from error
    return use


def spent(purchase: uuid.UUID) -> int:
    """Minor units of a purchase that are paid with credit now."""
    left = CreditUse.objects.filter(purchase=purchase).aggregate(left=Sum(F("amount_minor") - F("returned_minor"), default=0))
    return int(left["left"])


def give_back(*, purchase: uuid.UUID, amount_minor: int, cause: uuid.UUID, at: dt.datetime) -> None:
    """Return credit to where it came from, the newest use first. The caller sees to it that a cause comes once.

    Raises:
        RefundExceedsHold: less was paid with credit.
    """
    if not amount_minor:
        return
    with transaction.atomic():
        uses = list(CreditUse.objects.select_for_update().filter(purchase=purchase).order_by("pk"))
        rest = amount_minor
        for use in reversed(uses):
            back = min(use.amount_minor - use.returned_minor, rest)
            if back:
                rest -= back
                CreditUse.objects.filter(pk=use.pk).update(returned_minor=F("returned_minor") + back)
                ledger.post(posting=postings.credit(use, back, key=f"{use.pk}:{cause}", returned=True), at=at)
        if rest:
            raise RefundExceedsHold
