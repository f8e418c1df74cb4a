"""The demo's exchange rates, of the day it is loaded, and some prices that merchants have rounded by hand."""

import datetime as dt
from decimal import Decimal

from django.conf import settings

from catalog.models import Variant
from catalog.services.prices import set_price
from core.exchange.files import RateRow
from core.exchange.selectors import conversion_to, offered_currencies
from core.exchange.services import add_rates
from core.models import ExchangeRate
from shop.demo.market import ACTOR

# About what a US dollar cost in late 2026; a demo needs rates of its own day, whatever day that is.
USUAL = {"CNY": "7.1035", "EUR": "0.8641", "JPY": "155.92", "KWD": "0.30684"}
DAYS = 8
ROUND_TO = {"CNY": 1_000, "JPY": 100}
PRICED_BY_HAND = 24


def enter_rates(now: dt.datetime) -> None:
    """A week of rates up to today; days that are there already are left alone."""
    if settings.CURRENCY != "USD" or ExchangeRate.objects.filter(on=now.date()).exists():
        return
    known = set(ExchangeRate.objects.filter(base="USD").values_list("quote", "on"))
    days = [now.date() - dt.timedelta(days=back) for back in range(DAYS)]
    rows = [RateRow("USD", quote, _of_day(rate, day), day) for day in days for quote, rate in USUAL.items()]
    fresh = [row for row in rows if (row.quote, row.on) not in known]
    add_rates(rows=fresh, source=ExchangeRate.Source.FILE, actor=ACTOR, at=now)


def _of_day(rate: str, day: dt.date) -> Decimal:
    """A tenth of a per cent up and down."""
    return (Decimal(rate) * (1000 + day.toordinal() % 3 - 1) / 1000).quantize(Decimal("0.000001"))


def set_round_prices(now: dt.datetime) -> None:
    """Round prices in yuan and yen for the first variants, as merchants like them: a little below the converted ones."""
    offered = offered_currencies(now.date())
    for variant in Variant.objects.order_by("sku").prefetch_related("prices")[:PRICED_BY_HAND]:
        done = {price.currency for price in variant.prices.all()} | {variant.currency}
        for currency in sorted(ROUND_TO.keys() & set(offered) - done):
            minor = conversion_to(currency, now.date()).price(variant.price_minor, variant.currency) or 0
            step = ROUND_TO[currency]
            if minor >= 2 * step:
                set_price(variant_id=variant.pk, currency=currency, price_minor=minor // step * step - step // 100)
