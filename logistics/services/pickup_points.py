"""Stores where shoppers may pick up what they bought."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from logistics.errors import InvalidPickupPoint, NotFound
from logistics.models import PickupPoint, Warehouse
from logistics.rules.opening import are_hours

MOST_FEE, MOST_READY, MOST_DAYS, LONGEST_ADDRESS = 10**9, 240, 60, 200


@dataclass(frozen=True, slots=True)
class PickupTerms:
    """Where the store is, when it is open and what picking up is like; `fee_minor` in the shop's currency. See models.PickupPoint."""

    address: str
    opening_hours: Mapping[str, Sequence[Sequence[str]]]
    ready_hours: int = 2
    keep_days: int = 7
    fee_minor: int = 0
    is_offered: bool = True


def save_pickup_point(*, merchant_id: uuid.UUID, warehouse_id: uuid.UUID, terms: PickupTerms) -> PickupPoint:
    """Offer pick-up at a store, or say anew how; what is on its way to be picked up stays as it was agreed.

    Raises:
        NotFound: the merchant has no such warehouse.
        InvalidPickupPoint: it is no store, has no position, address or hours, or a number cannot be.
    """
    warehouse: Warehouse | None = Warehouse.objects.filter(pk=warehouse_id, merchant_id=merchant_id).first()
    if warehouse is None:
        raise NotFound
    for is_wrong, field in _wrong(warehouse, terms):
        if is_wrong:
            raise InvalidPickupPoint(field=field)
    hours = {day: [list(span) for span in spans] for day, spans in terms.opening_hours.items()}
    values = {
        "address": terms.address.strip(), "opening_hours": hours,
        "ready_hours": terms.ready_hours, "keep_days": terms.keep_days, "fee_minor": terms.fee_minor, "currency": settings.CURRENCY,
        "is_offered": terms.is_offered,
    }  # fmt: skip
    with transaction.atomic():
        point, _made = PickupPoint.objects.update_or_create(warehouse=warehouse, defaults={"merchant_id": merchant_id, **values})
    return point


def _wrong(warehouse: Warehouse, terms: PickupTerms) -> list[tuple[bool, str]]:
    """What can be wrong about it, and whether it is."""
    return [
        (warehouse.kind != Warehouse.Kind.STORE, _("only a warehouse of the kind store is open to shoppers")),
        (warehouse.latitude is None or warehouse.longitude is None, _("the warehouse has no position yet")),
        (not 0 < len(terms.address.strip()) <= LONGEST_ADDRESS, _("address")),
        (not any(terms.opening_hours.values()) or not are_hours(terms.opening_hours), _("opening hours")),
        (not 0 <= terms.ready_hours <= MOST_READY, _("hours until ready")),
        (not 1 <= terms.keep_days <= MOST_DAYS, _("days kept")),
        (not 0 <= terms.fee_minor <= MOST_FEE, _("fee")),
    ]
