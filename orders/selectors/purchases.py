from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.crypto import constant_time_compare

from accounts.models import User
from catalog.models import Review
from logistics.models import Shipment
from logistics.selectors import shipments_of
from merchants.models import Merchant
from orders.errors import CheckoutNotFound, OrderNotFound
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.selectors.timeline import TimelineEntry, timelines
from orders.states import CheckoutStatus, OrderStatus

NUMBER = re.compile(r"[0-9A-Z-]{1,24}")
TO_SHIP = (OrderStatus.PAID, OrderStatus.PREPARING)
RECEIVABLE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class OrderView:
    order: MerchantOrder
    lines: list[OrderLine]
    shipments: list[Shipment]
    timeline: list[TimelineEntry]

    @property
    def can_confirm(self) -> bool:
        return self.order.status in RECEIVABLE

    @property
    def can_cancel(self) -> bool:
        return self.order.status in TO_SHIP


@dataclass(frozen=True)
class OrderPage:
    checkout: Checkout
    orders: list[OrderView]

    @property
    def is_awaiting_payment(self) -> bool:
        return self.checkout.status == CheckoutStatus.AWAITING_PAYMENT


def checkout_for(number: str, user: User | None, token: str | None) -> Checkout:
    """The purchase, for its member or for whoever holds its token.

    Raises:
        CheckoutNotFound: no such purchase, or it is a stranger's.
    """
    checkout = Checkout.objects.filter(number=number).first() if NUMBER.fullmatch(number) else None
    if checkout is not None and _may_open(checkout, user, token):
        return checkout
    raise CheckoutNotFound


def _may_open(checkout: Checkout, user: User | None, token: str | None) -> bool:
    if user is not None and checkout.user_id == user.pk:
        return True
    return bool(token) and constant_time_compare(str(token), checkout.token)


def order_for_merchant(number: str, merchant: Merchant) -> MerchantOrder:
    """A merchant's own order with its lines.

    Raises:
        OrderNotFound: no such order, or it is another merchant's.
    """
    found: MerchantOrder | None = orders_of(merchant).filter(number=number).first() if NUMBER.fullmatch(number) else None
    if found is None:
        raise OrderNotFound
    return found


def checkouts_of(user: User) -> QuerySet[Checkout]:
    """A member's purchases, newest first, with orders, merchants and lines; three statements at any length."""
    orders = MerchantOrder.objects.select_related("merchant").order_by("number").prefetch_related(_lines())
    return Checkout.objects.filter(user=user).order_by("-placed_at", "-pk").prefetch_related(Prefetch("orders", orders))


def order_page(checkout: Checkout) -> OrderPage:
    """Everything a purchase's page shows; seven statements."""
    orders = list(checkout.orders.select_related("merchant").order_by("number").prefetch_related(_lines()))
    parcels = shipments_by_order([order.pk for order in orders])
    lists = timelines(orders, parcels)
    return OrderPage(
        checkout=checkout,
        orders=[
            OrderView(order=order, lines=list(order.lines.all()), shipments=parcels.get(order.pk, []), timeline=lists[order.pk])
            for order in orders
        ],
    )


def shipments_by_order(order_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Shipment]]:
    """Parcels with their events, by merchant order."""
    found: dict[uuid.UUID, list[Shipment]] = {}
    for shipment in shipments_of(order_ids):
        found.setdefault(shipment.reference, []).append(shipment)
    return found


def orders_of(merchant: Merchant) -> QuerySet[MerchantOrder]:
    """A merchant's orders, newest first, with purchase and lines. Unpaid and expired ones included."""
    rows: QuerySet[MerchantOrder] = MerchantOrder.objects.for_merchant(merchant)
    return rows.select_related("checkout").prefetch_related(_lines()).order_by("-placed_at", "-pk")


def orders_to_ship(merchant: Merchant) -> QuerySet[MerchantOrder]:
    """What a merchant has to send, the most urgent first."""
    return orders_of(merchant).filter(status__in=TO_SHIP).order_by("ship_by", "pk")


def reviewable_lines(checkout: Checkout) -> list[OrderLine]:
    """Lines of completed orders of this purchase that have no review yet; two statements."""
    lines = list(OrderLine.objects.filter(order__checkout=checkout, order__status=OrderStatus.COMPLETED).order_by("pk"))
    written = set(Review.objects.filter(order_line__in=[line.pk for line in lines]).values_list("order_line", flat=True))
    return [line for line in lines if line.pk not in written]


def _lines() -> Prefetch[str]:
    return Prefetch("lines", OrderLine.objects.select_related("product").order_by("pk"))
