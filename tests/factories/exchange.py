from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from core.exchange.files import RateRow
from core.exchange.rules import Conversion
from core.exchange.selectors import conversion_to
from core.exchange.services import add_rates
from core.models import ExchangeRate
from core.remembered import forget

# What a US dollar costs.
USUAL = {"CNY": "7.1235", "EUR": "0.8654", "JPY": "155.23", "KWD": "0.30712"}


def make_rates(on: dt.date | None = None, *, base: str = "USD", **rates: str) -> None:
    """The usual rates of a day (today unless given), or those given, such as `JPY="155.23"`."""
    day = on or timezone.localdate()
    rows = [RateRow(base, quote, Decimal(rate), day) for quote, rate in (rates or USUAL).items()]
    add_rates(rows=rows, source=ExchangeRate.Source.ENTERED, actor="operator:test", at=timezone.now(), is_checked=True)
    forget()


def into(currency: str, on: dt.date | None = None) -> Conversion:
    """The conversion of a day into a currency."""
    return conversion_to(currency, on or timezone.localdate())
