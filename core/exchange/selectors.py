"""Reads of rates: which currencies are offered, and conversions into them. What is read is remembered for some seconds."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet

from core.exchange.errors import CurrencyNotOffered
from core.exchange.rules import Conversion, Quote, Rates, conversion_of
from core.models import ExchangeRate
from core.remembered import remembered

NEAR_SECONDS = 5


def oldest_usable(on: dt.date) -> dt.date:
    """The day of the oldest rates that still convert on a day."""
    return on - dt.timedelta(days=settings.EXCHANGE_RATE_DAYS)


def newest_rates(on: dt.date) -> QuerySet[ExchangeRate]:
    """The newest rate of each pair that is usable on a day."""
    usable = ExchangeRate.objects.filter(on__lte=on, on__gte=oldest_usable(on))
    return usable.order_by("base", "quote", "-on").distinct("base", "quote")


def rates_on(on: dt.date) -> Rates:
    """All usable rates of a day; one statement every few seconds."""
    return _known(on)[0]


def offered_currencies(on: dt.date) -> tuple[str, ...]:
    """The shop's currency, and those of its other currencies for which there is a usable rate, in the order of the setting."""
    return _known(on)[1]


def conversion_to(currency: str, on: dt.date) -> Conversion:
    """How prices are said in a currency on a day.

    Raises:
        CurrencyNotOffered: the shop does not sell in it, or its rate is missing or too old.
    """
    _rates, offered, made = _known(on)
    if currency not in offered:
        raise CurrencyNotOffered(currency=currency)
    return made[currency]


def _known(on: dt.date) -> tuple[Rates, tuple[str, ...], dict[str, Conversion]]:
    return remembered(f"exchange:{on}:{settings.CURRENCIES}", NEAR_SECONDS, lambda: _read(on))


def _read(on: dt.date) -> tuple[Rates, tuple[str, ...], dict[str, Conversion]]:
    rows = newest_rates(on).values_list("base", "quote", "rate", "on")
    rates = Rates({(base, quote): Quote(rate, day) for base, quote, rate, day in rows}, settings.CURRENCY)
    bases = {*rates.currencies, *settings.CURRENCIES}
    oldest = oldest_usable(on)
    made = {code: conversion_of(rates, code, bases, oldest, is_charming=settings.CHARM_PRICES) for code in settings.CURRENCIES}
    offered = tuple(code for code in settings.CURRENCIES if made[code].quote(settings.CURRENCY))
    return rates, offered, made
