"""A cart with what may be chosen for each merchant's goods, and counted as it was chosen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace

from core.exchange.rules import Conversion
from logistics.rules import Destination
from logistics.way_selectors import Ways, ways_for
from orders.rules.ways import SENT, ChosenWay
from orders.selectors.cart_views import CartView, Parcel


def choose_ways(
    view: CartView, chosen: Mapping[uuid.UUID, ChosenWay], destination: Destination, conversion: Conversion, at: dt.datetime
) -> CartView:
    """The cart with the stores and slots that have its goods; what is picked up costs the store's fee instead of delivery.

    As many statements as `logistics.way_selectors.ways_for`, however many merchants. A choice that is not offered counts as sent.
    """
    wanted = {parcel.merchant_id: goods for parcel in view.parcels if (goods := _goods(parcel))}
    offered = ways_for(wanted, destination, at)
    parcels = [
        _chosen(parcel, offered.get(parcel.merchant_id, Ways()), chosen.get(parcel.merchant_id, SENT), conversion)
        for parcel in view.parcels
    ]
    shipping_minor = sum(parcel.shipping_minor for parcel in parcels)
    total_minor = view.total_minor - view.shipping_minor + shipping_minor
    return replace(view, parcels=parcels, shipping_minor=shipping_minor, total_minor=total_minor)


def _goods(parcel: Parcel) -> dict[uuid.UUID, int]:
    """Variants and pieces on shelves; of a variant that is in a set and alone, all of them."""
    goods: dict[uuid.UUID, int] = {}
    for line in parcel.lines:
        for variant_id, pieces in line.pieces:
            goods[variant_id] = goods.get(variant_id, 0) + pieces
    return goods


def _chosen(parcel: Parcel, ways: Ways, way: ChosenWay, conversion: Conversion) -> Parcel:
    point = next((point for point in ways.points if point.warehouse_id == way.store_id), None)
    if point is not None:
        fee = conversion.amount(point.fee_minor, point.currency) or 0
        return replace(
            parcel,
            ways=ways,
            chosen=way.value,
            sent_minor=parcel.shipping_minor,
            shipping_minor=fee,
            free_over_missing_minor=None,
            is_picked_up=True,
        )
    is_slot = any((option.slot.pk, option.day) == (way.slot_id, way.day) for option in ways.slots)
    return replace(parcel, ways=ways, chosen=way.value if is_slot else SENT.value, sent_minor=parcel.shipping_minor)
