from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.utils.crypto import constant_time_compare

from accounts.models import User
from catalog.models import Review
from core.compiled import compiled, first
from logistics.models import Shipment
from logistics.selectors import shipments_of
from merchants.models import Merchant
from orders.errors import CheckoutNotFound, OrderNotFound
from orders.models import AfterSalesCase, Checkout, Download, Invoice, MerchantOrder, OrderLine
from orders.rules.taxes import TaxShare
from orders.selectors.papers import papers_of
from orders.selectors.pickups import PickupView, pickups_by_order
from orders.selectors.taxes import taxes_of
from orders.selectors.timeline import TimelineEntry, timelines
from orders.states import CASE_UNSETTLED, CheckoutStatus, OrderStatus
from payments.models import CashCollection

NUMBER = re.compile(r"[0-9A-Z-]{1,24}")
TO_SHIP = (OrderStatus.PAID, OrderStatus.PREPARING)
RECEIVABLE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class OrderView:
    order: MerchantOrder
    lines: list[OrderLine]
    shipments: list[Shipment]
    timeline: list[TimelineEntry]
    cash: CashCollection | None = None
    papers: list[Invoice] = field(default_factory=list)
    cases: list[AfterSalesCase] = field(default_factory=list)
    downloads: list[Download] = field(default_factory=list)
    pickup: PickupView | None = None

    @property
    def is_disputed(self) -> bool:
        """Something about it is not settled, so it cannot be completed."""
        return any(case.status in CASE_UNSETTLED for case in self.cases)

    @property
    def can_confirm(self) -> bool:
        return self.order.status in RECEIVABLE and not self.is_disputed

    @property
    def can_cancel(self) -> bool:
        """At once; one that was paid and is being packed is cancelled with the merchant's consent."""
        return self.order.status in {OrderStatus.PAID, OrderStatus.IN_REVIEW} or (self._is_packed and self.cash is not None)

    @property
    def can_ask_to_cancel(self) -> bool:
        return self._is_packed and self.cash is None and not self.is_disputed

    @property
    def _is_packed(self) -> bool:
        return self.order.status == OrderStatus.PREPARING and self.order.part_shipped_at is None

    @property
    def has_free_pieces(self) -> bool:
        return any(line.claimed_quantity < line.quantity for line in self.lines)


@dataclass(frozen=True)
class OrderPage:
    checkout: Checkout
    orders: list[OrderView]

    @property
    def taxes(self) -> list[TaxShare]:
        """The tax that the purchase's total includes, per rate."""
        return taxes_of((view.order, view.lines) for view in self.orders)

    @property
    def parcels(self) -> int:
        """How many of its orders are sent."""
        return sum(not view.order.is_digital and view.pickup is None for view in self.orders)

    @property
    def is_picked_up(self) -> bool:
        """Whether something of it waits in a store, or will."""
        return any(view.pickup is not None for view in self.orders)

    @property
    def is_in_review(self) -> bool:
        return any(view.order.status == OrderStatus.IN_REVIEW for view in self.orders)

    @property
    def is_awaiting_payment(self) -> bool:
        return self.checkout.status == CheckoutStatus.AWAITING_PAYMENT


def checkout_for(number: str, user: User | None, token: str | None) -> Checkout:
    """The purchase, for its member or for whoever holds its token.

    Raises:
        CheckoutNotFound: no such purchase, or it is a stranger's.
    """
    checkout = first(_by_number(number)) if NUMBER.fullmatch(number) else None
    if checkout is not None and _may_open(checkout, user, token):
        return checkout
    raise CheckoutNotFound


def checkout_of(checkout_id: uuid.UUID) -> Checkout | None:
    """The purchase with this id, whoever asks."""
    return first(_by_id(checkout_id))


@compiled
def _by_id(checkout_id: uuid.UUID) -> QuerySet[Checkout]:
    return Checkout.objects.filter(pk=checkout_id)


@compiled
def _by_number(number: str) -> QuerySet[Checkout]:
    return Checkout.objects.filter(number=number)


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


def order_page(checkout: Checkout, *, with_progress: bool = True) -> OrderPage:
    """Everything a purchase's page shows; nine statements, one more for cash on delivery and for digital goods each.

    Two without those and timelines.
    """
    orders = _orders_with_merchants(checkout.pk)
    lines: dict[uuid.UUID, list[OrderLine]] = {}
    for line in _lines_with_products([order.pk for order in orders]):
        lines.setdefault(line.order_id, []).append(line)
    parcels = shipments_by_order([order.pk for order in orders]) if with_progress else {}
    lists = timelines(orders, parcels) if with_progress else {}
    collections = CashCollection.objects.filter(purchase=checkout.pk) if checkout.is_cash else ()
    cash = {row.reference: row for row in collections}
    papers = papers_of([order.pk for order in orders]) if with_progress else {}
    cases: dict[uuid.UUID, list[AfterSalesCase]] = {}
    for case in _cases([order.pk for order in orders]) if with_progress else ():
        cases.setdefault(case.order_id, []).append(case)
    pickups = pickups_by_order(orders)
    downloads = downloads_by_order([order.pk for order in orders if order.digital_consent_at])
    return OrderPage(
        checkout=checkout,
        orders=[
            OrderView(
                order=order,
                lines=lines.get(order.pk, []),
                shipments=parcels.get(order.pk, []),
                timeline=lists.get(order.pk, []),
                cash=cash.get(order.pk),
                papers=papers.get(order.pk, []),
                cases=cases.get(order.pk, []),
                downloads=downloads.get(order.pk, []),
                pickup=pickups.get(order.pk),
            )
            for order in orders
        ],
    )


@compiled
def _orders_with_merchants(checkout_id: uuid.UUID) -> QuerySet[MerchantOrder]:
    return MerchantOrder.objects.filter(checkout=checkout_id).select_related("merchant", "duty_estimate", "slot_day").order_by("number")


@compiled
def _lines_with_products(order_ids: list[uuid.UUID]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order__in=order_ids).select_related("product", "bundle").order_by("pk")


@compiled
def _cases(order_ids: list[uuid.UUID]) -> QuerySet[AfterSalesCase]:
    return AfterSalesCase.objects.filter(order__in=order_ids).order_by("number")


def downloads_by_order(order_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Download]]:
    """What can be downloaded, by merchant order; no statement where nothing is digital."""
    found: dict[uuid.UUID, list[Download]] = {}
    rows = Download.objects.filter(line__order__in=order_ids).select_related("file", "line__order").order_by("line_id", "file_id")
    for row in rows if order_ids else ():
        found.setdefault(row.line.order_id, []).append(row)
    return found


def shipments_by_order(order_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Shipment]]:
    """Parcels with their events, by merchant order."""
    found: dict[uuid.UUID, list[Shipment]] = {}
    for shipment in shipments_of(order_ids).select_related("undelivered"):
        found.setdefault(shipment.reference, []).append(shipment)
    return found


def orders_of(merchant: Merchant) -> QuerySet[MerchantOrder]:
    """A merchant's orders, newest first, with purchase and lines. Unpaid and expired ones included."""
    rows: QuerySet[MerchantOrder] = MerchantOrder.objects.for_merchant(merchant)
    return rows.select_related("checkout", "duty_estimate").prefetch_related(_lines()).order_by("-placed_at", "-pk")


def orders_to_ship(merchant: Merchant) -> QuerySet[MerchantOrder]:
    """What a merchant has to send, the most urgent first; what is picked up in a store is not sent."""
    return orders_of(merchant).filter(status__in=TO_SHIP, pickup_from=None).order_by("ship_by", "pk")


def reviewable_lines(checkout: Checkout) -> list[OrderLine]:
    """Lines of completed orders of this purchase that have no review yet, with their products; two statements."""
    rows = OrderLine.objects.filter(order__checkout=checkout, order__status=OrderStatus.COMPLETED).select_related("product")
    lines = list(rows.order_by("pk"))
    written = set(Review.objects.filter(order_line__in=[line.pk for line in lines]).values_list("order_line", flat=True))
    return [line for line in lines if line.pk not in written]


def _lines() -> Prefetch[str]:
    return Prefetch("lines", OrderLine.objects.select_related("product", "bundle").order_by("pk"))
