from __future__ import annotations

import datetime as dt
import json
import uuid
from itertools import count
from typing import Any

from core.ids import uuid7
from logistics import services
from logistics.gateways import signatures
from logistics.journeys import Fate, fate_of
from logistics.models import CarrierAccount, Shipment
from logistics.services.bookings import book_parcel, follow_parcels
from logistics.services.carrier_accounts import create_carrier_account
from merchants.models import Merchant
from tests.factories.logistics import NOW, make_reservations, make_stock
from tests.factories.merchants import make_merchant

_number = count(1)


def make_carrier(merchant: Merchant | None = None, **overrides: Any) -> tuple[CarrierAccount, str]:
    """A carrier with messages, and its secret."""
    fields = {"code": f"carrier{next(_number)}", "name": "Quick Post", "tracking_url": "https://quick.example/t/{number}", **overrides}
    return create_carrier_account(merchant=merchant or make_merchant(), at=NOW, **fields)


def message_of(number: str, *, status: str = "in_transit", at: dt.datetime = NOW, event: str = "", **more: Any) -> bytes:
    """The body of a carrier's message."""
    said = {"id": event or f"evt-{next(_number)}", "tracking_number": number, "status": status, "at": at.isoformat(), **more}
    return json.dumps(said).encode()


def signed(secret: str, body: bytes, *, at: dt.datetime | None = None) -> dict[str, str]:
    """The headers of a body signed at that moment."""
    moment = int((at or dt.datetime.now(dt.UTC)).timestamp())
    return {signatures.TIMESTAMP: str(moment), signatures.SIGNATURE: signatures.sign(secret, body, moment=moment)}


def send_by(
    way: str, *, merchant: Merchant | None = None, number: str = "", city: str = "Chengdu", at: dt.datetime = NOW, carrier: str = ""
) -> Shipment:
    """A parcel handed to a carrier of the merchant's choice and followed from then on."""
    stock = make_stock() if merchant is None else _stock_of(merchant)
    [row] = make_reservations({stock: 1}, committed=True, at=at)
    handover = book_parcel(way=way, merchant_id=row.merchant_id, reference=row.group, carrier=carrier, tracking_number=number)
    shipments = services.ship(
        reference=row.group, merchant_id=row.merchant_id, carrier=handover.carrier, tracking_number=handover.tracking_number,
        actor="system:test", at=at,
    )  # fmt: skip
    follow_parcels(handover=handover, shipments=shipments, destination=city, at=at)
    return shipments[0]


def _stock_of(merchant: Merchant) -> Any:
    from tests.factories.catalog import make_product
    from tests.factories.logistics import make_warehouse

    return make_stock(variant=make_product(merchant=merchant).variants.get(), warehouse=make_warehouse(merchant))


def an_id_that(fate: Fate) -> uuid.UUID:
    """A parcel's id with that fate."""
    return next(found for found in iter(uuid7, None) if fate_of(found) == fate)


def simulated_parcel(fate: Fate = Fate.ARRIVES, *, at: dt.datetime = NOW) -> Shipment:
    """A parcel of the built-in carrier that will fare like this; others are sent until there is one."""
    while True:
        parcel = send_by("simulated", at=at)
        if fate_of(parcel.pk) == fate:
            return parcel
