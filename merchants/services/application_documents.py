"""Papers of applications: kept outside of what the web server serves, under names of our own."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from core import outbox
from core.errors import InvalidPicture
from core.imaging import decode, encode
from merchants.application_rules import ENDINGS, JPEG, LARGEST_BYTES, MOST_PAPERS, PDF, WARN_DAYS, is_good, label_of, sniffed, warning_due
from merchants.application_selectors import expiring_documents
from merchants.errors import (
    ApplicationClosed,
    ApplicationInvalid,
    DocumentExpired,
    DocumentKnown,
    DocumentNotFound,
    DocumentRefused,
    DocumentsTooMany,
)
from merchants.events import DocumentExpiring
from merchants.models import ApplicationDocument, MerchantApplication
from merchants.services.applications import locked
from merchants.states import ApplicationStatus


def document_path(row: ApplicationDocument) -> Path:
    """Where the bytes lie."""
    return Path(settings.PRIVATE_ROOT) / row.file


def add_document(
    *, application_id: uuid.UUID, user: User, kind: str, name: str, data: bytes, expires_on: dt.date | None, at: dt.datetime
) -> ApplicationDocument:
    """Add a paper to an application, or a newer one to that of an open shop; returns it.

    A picture is decoded and encoded anew, so nothing of the sender's file is left, its place and camera included.

    Args:
        name: what it is called where it comes from; only shown.
        data: its bytes, at most 10 MB.
        expires_on: its last day, None for a paper that has none.

    Raises:
        ApplicationNotFound: this person has no such application.
        ApplicationClosed: it was sent, rejected or withdrawn.
        ApplicationInvalid: no such kind of paper.
        DocumentRefused, DocumentExpired, DocumentKnown, DocumentsTooMany: nothing of it is kept.
    """
    if kind not in ApplicationDocument.Kind.values:
        raise ApplicationInvalid(field=ApplicationDocument._meta.get_field("kind").verbose_name)
    if not is_good(expires_on, at.date()):
        raise DocumentExpired
    content, content_type = _safe(data)
    row = ApplicationDocument(
        application_id=application_id, kind=kind, name=label_of(name), content_type=content_type, size=len(content), expires_on=expires_on
    )
    row.created_at, row.sha256 = at, hashlib.sha256(content).hexdigest()
    row.file = f"applications/{application_id}/{row.pk}.{ENDINGS[content_type]}"
    try:
        _write(document_path(row), content)
        _insert(row, user)
    except BaseException:
        document_path(row).unlink(missing_ok=True)
        raise
    return row


def _safe(data: bytes) -> tuple[bytes, str]:
    """What is kept of a file, and its type; raises DocumentRefused."""
    found = sniffed(data) if 0 < len(data) <= LARGEST_BYTES else ""
    if not found:
        raise DocumentRefused
    if found == PDF:
        return data, PDF
    try:
        return encode(decode(data), "jpg", quality=88), JPEG
    except InvalidPicture as error:
        raise DocumentRefused from error


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)


@transaction.atomic
def _insert(row: ApplicationDocument, user: User) -> None:
    application = locked(row.application_id, user)
    if not may_add(application):
        raise ApplicationClosed
    if application.documents.count() >= MOST_PAPERS:
        raise DocumentsTooMany(most=MOST_PAPERS)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DocumentKnown from error


def may_add(application: MerchantApplication) -> bool:
    """Whether papers can be added: while it is written, and to an open shop's, where a newer one replaces one that ends."""
    return application.is_editable or application.status == ApplicationStatus.APPROVED


@transaction.atomic
def remove_document(*, application_id: uuid.UUID, user: User, document_id: uuid.UUID) -> None:
    """Take a paper out of an application that can still be changed; its file goes with it.

    Raises:
        ApplicationNotFound, DocumentNotFound: none of this person's.
        ApplicationClosed: the application was sent, decided or withdrawn.
    """
    application = locked(application_id, user)
    row = application.documents.filter(pk=document_id).first()
    if row is None:
        raise DocumentNotFound
    if not application.is_editable:
        raise ApplicationClosed
    path = document_path(row)
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


@transaction.atomic
def warn_of_documents(*, at: dt.datetime, limit: int = 100) -> int:
    """Tell shops of papers that end in 30 or 7 days, once each; returns of how many. Several workers may do it at once."""
    today = at.date()
    nearest = min(WARN_DAYS)
    is_due = Q(warned_days=None) | Q(warned_days__gt=nearest, expires_on__lte=today + dt.timedelta(days=nearest))
    rows = expiring_documents(today).filter(is_due).order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))
    due = [(row, warning_due(row.expires_on, today, row.warned_days)) for row in rows[:limit] if row.expires_on]
    for row, days in due:
        ApplicationDocument.objects.filter(pk=row.pk).update(warned_days=days)
    if due:
        outbox.publish(*(DocumentExpiring(document_id=str(row.pk), days=days or 0) for row, days in due))
    return len(due)
