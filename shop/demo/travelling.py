"""Parcels of the shop whose login is printed: one that travels while you watch, one that came back, one that got lost."""

import datetime as dt
import uuid
from collections.abc import Iterator

from catalog.models import Product, Variant
from logistics.models import CarrierAccount, Shipment
from logistics.services import record_tracking
from logistics.services.carrier_accounts import create_carrier_account
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.dispatching import dispatch_order
from orders.services.order_rows import Buyer
from orders.services.payment import settle, start_payment
from payments.services.sandbox import decide
from shop.demo.history import OFTEN
from shop.demo.market import ACTOR, person
from shop.demo.source import CHINESE

NAMESPACE = uuid.UUID("0d6f3a52-7a8e-4f0b-8a53-1f5b7e7f2c11")
HOUR = dt.timedelta(hours=1)
BUYERS = (("Wu Fang", "Chengdu", "610000"), ("Xu Lin", "Beijing", "100000"), ("Deng Hui", "Guangzhou", "510000"))


def send(now: dt.datetime) -> None:
    """The shop has a carrier of its own besides the built-in one; again changes nothing."""
    shop = Merchant.objects.filter(slug=OFTEN).first()
    if shop is None or CarrierAccount.objects.filter(merchant=shop).exists():
        return
    account, _secret = create_carrier_account(
        merchant=shop, code="panda", name="Panda Parcels", i18n={CHINESE: {"name": "熊猫快递"}},
        tracking_url="https://panda.example/track/{number}", at=now - 240 * HOUR,
    )  # fmt: skip
    ways = (("simulated", 1, ()), (str(account.pk), 120, ("failed", "returned")), (str(account.pk), 144, ("lost",)))
    for order, (way, hours, codes) in zip(_bought(shop, now), ways, strict=False):
        _travel(order, way, now - hours * HOUR if codes else now, codes)


def _bought(shop: Merchant, now: dt.datetime) -> Iterator[MerchantOrder]:
    """A paid order of each of the buyers, of goods of which there are enough."""
    goods = Variant.objects.filter(merchant=shop, is_active=True, product__status=Product.Status.PUBLISHED, stock__on_hand__gt=5)
    variants = list(goods.filter(product__is_digital=False, is_bundle=False).order_by("price_minor", "pk").distinct()[: len(BUYERS)])
    for (name, city, postcode), variant in zip(BUYERS, variants, strict=False):
        key = uuid.uuid5(NAMESPACE, name)
        if not Checkout.objects.filter(pk=key).exists():
            yield _buy(key, name, city, postcode, variant, now - 150 * HOUR)


def _buy(key: uuid.UUID, name: str, city: str, postcode: str, variant: Variant, moment: dt.datetime) -> MerchantOrder:
    user = person(f"{name.lower().replace(' ', '.')}@shoppers.example", name)
    cart = add_to_cart(user=None, token=None, variant_id=variant.pk, quantity=1, at=moment)
    buyer = Buyer(
        user_id=user.pk, email=user.email, language="en", name=name, phone="+86 28 8765 4321", address="7 Bamboo Lane", city=city,
        postcode=postcode, country="CN",
    )  # fmt: skip
    total = cart_view(cart, "en").total_minor
    checkout = place_order(cart_id=cart.pk, key=key, buyer=buyer, points=0, expected_total_minor=total, at=moment)
    attempt = start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=moment)
    decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=moment)
    settle(checkout_id=key, at=moment)
    return checkout.orders.get()


def _travel(order: MerchantOrder, way: str, at: dt.datetime, codes: tuple[str, ...]) -> None:
    number = "" if way == "simulated" else f"PANDA{order.pk.int % 10**8:08d}"
    dispatch_order(order_id=order.pk, way=way, tracking_number=number, actor=ACTOR, at=at)
    for parcel in Shipment.objects.filter(reference=order.pk):
        for step, code in enumerate(("in_transit", *codes) if codes else (), start=1):
            record_tracking(shipment_id=parcel.pk, code=code, at=at + step * 20 * HOUR, actor="carrier", place=parcel.warehouse.city)
