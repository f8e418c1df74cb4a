"""Stores where goods are picked up and hours of own delivery, with goods in them, for tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import Variant
from core.exchange.rules import own
from logistics.models import DeliverySlot, PickupPoint, SlotDay, Warehouse
from logistics.rules import Destination
from logistics.rules.opening import DAYS
from logistics.rules.slots import HORIZON_DAYS
from logistics.services import Terms, receive_stock, set_warehouse_terms
from logistics.services.pickup_points import PickupTerms, save_pickup_point
from logistics.services.slots import SlotOffer, offer_slot
from merchants.models import Merchant
from orders.models import Cart, Checkout
from orders.rules.ways import ChosenWay
from orders.selectors import cart_view
from orders.selectors.cart_views import CartView
from orders.selectors.ways import choose_ways
from tests.factories.logistics import make_warehouse
from tests.factories.orders import ADDRESS, make_buyer, place

_number = count(1)
ALWAYS = {day: [["00:00", "23:59"]] for day in DAYS}


def make_store(merchant: Merchant, *, stock: dict[Variant, int] | None = None, **terms: Any) -> PickupPoint:
    """A store of a merchant that is always open and offers pick-up, with so many pieces in it."""
    house = make_warehouse(merchant, kind=Warehouse.Kind.STORE, name=f"Corner {next(_number)}", priority=50, city="Shanghai")
    set_warehouse_terms(warehouse_id=house.pk, terms=Terms(latitude=Decimal("31.23"), longitude=Decimal("121.47"), priority=50))
    for variant, pieces in (stock or {}).items():
        receive_stock(variant=variant, warehouse=house, quantity=pieces, actor="system:test", at=timezone.now())
    said = PickupTerms(**{"address": "2 Market Street", "opening_hours": ALWAYS, **terms})
    return save_pickup_point(merchant_id=merchant.pk, warehouse_id=house.pk, terms=said)


def make_slot(warehouse: Warehouse, day: dt.date | None = None, **overrides: Any) -> DeliverySlot:
    """A slot of a warehouse on the weekday of `day`, in two days unless given."""
    day = day or slot_day()
    values = {"weekday": day.isoweekday(), "starts_at": dt.time(14), "ends_at": dt.time(16), "capacity": 2, **overrides}
    return offer_slot(merchant_id=warehouse.merchant_id, warehouse_id=warehouse.pk, offer=SlotOffer(**values))


def slot_day() -> dt.date:
    """A day on which a slot can be chosen, whatever the hour is now."""
    assert HORIZON_DAYS > 3
    return (timezone.now() + dt.timedelta(days=2)).date()


def chosen_view(cart: Cart, way: ChosenWay, merchant: Merchant) -> CartView:
    """The cart as it is counted when one merchant's goods take this way."""
    to = Destination(ADDRESS["country"], ADDRESS["postcode"])
    return choose_ways(cart_view(cart, destination=to), {merchant.pk: way}, to, own(settings.CURRENCY), timezone.now())


def place_by(cart: Cart, way: ChosenWay, merchant: Merchant, **overrides: Any) -> Checkout:
    """Place a cart of which one merchant's goods take this way."""
    user = overrides.pop("user", None)
    buyer = make_buyer(user, **{"ways": {merchant.pk: way}, **overrides.pop("buyer", {})})
    return place(cart, user=user, **{"buyer": buyer, "expected_total_minor": chosen_view(cart, way, merchant).total_minor, **overrides})


def taken(slot: DeliverySlot) -> int:
    return sum(SlotDay.objects.filter(slot=slot).values_list("taken", flat=True))
