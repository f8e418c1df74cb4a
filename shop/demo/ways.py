"""The grocer round the corner has three more stores where shoppers pick up, and comes to the door at hours they choose."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import User
from catalog.models import Variant
from core.exchange.rules import own
from logistics.models import PickupPoint, Stock, Warehouse
from logistics.rules import Destination, Zone
from logistics.services import Terms, receive_stock, set_warehouse_terms
from logistics.services.pickup_points import PickupTerms, save_pickup_point
from logistics.services.slots import SlotOffer, offer_slot
from logistics.services.store_import import import_store, store_row
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder
from orders.rules.ways import SENT, ChosenWay
from orders.selectors import cart_view
from orders.selectors.cart_views import Parcel
from orders.selectors.ways import choose_ways
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.order_rows import Buyer
from orders.services.payment import settle, start_payment
from orders.services.pickups import put_aside
from payments.services.sandbox import decide
from shop.demo.history import NAMESPACE, SHOPPER
from shop.demo.market import ACTOR
from shop.demo.routes import GROCER
from shop.demo.source import rows

PIECES = 12
HOURS = ((dt.time(9), dt.time(12)), (dt.time(14), dt.time(17)), (dt.time(18), dt.time(20)))
Choose = Callable[[Parcel], ChosenWay]


def open_stores(now: dt.datetime) -> None:
    """Stores and slots, one order that is to be put aside, one that waits for its shopper, and one for a slot; again changes nothing."""
    grocer = Merchant.objects.filter(slug=GROCER).first()
    house = Warehouse.objects.filter(merchant=grocer).order_by("priority", "pk").first() if grocer else None
    if grocer is None or house is None or PickupPoint.objects.filter(merchant=grocer).exists():
        return
    with transaction.atomic():
        _open(grocer, house, now)
    at = now - dt.timedelta(hours=2)
    shopper = User.objects.filter(email=SHOPPER).first()
    _order("aside", house, _first_store, now - dt.timedelta(minutes=20), name="Gao Min")
    ready = _order("ready", house, _last_store, at, name="Lin Xiaoyu", user=shopper)
    if ready is not None:
        put_aside(order_id=ready.pk, merchant_id=grocer.pk, actor=ACTOR, at=now - dt.timedelta(minutes=40))
    _order("slot", house, _first_slot, at, name="Shao Jing")


def _open(grocer: Merchant, house: Warehouse, now: dt.datetime) -> None:
    terms = Terms(latitude=Decimal("30.657"), longitude=Decimal("104.055"), priority=house.priority, low_stock_at=house.low_stock_at)
    set_warehouse_terms(warehouse_id=house.pk, terms=terms)
    hours = grocer.opening_hours or {"mon": [["07:00", "21:30"]]}
    first = PickupTerms(address="玉林西路 18 号 18 Yulin West Road", opening_hours=hours, ready_hours=1)
    save_pickup_point(merchant_id=grocer.pk, warehouse_id=house.pk, terms=first)
    for row in rows("stores"):
        import_store(merchant=grocer, store=store_row(row, country="CN", time_zone="Asia/Shanghai"))
    goods = Variant.objects.filter(merchant=grocer, is_active=True, is_bundle=False, product__is_digital=False).order_by("sku")
    for branch in Warehouse.objects.filter(merchant=grocer, pickup_point__isnull=False).exclude(pk=house.pk).order_by("code"):
        for variant in goods:
            receive_stock(variant=variant, warehouse=branch, quantity=PIECES, actor=ACTOR, at=now - dt.timedelta(days=3))
    for weekday in range(1, 8):
        for starts, ends in HOURS:
            offer = SlotOffer(weekday, starts, ends, capacity=8, closes_hours=2, zones=[Zone("CN", ("610", "611"))])
            offer_slot(merchant_id=grocer.pk, warehouse_id=house.pk, offer=offer)


def _first_store(parcel: Parcel) -> ChosenWay:
    return ChosenWay(store_id=parcel.ways.points[0].warehouse_id) if parcel.ways.points else SENT


def _last_store(parcel: Parcel) -> ChosenWay:
    return ChosenWay(store_id=parcel.ways.points[-1].warehouse_id) if parcel.ways.points else SENT


def _first_slot(parcel: Parcel) -> ChosenWay:
    option = next(iter(parcel.ways.slots), None)
    return ChosenWay(slot_id=option.slot.pk, day=option.day) if option else SENT


def _order(name_of: str, house: Warehouse, choose: Choose, at: dt.datetime, *, name: str, user: User | None = None) -> MerchantOrder | None:
    """A paid order by the way chosen; None where the shelves are empty."""
    stock = Stock.objects.filter(warehouse=house, on_hand__gte=F("reserved") + 4, variant__currency=settings.CURRENCY)
    stock = stock.filter(variant__is_active=True, variant__min_quantity=1, variant__quantity_step=1, variant__product__status="published")
    row = stock.order_by("variant__sku").first()
    if row is None:
        return None
    key = uuid.uuid5(NAMESPACE, f"way {name_of}")
    cart = add_to_cart(user=user, token=None, variant_id=row.variant_id, quantity=2, at=at)
    to = Destination("CN", "610041")
    view = cart_view(cart, "en", destination=to)
    parcel = next(p for p in choose_ways(view, {}, to, own(settings.CURRENCY), at).parcels if p.merchant_id == house.merchant_id)
    ways = {house.merchant_id: choose(parcel)}
    total = choose_ways(view, ways, to, own(settings.CURRENCY), at).total_minor
    buyer = Buyer(
        user_id=user.pk if user else None, email=user.email if user else f"{name_of}@demo.jishi", language="zh-hans" if user else "en",
        name=name, phone="+86 28 8555 0166", address="武侯区倪家桥路 12 号", city="Chengdu", postcode="610041", country="CN", ways=ways,
    )  # fmt: skip
    checkout = place_order(cart_id=cart.pk, key=key, buyer=buyer, points=0, expected_total_minor=total, at=at)
    _pay(checkout, at)
    return MerchantOrder.objects.filter(checkout=checkout, merchant=house.merchant_id).first()


def _pay(checkout: Checkout, at: dt.datetime) -> None:
    attempt = start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=at)
    decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=at)
    settle(checkout_id=checkout.pk, at=at)
