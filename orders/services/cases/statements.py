"""What the sides say to each other about a case, with pictures that only they may see."""

import datetime as dt
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction

from catalog.rules.texts import storable
from core import outbox
from core.imaging import decode, encode
from orders.case_rules import side_of
from orders.errors import EvidenceClosed, TextMissing, TooManyPhotos
from orders.events import CaseMessageWritten
from orders.models import AfterSalesCase, CaseMessage, CasePhoto
from orders.services.cases.moves import locked_case
from orders.states import CaseSide, CaseStatus

LONGEST = 2_000
ENDED = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)


@transaction.atomic
def write_message(
    *,
    case_id: uuid.UUID,
    text: str,
    photos: Sequence[bytes] = (),
    actor: str,
    at: dt.datetime,
    merchant_id: uuid.UUID | None = None,
) -> CaseMessage:
    """Say something about a case; in a dispute this is the evidence, which both sides may add until its deadline.

    Raises:
        CaseNotFound: there is none.
        TextMissing: neither words nor pictures.
        EvidenceClosed: the case has ended, or the time for evidence is over.
        TooManyPhotos, InvalidPicture: the pictures.
    """
    case = locked_case(case_id, merchant_id)
    is_over = case.status == CaseStatus.ESCALATED and case.evidence_until is not None and at > case.evidence_until
    if case.status in ENDED or (is_over and side_of(actor) != CaseSide.OPERATOR):
        raise EvidenceClosed
    if not text.strip() and not photos:
        raise TextMissing
    message = say(case, text, photos, actor=actor, at=at)
    outbox.publish(CaseMessageWritten(str(case.pk), str(message.pk)))
    return message


def say(case: AfterSalesCase, text: str, photos: Sequence[bytes], *, actor: str, at: dt.datetime) -> CaseMessage:
    """Write a statement down; the caller has locked the case."""
    side = side_of(actor)
    most = settings.CASE_PHOTOS
    if photos and CasePhoto.objects.filter(case=case, message__side=side).count() + len(photos) > most:
        raise TooManyPhotos(most=most)
    message = CaseMessage.objects.create(case=case, side=side, actor=actor, text=storable(text).strip()[:LONGEST], created_at=at)
    for data in photos:
        _keep(message, data, at)
    return message


def _keep(message: CaseMessage, data: bytes, at: dt.datetime) -> None:
    """Decoded, turned upright, scaled and encoded anew, so nothing of the sender's file is left, its place and camera included."""
    image = decode(data)
    photo = CasePhoto(message=message, case_id=message.case_id, width=image.width, height=image.height, created_at=at)
    photo.file = f"cases/{message.case_id}/{photo.pk}.webp"
    path = photo_path(photo)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(image, "webp"))
    photo.save(force_insert=True)


def photo_path(photo: CasePhoto) -> Path:
    """Where the file of a picture lies: outside of what the web server serves."""
    return Path(settings.PRIVATE_ROOT) / photo.file
