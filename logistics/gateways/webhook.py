"""Any carrier that can send signed messages in our format (docs/carriers.md)."""

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from logistics.errors import InvalidCarrierMessage, InvalidSignature
from logistics.gateways import signatures
from logistics.gateways.base import Booked, News, ParcelToSend
from logistics.gateways.manual import typed
from logistics.models import CarrierAccount, CarrierBooking, CarrierMessage
from logistics.states import CarrierMessageStatus, ShipmentStatus

TOLD = frozenset(ShipmentStatus.values) - {ShipmentStatus.PLANNED, ShipmentStatus.PACKED}
# How much a carrier's clock may be ahead of ours.
AHEAD = dt.timedelta(hours=1)
OLDEST = dt.timedelta(days=400)


class WebhookCarrier:
    code = "webhook"
    label = _("Carrier with messages")
    makes_numbers = False

    def is_available(self) -> bool:
        return True

    def book(self, parcel: ParcelToSend) -> Booked:
        number = typed(parcel)
        return Booked(number, {"barcode": number})

    def track(self, numbers: Collection[str], *, at: dt.datetime) -> list[News]:
        rows = CarrierMessage.objects.filter(tracking_number__in=numbers, status=CarrierMessageStatus.HANDLED, at__lte=at)
        return [news_of(row) for row in rows.order_by("at", "pk")]

    def cancel(self, booking: CarrierBooking, *, at: dt.datetime) -> bool:
        return False

    def parse_webhook(self, account: CarrierAccount | None, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> News:
        if account is None:
            raise InvalidSignature
        signatures.verify(account, headers, body, at=at)
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise InvalidCarrierMessage(problem="no JSON") from error
        if not isinstance(message, dict):
            raise InvalidCarrierMessage(problem="no JSON object")
        return _read(message, at)


def news_of(row: CarrierMessage) -> News:
    """A stored message as what it tells."""
    return News(row.event_id, row.tracking_number, row.code, row.at, row.place, row.note)


def _read(message: dict[str, Any], at: dt.datetime) -> News:
    code = _text(message, "status", 20)
    if code not in TOLD:
        raise InvalidCarrierMessage(problem="unknown status")
    return News(
        event_id=_text(message, "id", 120),
        tracking_number=_text(message, "tracking_number", 60),
        code=code,
        at=_moment(_text(message, "at", 40), at),
        place=_text(message, "place", 80, required=False),
        note=_text(message, "note", 200, required=False),
    )


def _text(message: dict[str, Any], name: str, longest: int, *, required: bool = True) -> str:
    value = message.get(name, "" if not required else None)
    text = value.strip() if isinstance(value, str) else None
    # PostgreSQL keeps no NUL, and half a surrogate pair is no text.
    if text is None or len(text) > longest or (required and not text) or "\x00" in text or not text.isprintable():
        raise InvalidCarrierMessage(problem=f"{name} must be a text of at most {longest} characters")
    return text


def _moment(text: str, at: dt.datetime) -> dt.datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidCarrierMessage(problem="at must be a moment with its time zone, as in RFC 3339")
    try:
        is_plausible = at - OLDEST < moment <= at + AHEAD
    except OverflowError:
        is_plausible = False
    if not is_plausible:
        raise InvalidCarrierMessage(problem="at is in the future or too long ago")
    return moment
