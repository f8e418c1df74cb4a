"""What countries charge for goods that come in, invented for tests."""

import datetime as dt
from typing import Any

from logistics.models import CustomsRegime, DutyRate

BEGUN = dt.date(2020, 1, 1)


def make_regime(country: str = "DE", **overrides: Any) -> CustomsRegime:
    """Duty and tax on CIF, nothing free, in the shop's currency."""
    values = {"base": "cif", "tax_kind": "vat", "currency": "USD", "valid_from": BEGUN, **overrides}
    return CustomsRegime.objects.create(country=country, **values)


def make_duty(country: str = "DE", prefix: str = "6109", duty: int = 1_200, tax: int = 1_900, **overrides: Any) -> DutyRate:
    """Rates in basis points of goods whose HS code begins so."""
    values = {"duty_bps": duty, "tax_bps": tax, "valid_from": BEGUN, **overrides}
    return DutyRate.objects.create(country=country, hs_prefix=prefix, **values)
