"""Prices of companies. Whatever is read here belongs to one company and one merchant: it is never kept where others could see it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Company
from catalog.models import PriceListRow, TradeAccount
from catalog.rules.quantities import Tier
from catalog.rules.trade import Listed
from catalog.states import TradeStatus
from core.exchange.rules import Conversion

Rows = Mapping[uuid.UUID, tuple[Listed, ...]]


@dataclass(frozen=True, slots=True)
class Trader:
    """Whose prices are asked for: the company a signed-in person buys for, and the day they buy on."""

    company_id: uuid.UUID
    on: dt.date


def listed_prices(variant_ids: Iterable[uuid.UUID], trader: Trader | None, conversion: Conversion | None = None) -> Rows:
    """The rows of price lists that apply to a company, by variant; no statement for whoever buys for none, one for the others.

    Args:
        conversion: amounts are said in its currency, in that of each list without one. A row that cannot be said in it is left out.
    """
    ids = list(dict.fromkeys(variant_ids))
    if trader is None or not ids:
        return {}
    return _by_variant(_rows(trader).filter(variant_id__in=ids), conversion)


def listed_of_product(slug: str, trader: Trader | None, conversion: Conversion) -> Rows:
    """As `listed_prices`, of all variants of a product; with one statement, so that a page knows whether it may be kept."""
    return {} if trader is None or "\x00" in slug else _by_variant(_rows(trader).filter(variant__product__slug=slug[:200]), conversion)


def _by_variant(rows: QuerySet[Any], conversion: Conversion | None) -> Rows:
    found: dict[uuid.UUID, tuple[Listed, ...]] = {}
    for variant_id, row_id, list_id, version, least, steps, currency, name in rows.values_list(*_READ):
        if said := _said(steps, currency, conversion):
            found[variant_id] = (*found.get(variant_id, ()), Listed(row_id, list_id, version, least, said, name))
    return found


_COMPANY = "price_list__accounts__company__name"
_READ = ("variant_id", "pk", "price_list_id", "price_list__version", "least", "steps", "price_list__currency", _COMPANY)


def _rows(trader: Trader) -> QuerySet[Any]:
    rows: QuerySet[Any] = PriceListRow.objects.filter(
        Q(price_list__valid_from=None) | Q(price_list__valid_from__lte=trader.on),
        Q(price_list__valid_until=None) | Q(price_list__valid_until__gte=trader.on),
        price_list__is_active=True,
        price_list__accounts__company_id=trader.company_id,
        price_list__accounts__company__is_active=True,
        price_list__accounts__status=TradeStatus.APPROVED,
    )
    return rows.order_by("pk")


def _said(steps: Sequence[Sequence[int]], currency: str, conversion: Conversion | None) -> tuple[Tier, ...]:
    """Steps in the currency of `conversion`; one that rounding has made no cheaper than the one before is left out."""
    said: list[Tier] = []
    for quantity, minor in steps:
        amount = minor if conversion is None or conversion.currency == currency else conversion.price(minor, currency)
        if amount is not None and (not said or amount < said[-1].price_minor):
            said.append(Tier(quantity, amount))
    return tuple(said)


def accounts_of_company(company: Company) -> QuerySet[TradeAccount]:
    """Where a company has trade prices, has asked for them, or is offered them."""
    rows = TradeAccount.objects.filter(company=company).select_related("merchant")
    return rows.order_by("merchant__name", "pk")


def hold_lists(trader: Trader) -> None:
    """Keep the company's price lists, and that it has them, as they are until the transaction ends: a change waits for whoever buys."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [trader.company_id])


_HOLD = """
SELECT account.id FROM catalog_tradeaccount account JOIN catalog_pricelist list ON list.id = account.price_list_id
WHERE account.company_id = %s AND account.status = 'approved'
ORDER BY list.id FOR SHARE
"""
