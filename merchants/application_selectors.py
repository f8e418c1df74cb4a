"""Reads about applications to sell here."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Case, QuerySet, Value, When

from accounts.models import User
from merchants import states
from merchants.application_rules import WARN_DAYS, Point, checklist, is_good
from merchants.errors import ApplicationNotFound, DocumentNotFound
from merchants.models import ApplicationDocument, Merchant, MerchantApplication

_SAID = ("name", "slug", "contact", "email", "phone", "country", "city", "address", "tax_number", "latitude", "longitude", "opening_hours")


def application_of(user: User) -> MerchantApplication | None:
    """The application of a person that is open, else the newest one; with its papers."""
    is_open = Case(When(status__in=states.OPEN, then=Value(0)), default=Value(1))
    rows = MerchantApplication.objects.filter(applicant=user).select_related("merchant").prefetch_related("documents")
    return rows.order_by(is_open, "-created_at").first()


def own_application(user: User) -> MerchantApplication:
    """The same, where there must be one.

    Raises:
        ApplicationNotFound: this person has never applied.
    """
    row = application_of(user)
    if row is None:
        raise ApplicationNotFound
    return row


def own_document(user: User, document_id: uuid.UUID) -> ApplicationDocument:
    """A paper of one's own.

    Raises:
        DocumentNotFound: there is none, for this person.
    """
    row: ApplicationDocument | None = ApplicationDocument.objects.filter(pk=document_id, application__applicant=user).first()
    if row is None:
        raise DocumentNotFound
    return row


def points_of(row: MerchantApplication, today: dt.date) -> list[Point]:
    """The checklist of an application; a paper whose last day is over does not count."""
    papers = {paper.kind for paper in row.documents.all() if is_good(paper.expires_on, today)}
    return checklist(row.kind, {name: getattr(row, name) for name in _SAID}, papers)


def expiring_documents(today: dt.date) -> QuerySet[ApplicationDocument]:
    """Papers of open shops that end soon or have ended, and that no later one has replaced."""
    soon = today + dt.timedelta(days=max(WARN_DAYS))
    rows: QuerySet[ApplicationDocument] = ApplicationDocument.objects.in_force().filter(
        expires_on__lte=soon, application__merchant__status=Merchant.Status.ACTIVE
    )
    return rows
