"""The built-in carrier's parcels travel by themselves; what comes back is on the shelf once; what stays silent is lost."""

import datetime as dt

import pytest
from django.db import transaction

from core.invariants import violations
from core.models import OutboxEvent
from logistics import services
from logistics.errors import NotFound, NotRecalled
from logistics.journeys import Fate, journey
from logistics.models import CarrierBooking, Shipment, Stock
from logistics.services.bookings import recall_parcel
from logistics.services.tracking import give_up_silent_parcels, move_simulated_parcels
from tests.factories.carriers import make_carrier, send_by, simulated_parcel
from tests.factories.logistics import NOW, make_shipment, make_stock
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def codes(parcel: Shipment) -> list[str]:
    return list(parcel.events.order_by("at", "id").values_list("code", flat=True))


def on_hand(parcel: Shipment) -> int:
    return Stock.objects.get(variant=parcel.lines.get().variant_id, warehouse=parcel.warehouse_id).on_hand


def test_it_gives_the_number_and_travels_through_two_places_to_the_shopper() -> None:
    parcel = simulated_parcel()
    scans = journey(parcel.pk, "Shanghai", "Chengdu")

    for scan in scans:
        assert move_simulated_parcels(at=NOW + scan.hours * HOUR) == 1

    parcel.refresh_from_db()
    assert parcel.tracking_number.startswith("JX")
    assert (parcel.status, parcel.delivered_at) == ("delivered", NOW + scans[-1].hours * HOUR)
    assert codes(parcel) == ["handed_over", "in_transit", "in_transit", "out_for_delivery", "delivered"]
    assert list(parcel.events.order_by("at", "id").values_list("place", flat=True)) == ["", *(scan.place for scan in scans)]
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1
    assert move_simulated_parcels(at=NOW + 99 * DAY) == 0


def test_a_sweep_that_was_away_for_long_tells_all_of_it_at_once() -> None:
    parcel = simulated_parcel(Fate.FAILS_ONCE)

    move_simulated_parcels(at=NOW + 9 * DAY)

    assert codes(parcel) == ["handed_over", "in_transit", "in_transit", "out_for_delivery", "failed", "out_for_delivery", "delivered"]
    assert not CarrierBooking.objects.filter(shipment=parcel, next_scan_at__isnull=False).exists()


def test_nothing_is_due_before_its_hour_and_hours_are_as_long_as_the_setting_said(settings: object) -> None:
    settings.SIMULATED_CARRIER_HOUR_SECONDS = 2  # type: ignore[attr-defined]
    parcel = simulated_parcel()
    settings.SIMULATED_CARRIER_HOUR_SECONDS = 3600  # type: ignore[attr-defined]

    assert move_simulated_parcels(at=NOW + dt.timedelta(seconds=9)) == 0
    move_simulated_parcels(at=NOW + dt.timedelta(seconds=2 * 37))

    parcel.refresh_from_db()
    assert parcel.status == "delivered"


def test_a_parcel_that_a_person_has_delivered_is_left_alone() -> None:
    parcel = simulated_parcel()
    services.record_tracking(shipment_id=parcel.pk, code="delivered", at=NOW + HOUR, actor="merchant:1")

    move_simulated_parcels(at=NOW + 9 * DAY)

    parcel.refresh_from_db()
    assert parcel.status == "delivered"
    assert not CarrierBooking.objects.filter(next_scan_at__isnull=False, shipment=parcel).exists()


def test_a_parcel_that_is_called_back_returns_and_its_goods_are_on_the_shelf_once() -> None:
    parcel = simulated_parcel()
    recall_parcel(shipment_id=parcel.pk, merchant_id=parcel.merchant_id, at=NOW + HOUR)
    before = on_hand(parcel)

    move_simulated_parcels(at=NOW + 9 * DAY)
    for _ in range(2):
        services.take_parcel_back(shipment_id=parcel.pk, actor="system:test", at=NOW)
    services.take_parcels_back(reference=parcel.reference, actor="system:test", at=NOW)

    assert codes(parcel) == ["handed_over", "returned"]
    assert on_hand(parcel) == before + 1
    assert OutboxEvent.objects.filter(name="ShipmentReturned").count() == 1
    assert violations() == {}


def test_what_nobody_can_turn_around_is_not() -> None:
    delivered, by_hand = simulated_parcel(), make_shipment()
    move_simulated_parcels(at=NOW + 9 * DAY)
    account, _secret = make_carrier()
    followed = send_by(str(account.pk), merchant=account.merchant, number="QP1")

    for parcel in (delivered, by_hand, followed):
        with pytest.raises(NotRecalled), transaction.atomic():
            recall_parcel(shipment_id=parcel.pk, merchant_id=parcel.merchant_id, at=NOW)
    with pytest.raises(NotFound), transaction.atomic():
        recall_parcel(shipment_id=delivered.pk, merchant_id=make_merchant().pk, at=NOW)

    assert not CarrierBooking.objects.filter(recalled_at__isnull=False).exists()


def test_goods_of_a_parcel_that_is_not_back_stay_off_the_shelf() -> None:
    parcel = make_shipment(make_stock(10))

    assert services.take_parcel_back(shipment_id=parcel.pk, actor="system:test", at=NOW) == 0

    assert on_hand(parcel) == 9


def test_silence_is_a_loss_only_where_somebody_could_have_told(settings: object) -> None:
    settings.LOST_PARCEL_DAYS = 5  # type: ignore[attr-defined]
    account, _secret = make_carrier()
    silent, talking = (send_by(str(account.pk), merchant=account.merchant, number=number) for number in ("QP1", "QP2"))
    by_hand = make_shipment()
    services.record_tracking(shipment_id=talking.pk, code="in_transit", at=NOW + 4 * DAY, actor="carrier")

    assert give_up_silent_parcels(at=NOW + 5 * DAY - HOUR) == 0
    assert give_up_silent_parcels(at=NOW + 5 * DAY + HOUR) == 1
    assert give_up_silent_parcels(at=NOW + 5 * DAY + HOUR) == 0

    for parcel, status in ((silent, "lost"), (talking, "in_transit"), (by_hand, "handed_over")):
        parcel.refresh_from_db()
        assert parcel.status == status
    assert OutboxEvent.objects.filter(name="ShipmentLost").count() == 1


def test_a_lost_parcel_that_turns_up_is_delivered_but_not_by_somebody_who_has_the_others() -> None:
    parcel = make_shipment()
    services.record_tracking(shipment_id=parcel.pk, code="lost", at=NOW, actor="carrier")

    services.deliver(reference=parcel.reference, actor="shopper:1", at=NOW)
    parcel.refresh_from_db()
    assert parcel.status == "lost"
    services.record_tracking(shipment_id=parcel.pk, code="delivered", at=NOW + HOUR, actor="carrier")

    parcel.refresh_from_db()
    assert parcel.status == "delivered"


def test_where_mishaps_are_switched_off_every_parcel_arrives_at_the_first_attempt(settings: object) -> None:
    settings.SIMULATED_CARRIER_MISHAPS = False  # type: ignore[attr-defined]
    parcels = [simulated_parcel(fate) for fate in (Fate.FAILS_ONCE, Fate.IS_LOST)]

    move_simulated_parcels(at=NOW + 9 * DAY)

    for parcel in parcels:
        parcel.refresh_from_db()
        assert (parcel.status, codes(parcel).count("failed")) == ("delivered", 0)
