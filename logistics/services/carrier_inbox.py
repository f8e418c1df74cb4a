"""Messages of carriers: verify the raw body, keep it once, answer at once; a worker then tells the parcels."""

import datetime as dt
import logging
import uuid
from collections.abc import Mapping

from django.db import transaction

from core.claims import each_claimed
from core.doorbell import ring
from core.states import IllegalTransition, StaleState, move_to
from logistics.errors import InvalidSignature, MessageNotQuarantined, MessageTooLarge, UnknownCarrier
from logistics.gateways import carrier as gateway_of
from logistics.gateways.webhook import news_of
from logistics.models import CarrierAccount, CarrierBooking, CarrierMessage
from logistics.services.tracking import tell
from logistics.states import CarrierMessageStatus as Status

log = logging.getLogger(__name__)
ACTOR = "system:carriers"
SWEEP = "logistics.tasks.process_carrier_messages"
MOST_BYTES = 20_000
MOST_TRIES = 8


def receive_carrier_message(*, code: str, headers: Mapping[str, str], body: bytes, at: dt.datetime) -> bool:
    """Keep a carrier's message; returns whether it is new. Answer 200 in both cases.

    Raises:
        UnknownCarrier: no active carrier has this code.
        MessageTooLarge: more than 20,000 bytes.
        InvalidSignature: forged, altered, unsigned or five minutes old; nothing is stored.
        InvalidCarrierMessage: signed, but not in our format; nothing is stored.
    """
    account = CarrierAccount.objects.filter(code=code, is_active=True).first()
    if account is None:
        raise UnknownCarrier
    if len(body) > MOST_BYTES:
        raise MessageTooLarge(most=MOST_BYTES)
    try:
        news = gateway_of(CarrierBooking.Gateway.WEBHOOK).parse_webhook(account, headers, body, at=at)
    except InvalidSignature:
        log.warning("carrier message refused", extra={"carrier": code, "size": len(body)})
        raise
    message = CarrierMessage(
        created_at=at,
        merchant_id=account.merchant_id,
        account=account,
        event_id=news.event_id,
        tracking_number=news.tracking_number,
        code=news.code,
        place=news.place,
        note=news.note,
        at=news.at,
        next_try_at=at,
    )
    with transaction.atomic():
        before = CarrierMessage.objects.filter(account=account, event_id=news.event_id).exists()
        CarrierMessage.objects.bulk_create([message], ignore_conflicts=True)
        ring(SWEEP)
    return not before


def process_carrier_messages(*, at: dt.datetime, limit: int = 100) -> int:
    """Tell parcels what is in the inbox; returns how many messages were tried. Several workers may run at once."""
    due = CarrierMessage.objects.filter(status=Status.RECEIVED, next_try_at__lte=at).order_by("next_try_at", "pk")

    def move_on(message: CarrierMessage) -> dict[str, object]:
        tries = message.attempts + 1
        return {"attempts": tries, "next_try_at": at + dt.timedelta(seconds=2**tries)}

    return each_claimed(due, limit, move_on, lambda message: _handle(message, at))


def _handle(message: CarrierMessage, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            _tell_parcels(message)
            _finish(message, Status.HANDLED, "", at)
    except StaleState:
        return  # another worker has finished it
    except IllegalTransition as error:
        _put_aside(message, str(error), at)
    except Unknown:
        _put_aside(message, "no parcel has this number", at)
    except Exception as error:  # whatever it was, the row stays due and is tried again
        log.warning("carrier message not handled yet", extra={"carrier_message": str(message.pk), "error": repr(error)})
        if message.attempts >= MOST_TRIES:
            _put_aside(message, repr(error), at)


class Unknown(Exception):
    """No parcel of this account has the number."""


def _tell_parcels(message: CarrierMessage) -> None:
    parcels = CarrierBooking.objects.filter(account_id=message.account_id, tracking_number=message.tracking_number)
    keys = list(parcels.order_by("shipment_id").values_list("shipment_id", flat=True))
    if not keys:
        raise Unknown
    for shipment_id in keys:
        tell(shipment_id=shipment_id, news=news_of(message))


def _put_aside(message: CarrierMessage, problem: str, at: dt.datetime) -> None:
    log.warning("carrier message quarantined", extra={"carrier_message": str(message.pk), "problem": problem})
    try:
        with transaction.atomic():
            _finish(message, Status.QUARANTINED, problem, at)
    except StaleState:
        return


def _finish(message: CarrierMessage, status: Status, problem: str, at: dt.datetime) -> None:
    move_to(message, status, actor=ACTOR, at=at, reason=problem[:200], problem=problem[:200], handled_at=at)


def release_message(*, message_id: uuid.UUID, actor: str, at: dt.datetime) -> CarrierMessage:
    """Let a quarantined message try again.

    Raises:
        MessageNotQuarantined: it is not in quarantine.
    """
    with transaction.atomic():
        message = _quarantined(message_id)
        move_to(message, Status.RECEIVED, actor=actor, at=at, reason="released", attempts=0, next_try_at=at, handled_at=None)
        ring(SWEEP)
    return message


def dismiss_message(*, message_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> CarrierMessage:
    """Put a quarantined message aside for good; the row and the reason stay.

    Raises:
        MessageNotQuarantined: it is not in quarantine.
    """
    with transaction.atomic():
        message = _quarantined(message_id)
        move_to(message, Status.DISMISSED, actor=actor, at=at, reason=reason[:200], handled_at=at)
    return message


def _quarantined(message_id: uuid.UUID) -> CarrierMessage:
    rows = CarrierMessage.objects.select_for_update(no_key=True).filter(pk=message_id, status=Status.QUARANTINED)
    message: CarrierMessage | None = rows.first()
    if message is None:
        raise MessageNotQuarantined
    return message
