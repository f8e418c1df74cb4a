"""A card's price in a chosen currency as SQL, for filters and sorting: to the unit what catalog.rules.prices says and pages print."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Case, DecimalField, Expression, F, Func, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Ceil, Least
from django.db.models.lookups import LessThan

from catalog.models import ProductCard
from core.exchange.rules import Conversion, charm_step, factor
from core.money import charge_step
from core.remembered import remembered

BASES_SECONDS = 60
_EXACT: Any = DecimalField(max_digits=60, decimal_places=20)
_MINOR: Any = BigIntegerField()


class _HalfUp(Func):
    """PostgreSQL rounds numeric halves away from zero, as Decimal's ROUND_HALF_UP does."""

    function = "round"
    output_field = _EXACT


def minor_price(conversion: Conversion | None) -> Expression | F:
    """What orders and narrows cards by price: the stored price where that is the price asked for, which an index knows, else computed.

    Cards that cannot be priced in the currency come last and are in no range of prices.
    """
    if conversion is None or card_currencies() <= {conversion.currency}:
        return F("price_minor")
    computed = _converted(F("price_minor"), conversion)
    own = Cast(KT(f"prices__{conversion.currency}__price"), _MINOR)
    rest = _converted(Cast(KT(f"prices__{conversion.currency}__rest"), _MINOR), conversion)
    return Case(
        When(currency=conversion.currency, then=F("price_minor")),
        When(prices__has_key=conversion.currency, then=Least(own, rest)),
        default=computed,
        output_field=_MINOR,
    )


def card_currencies() -> frozenset[str]:
    """The currencies that visible products are priced in; one statement a minute at most."""
    rows = ProductCard.objects.filter(is_visible=True).order_by().values_list("currency", flat=True).distinct()
    return remembered("card currencies", BASES_SECONDS, lambda: frozenset(rows))


def _converted(minor: Any, conversion: Conversion) -> Expression:
    factors = {
        base: factor(quote.rate, base, conversion.currency) / charge_step(conversion.currency) for base, quote in conversion.quotes.items()
    }
    by_currency = [When(currency=base, then=Value(exact, _EXACT)) for base, exact in sorted(factors.items())]
    step = charge_step(conversion.currency)
    rounded: Any = _HalfUp(Cast(minor, _EXACT) * Case(*by_currency, default=None, output_field=_EXACT)) * Value(step, _EXACT)
    if conversion.is_charming:
        unit, below = charm_step(conversion.currency)
        rounded = Ceil((rounded + below) / unit) * unit - below
    whole = Cast(rounded, _MINOR)
    # Not GREATEST, which would make the least price of no price.
    return Case(When(LessThan(whole, step), then=Value(step)), default=whole, output_field=_MINOR)
