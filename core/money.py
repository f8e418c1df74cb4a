"""Money is an integer number of minor units plus an ISO 4217 currency. Never float, never Decimal outside rate rules."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import format_currency

EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3}
# We count these in hundredths, and cards charge them in whole units only.
WHOLE_UNITS = frozenset(["BIF", "DJF", "GNF", "ISK", "KMF", "MGA", "PYG", "RWF", "UGX", "VUV", "XAF", "XOF", "XPF"])
BASIS_POINTS = 10_000


def exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit (ISO 4217); two unless listed."""
    return EXPONENTS.get(currency, 2)


def charge_step(currency: str) -> int:
    """Amounts people are asked to pay, and amounts they are paid back, are multiples of this many minor units.

    Cards charge three-decimal currencies in whole hundredths only, and some others in whole units (docs.stripe.com/currencies,
    "Three-decimal currencies", "Special cases").
    """
    if currency in WHOLE_UNITS:
        return 100
    return 10 if exponent(currency) == 3 else 1


def in_steps(minor: int, step: int) -> int:
    """The greatest multiple of `step` that is not above an amount."""
    return minor // step * step


@dataclass(frozen=True, slots=True)
class Money:
    """`Money(1999, "USD")` is 19.99 US dollars. Adding two currencies raises ValueError."""

    minor: int
    currency: str

    def _other(self, other: Money) -> int:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._other(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._other(other), self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._other(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def amount(self) -> Decimal:
        """The value in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def format(self, language: str = "en") -> str:
        """The value as people of that language write it, such as $19.99 or US$19.99."""
        return _written(self, language)


@functools.lru_cache(maxsize=8192)
def _written(money: Money, language: str) -> str:
    return written(money.amount, money.currency, language)


_CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")


def written(amount: Decimal, currency: str, language: str) -> str:
    """An amount in major units as people of the language write it; a currency's letters stand apart from the figure (CLDR's spacing).

    A negative one has a minus sign, which is as wide as the plus sign and is never broken off at the end of a line as a hyphen is.
    """
    text = _CODE_BEFORE_DIGIT.sub("\u00a0", format_currency(amount, currency, locale=babel_locale(language)))
    return text.replace("-", "\u2212")


def babel_locale(language: str) -> str:
    """Babel's name of a Django language code."""
    return {"zh-hans": "zh_Hans_CN", "en": "en_US"}.get(language, language.replace("-", "_"))


def basis_points(minor: int, rate: int) -> int:
    """`rate` basis points of an amount, half up: 250 bp of 999 is 25."""
    share = Decimal(minor) * rate / BASIS_POINTS
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(total: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Shares of `total` minor units in proportion to `weights`, by largest remainder; they sum to the total exactly.

    Ties go to the earlier share, so the same input always gives the same split. Weights are ≥ 0; all zero splits evenly. Each share
    is a multiple of `step`, provided that total and weights are; what was never in steps is split to the unit.
    """
    if not weights:
        return []
    if step > 1 and not any(amount % step for amount in (total, *weights)):
        return [share * step for share in split(total // step, [weight // step for weight in weights])]
    whole = sum(weights)
    used = list(weights) if whole else [1] * len(weights)
    whole = whole or len(weights)
    shares = [total * weight // whole for weight in used]
    remainders = [total * weight % whole for weight in used]
    for index in sorted(range(len(used)), key=lambda i: (-remainders[i], i))[: total - sum(shares)]:
        shares[index] += 1
    return shares


def parse_minor(text: Any, currency: str) -> int:
    """Minor units of a decimal text in major units; ValueError where it has more places than the currency."""
    scaled = Decimal(str(text)).scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text} has more decimal places than {currency}")
    return int(scaled)
