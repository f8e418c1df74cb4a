"""Giving parcels to a carrier of the merchant's choice, and calling them back."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from core.doorbell import ring
from core.states import move_to
from logistics.carrier_selectors import MANUAL, SIMULATED
from logistics.errors import CarrierNotAvailable, NotFound, NotRecalled
from logistics.gateways import carrier as gateway_of
from logistics.gateways.base import ParcelToSend
from logistics.gateways.simulated import scans_of
from logistics.models import CarrierAccount, CarrierBooking, CarrierMessage, Shipment
from logistics.states import CarrierMessageStatus

ACTOR = "system:logistics"


@dataclass(frozen=True, slots=True)
class Handover:
    """What was agreed with a carrier: its name as the parcel keeps it, the number, and how the parcel is followed."""

    carrier: str
    tracking_number: str
    gateway: str
    label: dict[str, str]
    account: CarrierAccount | None = None


def book_parcel(*, way: str, merchant_id: uuid.UUID, reference: uuid.UUID, carrier: str = "", tracking_number: str = "") -> Handover:
    """Announce the next parcel of an order to a carrier.

    Args:
        way: "manual", "simulated", or the key of one of the merchant's carriers.
        carrier: the name, where the parcel goes by hand.
        tracking_number: where the carrier does not make it.

    Raises:
        CarrierNotAvailable: no such choice, switched off, or of another merchant.
        InvalidTracking: a number is needed and missing, or too long.
    """
    account = None if way in {MANUAL, SIMULATED} else _account(way, merchant_id)
    gateway = gateway_of(way if account is None else CarrierBooking.Gateway.WEBHOOK)
    if not gateway.is_available():
        raise CarrierNotAvailable
    booked = gateway.book(ParcelToSend(reference, _ordinal(reference) if gateway.makes_numbers else 0, tracking_number))
    name = carrier if way == MANUAL else account.name if account else "Jishi Express"
    return Handover(name, booked.tracking_number, gateway.code, booked.label, account)


def _account(key: str, merchant_id: uuid.UUID) -> CarrierAccount:
    try:
        account_id = uuid.UUID(key)
    except ValueError as error:
        raise CarrierNotAvailable from error
    account: CarrierAccount | None = CarrierAccount.objects.filter(pk=account_id, merchant_id=merchant_id, is_active=True).first()
    if account is None:
        raise CarrierNotAvailable
    return account


def _ordinal(reference: uuid.UUID) -> int:
    """How many numbers of the built-in carrier an order has already."""
    rows = CarrierBooking.objects.filter(shipment__reference=reference, gateway=CarrierBooking.Gateway.SIMULATED)
    return int(rows.aggregate(numbers=Count("tracking_number", distinct=True))["numbers"])


@transaction.atomic
def follow_parcels(*, handover: Handover, shipments: Sequence[Shipment], destination: str, at: dt.datetime) -> None:
    """Listen to the carrier about parcels that were handed over; again changes nothing. What it told before we knew is told now.

    Args:
        destination: the receiver's city.
    """
    if handover.gateway == MANUAL:
        return
    bookings = [_booking(handover, shipment, destination, at) for shipment in shipments]
    CarrierBooking.objects.bulk_create(bookings, ignore_conflicts=True)
    if handover.account is not None:
        _hear_again(handover.account, handover.tracking_number, at)


def _booking(handover: Handover, shipment: Shipment, destination: str, at: dt.datetime) -> CarrierBooking:
    booking = CarrierBooking(
        merchant_id=shipment.merchant_id,
        shipment=shipment,
        gateway=handover.gateway,
        account=handover.account,
        tracking_number=handover.tracking_number,
        label=handover.label,
        origin=shipment.warehouse.city,
        destination=destination[:80],
        booked_at=at,
        created_at=at,
        hour_seconds=settings.SIMULATED_CARRIER_HOUR_SECONDS,
    )
    if handover.gateway == SIMULATED:
        booking.next_scan_at = scans_of(booking)[0].at
    return booking


def _hear_again(account: CarrierAccount, tracking_number: str, at: dt.datetime) -> None:
    waiting = CarrierMessage.objects.filter(account=account, tracking_number=tracking_number, status=CarrierMessageStatus.QUARANTINED)
    for message in waiting.select_for_update(no_key=True).order_by("pk"):
        move_to(message, CarrierMessageStatus.RECEIVED, actor=ACTOR, at=at, reason="the number is known now", attempts=0, next_try_at=at)
        ring("logistics.tasks.process_carrier_messages")


@transaction.atomic
def recall_parcel(*, shipment_id: uuid.UUID, merchant_id: uuid.UUID, at: dt.datetime) -> CarrierBooking:
    """Have a parcel brought back to its warehouse instead of delivered.

    Raises:
        NotFound: this merchant has no such parcel.
        NotRecalled: its carrier cannot be asked, or has it no more.
    """
    # Who moves a parcel locks it before its booking, as the sweep does.
    shipment = Shipment.objects.select_for_update(no_key=True).filter(pk=shipment_id, merchant_id=merchant_id).first()
    if shipment is None:
        raise NotFound
    rows = CarrierBooking.objects.select_for_update(no_key=True, of=("self",)).filter(shipment=shipment)
    booking: CarrierBooking | None = rows.first()
    if booking is None:
        raise NotRecalled
    booking.shipment = shipment
    if not gateway_of(booking.gateway).cancel(booking, at=at):
        raise NotRecalled
    booking.recalled_at = at
    booking.next_scan_at = at
    booking.save(update_fields=["recalled_at", "next_scan_at"])
    return booking
