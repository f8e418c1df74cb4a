"""What a merchant delivers with."""

import uuid
from typing import Any

from django.conf import settings

from logistics.errors import NotFound
from logistics.models import Vehicle
from logistics.routes.errors import InvalidVehicle
from merchants.models import Merchant


def save_vehicle(*, merchant: Merchant, vehicle_id: uuid.UUID | None = None, **values: Any) -> Vehicle:
    """A new vehicle, or other values for one.

    Args:
        values: fields of Vehicle; costs in minor units of the shop's currency, capacities in grams and pieces, None for no limit.

    Raises:
        NotFound: the merchant has no vehicle with that key, or no such warehouse.
        InvalidVehicle: its shift ends before it begins, or it carries nothing.
    """
    vehicle: Vehicle | None = Vehicle(merchant=merchant, currency=settings.CURRENCY)
    if vehicle_id is not None:
        vehicle = Vehicle.objects.for_merchant(merchant).filter(pk=vehicle_id).first()
    if vehicle is None:
        raise NotFound
    for name, value in values.items():
        setattr(vehicle, name, value)
    if vehicle.warehouse.merchant_id != merchant.pk:
        raise NotFound
    if vehicle.starts_at >= vehicle.ends_at or 0 in {vehicle.capacity_g, vehicle.capacity_pieces}:
        raise InvalidVehicle
    vehicle.save()
    return vehicle
