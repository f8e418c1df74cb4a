"""For which company a purchase is placed, and what of its price lists the purchase keeps."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Company
from catalog.selectors.trade import Trader, hold_lists
from orders.errors import PurchaseNumberInvalid
from orders.rules import WantedLine

MAX_NUMBER = 40


@dataclass(frozen=True)
class BoughtFor:
    """The company, which has been looked up anew, and its own number for the purchase; nothing for everybody else."""

    company: Company | None = None
    trader: Trader | None = None
    number: str = ""

    def kept(self) -> dict[str, Any]:
        """What a purchase keeps of it."""
        if self.company is None:
            return {}
        names = {"company_name": self.company.name, "company_tax_number": self.company.tax_number}
        return {"company_id": self.company.pk, **names, "purchase_number": self.number}


def bought_for(*, company_id: uuid.UUID | None, user_id: uuid.UUID | None, number: str, at: dt.datetime) -> BoughtFor:
    """Whoever has left the company since the page was opened buys at everybody's prices, and is told so by the other total.

    The company's price lists are held until the purchase is written: a change of theirs is either seen here or waits. No statement
    for whoever buys for no company, two for the others.

    Raises:
        PurchaseNumberInvalid: more than 40 characters, or such that cannot be printed.
    """
    if company_id is None or user_id is None:
        return BoughtFor()
    said = " ".join(number.split())
    if len(said) > MAX_NUMBER or not (said.isprintable() or not said):
        raise PurchaseNumberInvalid(most=MAX_NUMBER)
    company = Company.objects.filter(pk=company_id, members=user_id).first()
    if company is None:
        return BoughtFor()
    trader = Trader(company.pk, timezone.localdate(at))
    hold_lists(trader)
    return BoughtFor(company, trader, said)


def kept_of_list(line: WantedLine) -> dict[str, Any]:
    """What an order line keeps of the price list that made its price."""
    if line.by_list is None:
        return {}
    row, ordinary = line.by_list
    return {"price_list_id": row.list_id, "price_list_version": row.version, "price_list_row": row.row_id, "ordinary_minor": ordinary}
