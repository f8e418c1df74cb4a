"""Reads for the border: where goods would be sent from, and what their destination charges."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from core.compiled import compiled
from core.exchange.rules import Conversion
from logistics.models import CustomsRegime, DutyRate, ShippingRate, Stock
from logistics.rules import Destination, Line, Pick, allocate
from logistics.rules.duties import DutyRow, Regime, Tariff
from logistics.services.sites import SITE_COLUMNS, level_of


def planned(lines: Sequence[Line], destination: Destination, at: dt.datetime) -> list[Pick]:
    """Where these lines would be sent from were they ordered now; nothing where there is too little of one. One query."""
    levels = _levels(list({line.variant_id: None for line in lines}))
    return allocate(lines, [level_of(row) for row in levels], destination, at).picks


@compiled
def _levels(variant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    return Stock.objects.filter(variant_id__in=variant_ids, warehouse__is_active=True).values_list(
        "pk", "merchant_id", "variant_id", "warehouse__code", "warehouse__priority", F("on_hand") - F("reserved"), *SITE_COLUMNS
    )


def tariff_for(country: str, hs_codes: Iterable[str], conversion: Conversion, on: dt.date) -> Tariff:
    """What a destination charges for goods of these codes on a day, its amounts in the currency of `conversion`. Two queries."""
    open_on = Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    found = CustomsRegime.objects.filter(open_on, country=country).order_by("-valid_from").first()
    if found is None:
        return Tariff()
    prefixes = {code[:length] for code in hs_codes for length in range(len(code) + 1)}
    rows = DutyRate.objects.filter(open_on, country=country, hs_prefix__in=prefixes | {""}).values_list(
        "hs_prefix", "duty_bps", "tax_bps", "bonded_duty_bps", "bonded_tax_bps", "valid_from", "valid_until"
    )
    names = ("country", "base", "currency", "tax_kind", "valid_from", "duty_free_minor", "tax_free_minor", "bonded_most_minor")
    regime = Regime(**{name: getattr(found, name) for name in names})
    return Tariff(regime, tuple(DutyRow(*row) for row in rows), _limits(regime, conversion))


def _limits(regime: Regime, conversion: Conversion) -> tuple[int, int, int | None] | None:
    """The amounts that decide in another currency; None where one of them cannot be said in it. Nothing is nothing in all of them."""
    amounts = (regime.duty_free_minor, regime.tax_free_minor, regime.bonded_most_minor or 0)
    said = [conversion.amount(minor, regime.currency) if minor else 0 for minor in amounts]
    duty_free, tax_free, most = said
    if duty_free is None or tax_free is None or most is None:
        return None
    return duty_free, tax_free, most if regime.bonded_most_minor is not None else None


def bear_duties(merchant_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the merchants that pay import charges themselves (DDP). One query."""
    return set(ShippingRate.objects.filter(merchant_id__in=merchant_ids, bears_duties=True).values_list("merchant_id", flat=True))


def variants_of_stock(stock_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Which variant lies in each stock row. One query."""
    return dict(Stock.objects.filter(pk__in=stock_ids).values_list("pk", "variant_id"))
