from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import Variant
from catalog.services.digital import add_file, set_download_terms
from core.exchange.rules import Conversion
from core.ids import uuid7
from logistics.models import Warehouse
from logistics.services import create_warehouse, receive_stock, set_shipping_rate
from merchants.models import Merchant
from orders.models import Cart, Checkout
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.order_rows import Buyer
from tests.factories.catalog import make_product
from tests.factories.merchants import make_merchant

_number = count(1)
SHIPPING = 500
ADDRESS = {
    "name": "Li Na",
    "phone": "+86 138 0013 8000",
    "address": "1 Market Street",
    "city": "Shanghai",
    "postcode": "200000",
    "country": "CN",
}


def make_seller(*, shipping: int = SHIPPING, free_over: int | None = None, **overrides: Any) -> Merchant:
    """A merchant with a warehouse and a shipping rate in minor units."""
    merchant = make_merchant(**overrides)
    create_warehouse(merchant=merchant, code="MAIN", name="Main", kind=Warehouse.Kind.CENTRAL, city="Shanghai")
    set_shipping_rate(merchant=merchant, currency="USD", flat_minor=shipping, free_over_minor=free_over)
    return merchant


def make_goods(*, merchant: Merchant | None = None, price: int = 2_000, stock: int = 10, **overrides: Any) -> Variant:
    """A variant on sale with `stock` pieces in its merchant's warehouse; price in minor units."""
    seller = merchant or make_seller()
    variant = make_product(merchant=seller, price=price, **overrides).variants.get()
    if stock:
        warehouse = Warehouse.objects.get(merchant=seller)
        receive_stock(variant=variant, warehouse=warehouse, quantity=stock, actor="system:test", at=timezone.now())
    return variant


def make_digital(
    *,
    merchant: Merchant | None = None,
    price: int = 900,
    files: int = 1,
    limit: int | None = None,
    days: int | None = None,
    **overrides: Any,
) -> Variant:
    """A digital variant on sale with so many files."""
    seller = merchant or make_seller()
    variant = make_product(merchant=seller, price=price, is_digital=True, **overrides).variants.get()
    about: dict[str, Any] = {"merchant": seller, "product_id": variant.product_id}
    set_download_terms(**about, limit=limit, days=days)
    for number in range(1, files + 1):
        add_file(**about, name=f"book-{number}.txt", pieces=[b"A short book."], label=f"Book {number}", version="1", at=timezone.now())
    return variant


def make_cart(*variants: Variant, user: User | None = None, quantity: int = 1, conversion: Conversion | None = None) -> Cart:
    """A cart with `quantity` of each variant; of new goods of two sellers when none are given."""
    cart: Cart | None = None
    for variant in variants or (make_goods(), make_goods()):
        call: dict[str, Any] = {"variant_id": variant.pk, "quantity": quantity, "at": timezone.now(), "conversion": conversion}
        cart = add_to_cart(user=user, token=cart.token if cart else None, **call)
    assert cart is not None
    return cart


def make_buyer(user: User | None = None, **overrides: Any) -> Buyer:
    fields = {
        "user_id": user.pk if user else None,
        "email": user.email if user else f"guest{next(_number)}@example.com",
        "language": "en",
        **ADDRESS,
    }
    return Buyer(**{**fields, **overrides})


def place(cart: Cart, *, user: User | None = None, points: int = 0, **overrides: Any) -> Checkout:
    """Place a cart as its owner sees it."""
    if "expected_total_minor" not in overrides:
        overrides["expected_total_minor"] = cart_view(cart).total_minor - points
    call: dict[str, Any] = {"cart_id": cart.pk, "key": uuid7(), "buyer": make_buyer(user), "points": points, "at": timezone.now()}
    return place_order(**{**call, **overrides})
