"""The currency a caller asks for."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from core.exchange.rules import Conversion
from core.exchange.selectors import conversion_to


def asked_conversion(request: Any) -> Conversion:
    """Into the currency of `?currency=`, the shop's own without it.

    Raises:
        CurrencyNotOffered: the shop does not sell in it, or its rate is too old.
    """
    code = (request.GET.get("currency") or settings.CURRENCY) if request is not None else settings.CURRENCY
    return conversion_to(code.upper()[:3], timezone.localdate())
