"""Who buys, what it comes to, and the rows that a purchase is kept in, made in memory."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from catalog.rules.personalisation import said
from catalog.rules.pictures import kept
from core.exchange.rules import Conversion
from core.ids import order_number, secret_token
from orders import rules
from orders.models import Cart, Checkout, MerchantOrder, OrderLine
from orders.rules.ways import ChosenWay
from orders.services.credits import CreditWish
from orders.services.trade import BoughtFor, kept_of_list
from orders.services.ways import NO_WAYS, Ways


@dataclass(frozen=True)
class Buyer:
    """Who buys and where it goes. `user_id` is None for a guest; `country` is ISO 3166 alpha-2.

    Where nothing is sent, phone, address, city and postcode may be empty.
    """

    user_id: uuid.UUID | None
    email: str
    language: str
    name: str
    phone: str
    address: str
    city: str
    postcode: str
    country: str
    # For a company: whether the person still buys for it is looked up when the purchase is placed.
    company_id: uuid.UUID | None = None
    purchase_number: str = ""
    # Asks for digital goods at once, and knows that the right to withdraw ends with the download.
    wants_digital_now: bool = False
    # By merchant; whose is not in it sends, as always.
    ways: Mapping[uuid.UUID, ChosenWay] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        return f"shopper:{self.user_id or 'guest'}"


@dataclass(frozen=True)
class Means:
    """What the buyer pays with besides a tender, and in which currency."""

    points: int
    credit: Sequence[CreditWish]
    conversion: Conversion


@dataclass(frozen=True)
class Quote:
    """What a purchase comes to, order by order."""

    orders: list[rules.QuotedOrder]
    points: int
    conversion: Conversion
    bought_for: BoughtFor = BoughtFor()  # noqa: RUF009  nothing of it can change
    ways: Ways = NO_WAYS

    @property
    def goods_minor(self) -> int:
        return sum(order.goods_minor for order in self.orders)

    @property
    def shipping_minor(self) -> int:
        return sum(order.shipping_minor for order in self.orders)

    @property
    def points_minor(self) -> int:
        return sum(order.points_minor for order in self.orders)

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor - self.points_minor


def new_checkout(cart: Cart, key: uuid.UUID, buyer: Buyer, quote: Quote, clock: dt.datetime, at: dt.datetime) -> Checkout:
    return Checkout(
        pk=key,
        number=order_number(),
        token=secret_token(),
        user_id=buyer.user_id,
        email=buyer.email,
        language=buyer.language,
        name=buyer.name,
        phone=buyer.phone,
        address=buyer.address,
        city=buyer.city,
        postcode=buyer.postcode,
        country=buyer.country,
        currency=quote.conversion.currency,
        **rules.kept_rate(quote.conversion, settings.CURRENCY),
        goods_minor=quote.goods_minor,
        shipping_minor=quote.shipping_minor,
        points=quote.points,
        points_minor=quote.points_minor,
        total_minor=quote.total_minor,
        placed_from=cart.pk,
        placed_at=at,
        expires_at=clock + dt.timedelta(minutes=settings.UNPAID_ORDER_MINUTES),
        **quote.bought_for.kept(),
    )


def new_order(checkout: Checkout, number: int, quoted: rules.QuotedOrder, conversion: Conversion, at: dt.datetime) -> MerchantOrder:
    return MerchantOrder(
        checkout=checkout,
        merchant_id=quoted.merchant_id,
        number=f"{checkout.number}-{number}",
        currency=checkout.currency,
        **rules.kept_rate(conversion, quoted.lines[0].variant.base_currency),
        goods_minor=quoted.goods_minor,
        shipping_minor=quoted.shipping_minor,
        points_minor=quoted.points_minor,
        total_minor=quoted.total_minor,
        handling_days=max((line.handling_days for line in quoted.sent_lines), default=0),
        is_digital=not quoted.sent_lines,
        digital_consent_at=at if len(quoted.sent_lines) < len(quoted.lines) else None,
        placed_at=at,
    )


def new_line(order: MerchantOrder, line: rules.WantedLine) -> OrderLine:
    variant = line.variant
    return OrderLine(
        order=order,
        merchant_id=order.merchant_id,
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        bundle_id=line.bundle.bundle_id if line.bundle else None,
        sku=variant.sku,
        title=variant.title,
        i18n=variant.i18n,
        options=variant.options,
        is_digital=variant.is_digital,
        answers=said(variant.asked, line.answers),
        is_bespoke=line.is_bespoke,
        picture=variant.picture,
        picture_widths=kept(variant.picture_widths),
        picture_formats=list(variant.picture_formats),
        currency=order.currency,
        price_minor=line.unit_minor,
        quantity=line.quantity,
        total_minor=line.total_minor,
        **kept_of_list(line),
    )
