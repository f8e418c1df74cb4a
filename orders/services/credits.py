"""Paying a part of a purchase, or all of it, with store credit and gift cards."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.money import Money
from orders.errors import CreditExceedsTotal
from orders.models import Checkout
from payments.errors import InsufficientCredit
from payments.models import CreditUse
from payments.services import credit, gift_cards
from payments.services.steps import refuse_odd

Source = CreditUse.Source


@dataclass(frozen=True, slots=True)
class CreditWish:
    """So many minor units from a gift card, or from the buyer's own store credit where there is no card."""

    amount_minor: int
    card_id: uuid.UUID | None = None


def total_of(wishes: Sequence[CreditWish], *, most: Money) -> int:
    """What the wishes pay together.

    Raises:
        CreditExceedsTotal: more than there is to pay, or nothing at all.
        AmountNotInSteps: a card cannot be charged what the wishes leave.
    """
    total = sum(wish.amount_minor for wish in wishes)
    if any(wish.amount_minor <= 0 for wish in wishes) or total > most.minor:
        raise CreditExceedsTotal
    refuse_odd(total, whole_minor=most.minor, currency=most.currency)
    return total


def spend_credit(checkout: Checkout, wishes: Sequence[CreditWish], at: dt.datetime) -> None:
    """Take the credit when the purchase is placed, as points are; cards in key order, because other buyers lock the same ones.

    Raises:
        InsufficientCredit: that much is not there any more.
        GiftCardUnknown, GiftCardBlocked, GiftCardExpired, GiftCardOfAnotherCurrency: a card cannot be used for this.
    """
    for wish in sorted(wishes, key=lambda wish: str(wish.card_id or "")):
        terms: dict[str, Any] = {"purchase": checkout.pk, "amount_minor": wish.amount_minor, "currency": checkout.currency, "at": at}
        if wish.card_id is not None:
            gift_cards.spend(card_id=wish.card_id, **terms)
        elif checkout.user_id is not None:
            credit.spend(source=Source.STORE_CREDIT, owner=checkout.user_id, **terms)
        else:
            raise InsufficientCredit


def return_credit(checkout: Checkout, at: dt.datetime) -> None:
    """Give back all of it when the purchase ends unpaid; the caller has locked its row and moves it, so it comes once."""
    if checkout.credit_minor:
        credit.give_back(purchase=checkout.pk, amount_minor=credit.spent(checkout.pk), cause=checkout.pk, at=at)
