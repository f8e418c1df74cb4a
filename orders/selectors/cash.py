from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db.models import Q

from core.remembered import remembered
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder

REMEMBERED_SECONDS = 5


def cash_is_offered(*, merchant_ids: Collection[uuid.UUID], due_minor: int, currency: str) -> bool:
    """Whether a purchase of these merchants may be paid in cash at the door: all of them allow it and it is not too much.

    For pages: what merchants allow is remembered for seconds. Confirming asks the database (`cash_is_allowed`).
    """
    if not _is_within_limit(due_minor, currency) or not merchant_ids:
        return False
    return _merchants_with_cash().issuperset(merchant_ids)


def cash_is_allowed(checkout: Checkout) -> bool:
    """The same for a purchase that was placed, as the database says now."""
    no_cash = Q(merchant__cash_on_delivery=False) | Q(digital_consent_at__isnull=False)  # nobody pays at the door for a download
    refusing = MerchantOrder.objects.filter(no_cash, checkout=checkout)
    return _is_within_limit(checkout.due_minor, checkout.currency) and not refusing.exists()


def _is_within_limit(due_minor: int, currency: str) -> bool:
    return currency == settings.CURRENCY and 0 < due_minor <= settings.CASH_ON_DELIVERY_MAX_MINOR


def _merchants_with_cash() -> frozenset[uuid.UUID]:
    found: frozenset[uuid.UUID] = remembered(
        "merchants with cash on delivery",
        REMEMBERED_SECONDS,
        lambda: frozenset(Merchant.objects.filter(cash_on_delivery=True).values_list("pk", flat=True)),
    )
    return found
