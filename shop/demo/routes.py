"""The grocer round the corner brings today's orders to the door: two vehicles, a dozen stops, planned."""

import datetime as dt
import uuid
from decimal import Decimal

from django.conf import settings

from catalog.models import Variant
from logistics.models import RoutePlan, RouteStop, Vehicle, Warehouse
from logistics.routes import services, work
from logistics.selectors import availability
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.order_rows import Buyer
from orders.services.own_delivery import deliver_ourselves
from orders.services.payment import settle, start_payment
from payments.services.sandbox import decide
from shop.demo.history import NAMESPACE
from shop.demo.market import ACTOR

GROCER = "xiangkou-grocer"
ITERATIONS = 2_000
# Name, address, north, east, from and until when somebody is there, note.
DOORS = (
    ("Deng Yulan", "玉林南路 6 号 2 单元 301", "30.6265", "104.0612", "", "", "请放门口的鞋柜上"),
    ("Oliver Hart", "Tongzilin Middle Road 12, apt 1804", "30.6158", "104.0655", "", "12:00", "Reception signs for parcels"),
    ("Pu Jianguo", "倪家桥路 8 号", "30.6321", "104.0709", "", "", ""),
    ("Xie Ting", "科华北路 65 号", "30.6308", "104.0842", "14:00", "17:00", "下午才有人"),
    ("Marta Nowak", "Gaosheng Bridge Road 2", "30.6397", "104.0361", "", "", "The bell is broken, please call"),
    ("Luo Wenbin", "武侯祠大街 231 号", "30.6452", "104.0489", "", "", ""),
    ("Tang Xiaoqin", "浆洗街 30 号 5 楼", "30.6498", "104.0556", "09:00", "11:30", ""),
    ("Zeng Hao", "人民南路四段 19 号", "30.6241", "104.0688", "", "", ""),
    ("Amelie Roux", "Jinli Road 118", "30.6517", "104.0523", "", "", ""),
    ("Peng Shufen", "少陵路 88 号", "30.6561", "104.0402", "", "", "电梯在左边"),
    ("Yi Chengzhi", "清江东路 51 号", "30.6655", "104.0248", "15:00", "18:00", ""),
    ("Fan Meiling", "芳草街 47 号", "30.6189", "104.0497", "", "", ""),
)


def bring(now: dt.datetime) -> None:
    """Everything up to a planned day; again changes nothing."""
    grocer = Merchant.objects.filter(slug=GROCER).first()
    warehouse = Warehouse.objects.filter(merchant=grocer).first() if grocer else None
    if grocer is None or warehouse is None or RouteStop.objects.filter(merchant=grocer).count() >= len(DOORS):
        return
    _buy_vehicles(warehouse)
    for number in range(len(DOORS)):
        order = _ordered(number, grocer, now - dt.timedelta(hours=3, minutes=7 * number))
        if order is not None:
            _take_along(order, number, now)
    _plan(grocer, now)


def _buy_vehicles(warehouse: Warehouse) -> None:
    for name, pieces, per_km, fixed in (("三轮电动车 E-trike", 14, 12, 900), ("小面包车 Minivan", 60, 35, 2_400)):
        if not Vehicle.objects.filter(warehouse=warehouse, name=name).exists():
            services.save_vehicle(
                merchant=warehouse.merchant, name=name, capacity_g=None, capacity_pieces=pieces, per_km_minor=per_km, per_stop_minor=30,
                fixed_minor=fixed, warehouse=warehouse, starts_at=dt.time(8, 30), ends_at=dt.time(19),
            )  # fmt: skip


def _ordered(number: int, grocer: Merchant, at: dt.datetime) -> MerchantOrder | None:
    """One shopper's paid order of this morning; None where the shelves are empty."""
    key = uuid.uuid5(NAMESPACE, f"to the door {number}")
    checkout = Checkout.objects.filter(pk=key).first() or _placed(number, key, grocer, at)
    if checkout is None:
        return None
    if checkout.paid_at is None:
        attempt = start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=at)
        decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=at)
        settle(checkout_id=key, at=at)
    order: MerchantOrder | None = MerchantOrder.objects.filter(checkout_id=key, merchant=grocer, status="paid").first()
    return order


def _placed(number: int, key: uuid.UUID, grocer: Merchant, at: dt.datetime) -> Checkout | None:
    rows = Variant.objects.filter(
        merchant=grocer, is_active=True, is_bundle=False, min_quantity=1, quantity_step=1, currency=settings.CURRENCY,
        product__status="published", product__is_digital=False,
    )  # fmt: skip
    left = availability(list(rows.values_list("pk", flat=True)))
    wanted = [variant for variant in rows.order_by("sku") if left[variant.pk] > 5]
    if not wanted:
        return None
    name, address, *_ = DOORS[number]
    is_chinese = not address.isascii()
    buyer = Buyer(
        user_id=None, email=f"door{number}@demo.jishi", language="zh-hans" if is_chinese else "en", name=name,
        phone=f"+86 28 8555 01{number:02}", address=address, city="成都" if is_chinese else "Chengdu", postcode="610041", country="CN",
    )  # fmt: skip
    cart = add_to_cart(user=None, token=None, variant_id=wanted[number % len(wanted)].pk, quantity=1 + number % 3, at=at)
    total = cart_view(cart, "en").total_minor
    return place_order(cart_id=cart.pk, key=key, buyer=buyer, points=0, expected_total_minor=total, at=at)


def _take_along(order: MerchantOrder, number: int, now: dt.datetime) -> None:
    """The parcel with what the grocer knows of the door."""
    *_, north, east, opens, closes, note = DOORS[number]
    for stop in deliver_ourselves(order_id=order.pk, day=now.date(), note=note, actor=ACTOR, at=now):
        services.describe_stop(
            stop_id=stop.pk, merchant_id=stop.merchant_id, latitude=Decimal(north), longitude=Decimal(east),
            window_from=dt.time.fromisoformat(opens) if opens else None,
            window_until=dt.time.fromisoformat(closes) if closes else None, service_minutes=6, note=note,
        )  # fmt: skip


def _plan(grocer: Merchant, now: dt.datetime) -> None:
    for plan in RoutePlan.objects.filter(merchant=grocer, planned_at=None):
        asked = services.ask_for_routes(plan_id=plan.pk, merchant_id=grocer.pk, actor=ACTOR, at=now)
        work.plan_day(asked, clock=lambda: now, iterations=ITERATIONS)
