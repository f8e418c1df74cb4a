"""Sweeps and messages of carriers at once: each parcel is moved once, each message is kept once, goods come back once."""

import datetime as dt
import threading
from functools import partial

import pytest

from core.models import OutboxEvent, StateChange
from logistics import services
from logistics.models import CarrierBooking, CarrierMessage, Shipment, ShipmentEvent, Stock
from logistics.services.carrier_inbox import process_carrier_messages, receive_carrier_message
from logistics.services.tracking import move_simulated_parcels
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.carriers import make_carrier, message_of, send_by, signed
from tests.factories.logistics import NOW, make_shipment, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + dt.timedelta(days=9)


def test_sweeps_at_once_move_each_parcel_once() -> None:
    parcels = [send_by("simulated") for _ in range(12)]

    outcomes = at_once([partial(move_simulated_parcels, at=LATER)] * 6)

    assert refusals(outcomes) == []
    assert sum(successes(outcomes)) == len(parcels)
    for parcel in Shipment.objects.all():
        # One that was not taken at the door comes there once more, at another time.
        told = list(parcel.events.order_by("at").values_list("code", "place", "at"))
        assert len(told) == len(set(told))
        assert StateChange.objects.filter(entity_id=parcel.pk, to_status=parcel.status).count() == 1
    delivered = Shipment.objects.filter(status="delivered").count()
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == delivered


def test_sweeps_that_do_not_claim_their_parcels_do_the_work_twice() -> None:
    """Negative control: without SKIP LOCKED everybody who has looked takes the same parcel."""
    send_by("simulated")
    everybody_has_looked = threading.Barrier(4)

    def sweep_carelessly() -> int:
        due = list(CarrierBooking.objects.filter(next_scan_at__lte=LATER))
        everybody_has_looked.wait(20)
        for booking in due:
            ShipmentEvent.objects.create(shipment_id=booking.shipment_id, code="in_transit", at=NOW)
        return len(due)

    outcomes = at_once([sweep_carelessly] * 4)

    assert successes(outcomes) == [1] * 4
    assert ShipmentEvent.objects.filter(code="in_transit").count() == 4


def test_a_message_that_comes_many_times_at_once_is_kept_and_told_once() -> None:
    account, secret = make_carrier()
    parcel = send_by(str(account.pk), merchant=account.merchant, number="QP1")
    body = message_of("QP1", status="delivered", at=NOW)
    tell = partial(receive_carrier_message, code=account.code, headers=signed(secret, body, at=NOW), body=body, at=NOW)

    outcomes = at_once([tell] * 8)
    handled = at_once([partial(process_carrier_messages, at=NOW)] * 4)

    assert refusals(outcomes) == refusals(handled) == []
    assert sum(successes(handled)) == 1
    assert CarrierMessage.objects.get().status == "handled"
    assert parcel.events.filter(code="delivered").count() == 1
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1


def test_a_parcel_that_is_taken_back_by_many_is_on_the_shelf_once() -> None:
    stock = make_stock(10)
    parcel = make_shipment(stock, 3)
    services.record_tracking(shipment_id=parcel.pk, code="returned", at=NOW, actor="carrier")

    outcomes = at_once([partial(services.take_parcel_back, shipment_id=parcel.pk, actor="system:test", at=NOW)] * 8)

    assert refusals(outcomes) == []
    assert sum(successes(outcomes)) == 3
    assert Stock.objects.get(pk=stock.pk).on_hand == 10
