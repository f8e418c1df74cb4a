"""Shopper and merchant read what happened to a parcel that was not taken, came back or got lost, once, and what comes next."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from logistics import services as logistics
from logistics.models import Shipment
from orders.models import MerchantOrder, UndeliveredParcel
from orders.services import undelivered
from orders.services.dispatching import dispatch_order
from orders.services.fulfilment import ship_order
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
now = timezone.now


def on_its_way(**how: Any) -> MerchantOrder:
    order = order_up_to("paid", variants=[make_goods()], **how).order
    dispatch_order(order_id=order.pk, way="manual", carrier="Post", tracking_number="P1", actor="merchant:1", at=now())
    drain()
    Mail.objects.all().delete()
    return order


def tell(order: MerchantOrder, *codes: str) -> None:
    for code in codes:
        logistics.record_tracking(shipment_id=Shipment.objects.get(reference=order.pk).pk, code=code, at=now(), actor="carrier")
        drain()


def mails() -> dict[str, Mail]:
    found = {mail.kind: mail for mail in Mail.objects.all()}
    assert len(found) == Mail.objects.count(), "each of them once"
    return found


def who(entry: UndeliveredParcel) -> dict[str, Any]:
    return {"entry_id": entry.pk, "merchant_id": entry.merchant_id, "actor": "merchant:1", "at": now()}


def test_both_are_told_that_nobody_took_a_parcel() -> None:
    order = on_its_way()

    tell(order, "failed")

    assert set(mails()) == {"delivery_failed", "merchant_delivery_failed"}
    assert mails()["delivery_failed"].to == order.checkout.email
    assert "tries again" in mails()["delivery_failed"].text
    assert order.number in mails()["merchant_delivery_failed"].subject


def test_a_second_failed_try_is_told_again() -> None:
    order = on_its_way()

    tell(order, "failed", "out_for_delivery", "failed")

    assert Mail.objects.filter(kind="delivery_failed").count() == 2


def test_a_failed_try_that_was_overtaken_is_not_told() -> None:
    order = on_its_way()
    for code in ("failed", "delivered"):
        logistics.record_tracking(shipment_id=Shipment.objects.get(reference=order.pk).pk, code=code, at=now(), actor="carrier")

    drain()

    assert set(mails()) == {"order_delivered"}


def test_both_are_told_that_a_parcel_came_back() -> None:
    order = on_its_way()

    tell(order, "returned", "returned")

    assert set(mails()) == {"parcel_returned", "merchant_parcel_returned"}
    assert "Until then we keep your money" in mails()["parcel_returned"].text
    entry = UndeliveredParcel.objects.get()
    assert f"/merchant/orders/undeliveredparcel/{entry.pk}/" in mails()["merchant_parcel_returned"].text


def test_both_are_told_that_a_parcel_is_lost_and_the_merchant_what_was_claimed() -> None:
    order = on_its_way(quantity=2)

    tell(order, "lost")

    assert set(mails()) == {"parcel_lost", "merchant_parcel_lost"}
    assert "Claimed from the carrier" in mails()["merchant_parcel_lost"].text
    assert "$20.00" in mails()["merchant_parcel_lost"].text


def test_a_lost_parcel_that_comes_back_is_told_anew() -> None:
    order = on_its_way()

    tell(order, "lost", "returned")

    assert set(mails()) == {"parcel_lost", "merchant_parcel_lost", "parcel_returned", "merchant_parcel_returned"}


def test_the_shopper_is_told_that_the_goods_were_sent_again() -> None:
    tell(on_its_way(), "returned")
    Mail.objects.all().delete()

    undelivered.send_again(**who(UndeliveredParcel.objects.get()), way="manual", carrier="Post", tracking_number="P2")
    drain()

    assert set(mails()) == {"parcel_sent_again"}
    assert "P2" in mails()["parcel_sent_again"].text


def test_the_shopper_is_told_what_of_a_parcel_goes_back() -> None:
    goods = make_goods()
    order = order_up_to("paid", variants=[goods], quantity=2).order
    ship_order(order_id=order.pk, carrier="Post", tracking_number="P1", actor="merchant:1", at=now(), pieces={goods.pk: 1})
    tell(order, "lost")
    Mail.objects.all().delete()

    undelivered.refund_undelivered(**who(UndeliveredParcel.objects.get()), reason="Lost")
    drain()

    assert set(mails()) == {"parcel_refunded"}
    assert "The rest of your order goes on" in mails()["parcel_refunded"].text


def test_the_end_of_the_whole_order_is_told_once() -> None:
    tell(on_its_way(), "lost")
    Mail.objects.all().delete()

    undelivered.refund_undelivered(**who(UndeliveredParcel.objects.get()), reason="Lost")
    drain()

    assert set(mails()) == {"order_refunded"}


def test_a_shopper_who_reads_chinese_is_told_in_chinese() -> None:
    order = on_its_way()
    order.checkout.language = "zh-hans"
    order.checkout.save(update_fields=["language"])

    tell(order, "returned")

    assert "包裹" in mails()["parcel_returned"].subject
