"""What import duty and tax on goods from another country are estimated at, in a cart and when it is placed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from core.exchange.rules import Conversion
from logistics.customs_selectors import bear_duties, planned, tariff_for
from logistics.rules import Destination, Line
from logistics.rules.duties import Declared, Estimate, estimate
from orders.models import DutyEstimate
from orders.rules.duties import Crossing
from orders.selectors.cart_views import CartView, Parcel


@dataclass(frozen=True)
class ParcelDuties:
    """What of a cart one merchant would send over a border, and the estimate, as an order that was placed has it."""

    merchant_name: str
    duties: DutyEstimate
    # The most that may come out of bond at once, where it is more; the cart cannot be placed so.
    bonded_most_minor: int | None = None


def duties_of_cart(cart: CartView, destination: Destination, conversion: Conversion, at: dt.datetime) -> list[ParcelDuties]:
    """Import charges by merchant, were the cart placed now; merchants whose goods lie in the destination are not in it.

    One query, three more where something crosses a border.
    """
    # Who comes to the store takes the goods over the border themselves.
    declared = {parcel.merchant_id: sent for parcel in cart.parcels if not parcel.is_picked_up and (sent := _declared(parcel))}
    lines = [Line(key, key, variant_id, row.pieces) for key, rows in declared.items() for variant_id, row in rows.items()]
    abroad = [pick for pick in planned(lines, destination, at) if "crosses_from" in pick.reasons] if lines else []
    parcels = {parcel.merchant_id: parcel for parcel in cart.parcels}
    found = {
        key: Crossing.of(
            declared[key],
            [(pick.variant_id, pick.quantity, pick.reasons) for pick in abroad if pick.group == key],
            parcels[key].shipping_minor,
        )
        for key in dict.fromkeys(pick.group for pick in abroad)
    }
    made = estimates(found, destination.country, conversion, timezone.localdate(at))
    return [
        ParcelDuties(
            parcels[key].merchant_name, _unsaved(guess, is_borne, found[key], destination.country, cart.currency), guess.bonded_most_minor
        )
        for key, (guess, is_borne) in made.items()
    ]


def estimates(
    crossings: Mapping[uuid.UUID, Crossing], country: str, conversion: Conversion, on: dt.date
) -> dict[uuid.UUID, tuple[Estimate, bool]]:
    """The estimate of each merchant's goods, and whether the merchant bears it. Three queries, none where nothing crosses a border."""
    if not crossings:
        return {}
    codes = {row.hs_code for crossing in crossings.values() for row in crossing.goods}
    tariff = tariff_for(country, codes, conversion, on)
    bearing = bear_duties(crossings)
    return {
        key: (estimate(crossing.goods, tariff, on, shipping_minor=crossing.shipping_minor), key in bearing)
        for key, crossing in crossings.items()
    }


def _declared(parcel: Parcel) -> dict[uuid.UUID, Declared]:
    found: dict[uuid.UUID, Declared] = {}
    for line in parcel.lines:
        for variant_id, row in line.declared:
            found[variant_id] = found[variant_id] + row if variant_id in found else row
    return found


def _unsaved(guess: Estimate, is_borne: bool, crossing: Crossing, country: str, currency: str) -> DutyEstimate:
    """As it would be kept."""
    return DutyEstimate(
        country=country,
        sent_from=crossing.sent_from,
        terms=DutyEstimate.Terms.DDP if is_borne else DutyEstimate.Terms.DAP,
        missing=guess.missing,
        currency=currency,
        duty_minor=guess.duty_minor,
        tax_minor=guess.tax_minor,
        tax_kind=guess.tax_kind,
        version=guess.version,
    )
