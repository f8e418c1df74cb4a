"""One purchase that looks like fraud and waits for the operator: a dear order from a throw-away address, in another country's currency."""

import datetime as dt
import uuid

from catalog.models import Category, Variant
from catalog.services.categories import set_risky
from core.exchange.selectors import conversion_to, offered_currencies
from logistics.selectors import availability
from orders.models import Checkout
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.order_rows import Buyer
from orders.services.payment import settle, start_payment
from orders.services.risk import note_origin
from payments.services.sandbox import decide
from shop.demo.history import NAMESPACE

KEY = uuid.uuid5(NAMESPACE, "a payment to review")
RISKY = ("smartphones", "laptops")
LEAST_MINOR = 120_000
BUYER = Buyer(
    user_id=None, email="lucky.winner77@mailinator.com", language="zh-hans", name="A. Winner", phone="+1 212 555 0147",
    address="1 Hotel Plaza, Room 1207", city="New York", postcode="10001", country="US",
)  # fmt: skip


def buy_suspiciously(now: dt.datetime) -> None:
    """Place and pay it a little while ago; again changes nothing."""
    for category in Category.objects.filter(slug__in=RISKY, is_risky=False):
        set_risky(category=category, is_risky=True)
    if Checkout.objects.filter(pk=KEY, paid_at__isnull=False).exists():
        return
    moment = now - dt.timedelta(minutes=50)
    currency = "CNY" if "CNY" in offered_currencies(now.date()) else ""
    conversion = conversion_to(currency, now.date()) if currency else None
    checkout = Checkout.objects.filter(pk=KEY).first()
    if checkout is None:
        variant, quantity = _wanted()
        cart = add_to_cart(user=None, token=None, variant_id=variant.pk, quantity=quantity, at=moment, conversion=conversion)
        total = cart_view(cart, "en", conversion).total_minor
        checkout = place_order(
            cart_id=cart.pk, key=KEY, buyer=BUYER, points=0, expected_total_minor=total, at=moment, conversion=conversion
        )
        note_origin(checkout=checkout, address="203.0.113.77", device="", at=moment)
    attempt = start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=moment)
    decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=moment)
    settle(checkout_id=KEY, at=now)


def _wanted() -> tuple[Variant, int]:
    """The dearest of the risky goods that there is enough of to be worth a thief's while, else the dearest of all."""
    rows = Variant.objects.filter(is_active=True, product__status="published").order_by("-price_minor")
    for candidates in (rows.filter(product__category__slug__in=RISKY), rows):
        found = list(candidates[:50])
        left = availability([variant.pk for variant in found])
        for variant in found:
            quantity = -(-LEAST_MINOR // variant.price_minor)
            if left[variant.pk] > quantity:
                return variant, quantity
    return rows[0], 1
