"""The parcel of a checked tote leaves, out of the warehouse of its wave and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from core import outbox
from core.invariants import violations
from core.states import IllegalTransition, history
from logistics.errors import InvalidTracking, NotFound, TrackingUsed
from logistics.floor import services
from logistics.floor.errors import ToteEnded, ToteNotChecked
from logistics.models import Shipment, WaveTote
from orders.models import MerchantOrder
from orders.services.cancellation import cancel_order
from orders.services.fulfilment import ship_order, start_preparing
from orders.services.totes import send_tote
from tests.factories.floor import ACTOR, a_scan, checked, picked, wave_of
from tests.factories.logistics import make_stock, make_warehouse
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def in_two_houses() -> tuple[MerchantOrder, WaveTote]:
    """An order of three pieces of which one lies in another warehouse, and its tote in the wave of that one."""
    variant = make_goods(stock=2)
    far = make_warehouse(variant.merchant, priority=99)
    make_stock(1, variant=variant, warehouse=far)
    order = order_up_to("paid", variants=[variant], quantity=3).order
    wave = wave_of(far, order.pk)
    return order, WaveTote.objects.select_related("wave").get(wave=wave)


def send(tote: WaveTote, number: str = "SF100", **more: Any) -> MerchantOrder:
    keys = {"merchant_id": tote.merchant_id, "way": "manual", "carrier": "SF", "tracking_number": number, **more}
    return send_tote(tote_id=tote.pk, actor=ACTOR, at=timezone.now(), **keys)


def test_only_what_lies_in_the_waves_warehouse_leaves() -> None:
    order, tote = in_two_houses()
    pieces = tote.picks.get().quantity
    picked(tote.wave)
    checked(tote)

    sent = send(tote)
    send(tote)

    parcel = Shipment.objects.get(reference=order.pk)
    assert (parcel.warehouse_id, parcel.lines.get().quantity) == (tote.warehouse_id, pieces)
    tote.refresh_from_db()
    assert (tote.status, tote.shipment) == ("packed", parcel)
    assert (pieces, sent.status) == (1, "preparing")
    assert violations() == {}


def test_what_is_not_checked_cancelled_or_a_strangers_does_not_leave() -> None:
    order, tote = in_two_houses()
    with pytest.raises(ToteNotChecked):
        send(tote)
    picked(tote.wave)
    with pytest.raises(ToteNotChecked):
        send(tote)
    checked(tote)
    with pytest.raises(NotFound):
        send(tote, merchant_id=make_merchant().pk)
    with pytest.raises(InvalidTracking):
        send(tote, "")
    assert not Shipment.objects.filter(reference=order.pk).exists()

    cancel_order(order_id=order.pk, actor=ACTOR, reason="sold twice", at=timezone.now())

    with pytest.raises((ToteEnded, IllegalTransition)):
        send(tote)
    assert not Shipment.objects.filter(reference=order.pk).exists()
    assert violations() == {}


def test_a_number_of_another_warehouses_parcel_is_refused() -> None:
    order, tote = in_two_houses()
    picked(tote.wave)
    checked(tote)
    other = WaveTote.objects.filter(pk=tote.pk).values_list("warehouse_id", flat=True).get()
    first = order.merchant.warehouses.exclude(pk=other).get()
    variant_id = tote.picks.get().stock.variant_id
    of_order: dict[str, Any] = {"order_id": order.pk, "carrier": "SF", "tracking_number": "SF100", "actor": ACTOR, "at": timezone.now()}
    ship_order(**of_order, pieces={variant_id: 1}, warehouse_id=first.pk)

    with pytest.raises(TrackingUsed):
        send(tote)

    tote.refresh_from_db()
    assert tote.status == "open"


def test_pieces_that_were_missing_stay_to_be_sent() -> None:
    order, tote = in_two_houses()
    services.drop_wave(wave_id=tote.wave_id, merchant_id=tote.merchant_id, actor=ACTOR, at=timezone.now())
    first = order.merchant.warehouses.exclude(pk=tote.warehouse_id).get()
    wave = wave_of(first, order.pk)
    tote = WaveTote.objects.select_related("wave").get(wave=wave)
    pick = tote.picks.get()
    services.report_short(scan=a_scan(wave), stock_id=pick.stock_id, missing=1, reason="empty")
    picked(wave)
    checked(tote)

    send(tote)

    order.refresh_from_db()
    assert order.status == "preparing"
    assert wave_of(first, order.pk).totes.get().picks.get().quantity == 1
    assert violations() == {}


def test_setting_out_to_pick_prepares_the_paid_orders_of_the_wave() -> None:
    house = make_warehouse()
    goods = [make_stock(3, variant=make_goods(merchant=house.merchant, stock=0), warehouse=house).variant for _ in range(3)]
    first, second, cancelled = (order_up_to("paid", variants=[variant]).order for variant in goods)
    wave = wave_of(house, first.pk, second.pk, cancelled.pk)
    start_preparing(order_id=second.pk, actor="merchant:2", at=timezone.now())
    outbox.relay(now=timezone.now())
    assert statuses(first, second, cancelled) == ["paid", "preparing", "paid"]

    picked(wave)
    cancel_order(order_id=cancelled.pk, actor=f"user:{cancelled.checkout.user_id}", reason="changed my mind", at=timezone.now())
    outbox.relay(now=timezone.now())

    assert statuses(first, second, cancelled) == ["preparing", "preparing", "cancelled"]
    assert [(change.to_status, change.actor) for change in history(first)][-1] == ("preparing", ACTOR)
    assert [change.to_status for change in history(second)].count("preparing") == 1
    assert violations() == {}


def statuses(*orders: MerchantOrder) -> list[str]:
    return [MerchantOrder.objects.get(pk=order.pk).status for order in orders]
