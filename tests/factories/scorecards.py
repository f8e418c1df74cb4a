"""Orders whose days are set by hand, so that a scorecard's numbers can be counted on the fingers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from catalog.models import Variant
from logistics.models import Shipment
from merchants.models import Measure, Merchant, Violation
from merchants.services.scorecards import Numbers, replace_scorecards
from merchants.services.violations import make_violation
from orders.models import MerchantOrder
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import order_up_to

# A Wednesday; its scorecards cover what happened before the midnight that ends it.
DAY = dt.date(2026, 6, 17)
MIDNIGHT = dt.datetime(2026, 6, 18, tzinfo=dt.UTC)


def make_variant(merchant: Merchant | None = None) -> Variant:
    return make_goods(merchant=merchant or make_seller(), stock=200)


def make_order(variant: Variant, status: str = "completed", *, tracking: str = "", **moments: dt.datetime | None) -> MerchantOrder:
    """An order of the variant in this state; what `moments` name is set to them."""
    order = order_up_to(status, variants=[variant]).order
    MerchantOrder.objects.filter(pk=order.pk).update(**moments)
    parcels = Shipment.objects.filter(reference=order.pk)
    if moments.get("shipped_at"):
        parcels.update(shipped_at=moments["shipped_at"])
    if tracking:
        parcels.update(tracking_number=tracking)
    order.refresh_from_db()
    return order


def ago(days: float = 0, **more: float) -> dt.datetime:
    """So long before the midnight that ends DAY."""
    return MIDNIGHT - dt.timedelta(days=days, **more)


def give_numbers(merchant: Merchant, *, day: dt.date = DAY, windows: tuple[int, ...] = (7, 30), **found: tuple[int, int]) -> None:
    """Scorecards of a day with these numbers; what is not named is 0 of 0."""
    pairs = {measure: found.get(measure, (0, 0)) for measure in Measure}
    numbers = [Numbers(merchant.pk, window, pairs) for window in windows]
    replace_scorecards(day=day, numbers=numbers, at=timezone.now())


def make_open_violation(merchant: Merchant, **overrides: Any) -> Violation:
    call: dict[str, Any] = {"rule": "Do not sell copies", "reason": "Three listings were copies.", "points": 6}
    return make_violation(merchant_id=merchant.pk, actor="operator:test", **{**call, "at": timezone.now(), **overrides})
