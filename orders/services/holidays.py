"""Deadlines of orders stand still while their shop is on holiday."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core.outbox import publish
from merchants.models import Holiday
from merchants.states import HolidayStatus
from orders.events import ShippingDelayed
from orders.models import MerchantOrder
from orders.states import OrderStatus

WAITING = (OrderStatus.PAID, OrderStatus.PREPARING)
BATCH = 500


def move_deadlines(*, holiday_id: uuid.UUID, at: dt.datetime) -> int:
    """Move the ship-by deadlines that a holiday falls into by its length, each once; returns how many.

    What was overdue when it began stays overdue. An order handed to the merchant meanwhile has a deadline after the holiday already.
    """
    row = Holiday.objects.filter(pk=holiday_id, status=HolidayStatus.RUNNING).first()
    if row is None:
        return 0
    length, moved = row.ends_at - row.starts_at, 0
    while keys := _batch(row):
        moved += _move(row, keys, length)
    return moved


def _batch(row: Holiday) -> list[uuid.UUID]:
    before = MerchantOrder.objects.annotate(since=Coalesce("paid_at", "created_at")).filter(since__lt=row.starts_at)
    due = before.filter(merchant_id=row.merchant_id, status__in=WAITING, is_digital=False, ship_by__gt=row.starts_at)
    return list(due.filter(~Q(delayed_for=row.pk) | Q(delayed_for=None)).order_by("pk").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _move(row: Holiday, keys: list[uuid.UUID], length: dt.timedelta) -> int:
    locked = MerchantOrder.objects.select_for_update(no_key=True).filter(pk__in=keys, status__in=WAITING).order_by("pk")
    found = list(locked.values_list("pk", flat=True))
    MerchantOrder.objects.filter(pk__in=found).update(ship_by=F("ship_by") + length, delayed_for=row.pk)
    if found:
        publish(*(ShippingDelayed(order_id=str(key), holiday_id=str(row.pk)) for key in found))
    return len(found)
