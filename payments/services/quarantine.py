"""What a person does with a webhook that did not fit: let it try again, or put it aside with a reason. Both stay in its history."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from core.doorbell import ring
from core.states import move_to
from payments.errors import MessageNotQuarantined
from payments.models import InboxMessage
from payments.states import MessageStatus


def release_message(*, message_id: uuid.UUID, actor: str, at: dt.datetime) -> InboxMessage:
    """Handle a quarantined message again, with fresh tries; what it is about is read at the provider once more.

    Raises:
        MessageNotQuarantined: it is not in quarantine.
    """
    again: dict[str, Any] = {"attempts": 0, "next_try_at": at, "released_at": at, "handled_at": None}
    with transaction.atomic():
        message = _quarantined(message_id)
        move_to(message, MessageStatus.RECEIVED, actor=actor, at=at, reason="released", **again)
        ring("payments.tasks.process_inbox")
    return message


def dismiss_message(*, message_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> InboxMessage:
    """Put a quarantined message aside for good; the row and the reason stay.

    Raises:
        MessageNotQuarantined: it is not in quarantine.
    """
    with transaction.atomic():
        message = _quarantined(message_id)
        move_to(message, MessageStatus.DISMISSED, actor=actor, at=at, reason=reason[:200], handled_at=at)
    return message


def _quarantined(message_id: uuid.UUID) -> InboxMessage:
    message = InboxMessage.objects.select_for_update().filter(pk=message_id, status=MessageStatus.QUARANTINED).first()
    if message is None:
        raise MessageNotQuarantined
    return message
