"""Closing a shop: what still stands in the way, and the closing itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.errors import MerchantNotFound, ShopStillBusy
from merchants.models import Merchant
from merchants.services import close_merchant
from orders.models import AfterSalesCase, MerchantOrder, UndeliveredParcel
from orders.states import CASE_UNSETTLED, OrderStatus, UndeliveredStatus
from payments.models import ProviderDispute
from payments.selectors import balances, currencies_of
from payments.selectors.deposits import undecided_penalties
from payments.states import ProviderDisputeStatus

OPEN_ORDERS = (
    OrderStatus.AWAITING_PAYMENT,
    OrderStatus.IN_REVIEW,
    OrderStatus.PAID,
    OrderStatus.PREPARING,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
)


@dataclass(frozen=True)
class Obstacle:
    """Something that has to be settled before a shop can close; `count` says how much of it there is."""

    code: str
    name: str | Promise
    count: int


def obstacles_to_closing(merchant: Merchant) -> list[Obstacle]:
    """What is open of a shop, in the order in which it is best settled; empty where it can close."""
    rows: list[tuple[str, Promise, Callable[[], int]]] = [
        ("orders", _("orders that are not completed"), _mine(MerchantOrder, merchant).filter(status__in=OPEN_ORDERS).count),
        ("cases", _("after-sales cases"), _mine(AfterSalesCase, merchant).filter(status__in=CASE_UNSETTLED).count),
        ("parcels", _("parcels that did not arrive"), _mine(UndeliveredParcel, merchant).filter(status=UndeliveredStatus.OPEN).count),
        ("disputes", _("disputed payments"), lambda: _disputes(merchant)),
        ("penalties", _("penalties that are not settled"), lambda: undecided_penalties(merchant.pk)),
        ("debts", _("balances below zero"), lambda: _debts(merchant)),
    ]
    found = (Obstacle(code, name, count()) for code, name, count in rows)
    return [obstacle for obstacle in found if obstacle.count]


def _mine(model: type[MerchantOrder | AfterSalesCase | UndeliveredParcel], merchant: Merchant) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.for_merchant(merchant)
    return rows


def _disputes(merchant: Merchant) -> int:
    disputed = ProviderDispute.objects.filter(status=ProviderDisputeStatus.OPEN).values("attempt__reference")
    return int(MerchantOrder.objects.for_merchant(merchant).filter(checkout__in=disputed).count())


def _debts(merchant: Merchant) -> int:
    codes = {settings.CURRENCY, *currencies_of(merchant.pk)}
    return sum(balances(merchant.pk, code).payable_minor < 0 for code in codes)


@transaction.atomic
def close_shop(*, merchant_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> Merchant:
    """Close a shop of which nothing is open, at its owner's wish: goods and pages are gone, the rest of its money is paid out as before.

    Nobody places an order here while we look: placing waits for the merchant's row. Again is the same answer.

    Raises:
        MerchantNotFound: there is none.
        ShopStillBusy: something is open; it says what.
    """
    merchant = Merchant.objects.select_for_update().filter(pk=merchant_id).first()
    if merchant is None:
        raise MerchantNotFound
    if merchant.is_closed:
        return merchant
    obstacles = obstacles_to_closing(merchant)
    if obstacles:
        raise ShopStillBusy(reasons=", ".join(f"{obstacle.name} ({obstacle.count})" for obstacle in obstacles))
    return close_merchant(merchant_id=merchant_id, actor=actor, reason=reason, at=at)
