"""Mails about applications to sell here, and about papers of shops that end."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from core.outbox import handles
from merchants.events import ApplicationMoved, DocumentExpiring
from merchants.models import ApplicationDocument, Membership, MerchantApplication
from merchants.states import ApplicationStatus
from support import application_notices as notices
from support.content import Notice, Reader
from support.selectors import application_reviewers, readers_at
from support.services import notify

TO_APPLICANT: dict[ApplicationStatus, Callable[[MerchantApplication], Notice]] = {
    ApplicationStatus.SUBMITTED: notices.submitted,
    ApplicationStatus.APPROVED: notices.approved,
    ApplicationStatus.RETURNED: notices.returned,
    ApplicationStatus.REJECTED: notices.rejected,
}
# What a later step has overtaken is told by that; that it has come is told also when somebody looks at it already.
_STILL = {ApplicationStatus.SUBMITTED: {ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW}}


@handles(ApplicationMoved)
def mail_application_moved(event: ApplicationMoved) -> None:
    row = MerchantApplication.objects.select_related("applicant").get(pk=uuid.UUID(event.application_id))
    status, occasion = ApplicationStatus(event.to_status), uuid.UUID(event.occasion)
    if status not in TO_APPLICANT or row.status not in _STILL.get(status, {status}):
        return
    reader = Reader(row.applicant.email, row.applicant.language)
    notify(subject_id=occasion, reader=reader, write=lambda: TO_APPLICANT[status](row), at=timezone.now())
    if status == ApplicationStatus.SUBMITTED:
        for operator in application_reviewers():
            notify(subject_id=occasion, reader=operator, write=lambda: notices.to_review(row), at=timezone.now())


@handles(DocumentExpiring)
def mail_document_ends(event: DocumentExpiring) -> None:
    """To the owners; an event that comes late says nothing of a paper that was replaced meanwhile."""
    papers = ApplicationDocument.objects.in_force().select_related("application__merchant")
    paper = papers.filter(pk=uuid.UUID(event.document_id)).first()
    if paper is None:
        return
    subject = uuid.uuid5(paper.pk, str(event.days))
    for reader in readers_at(paper.application.merchant, (Membership.Role.OWNER,)):
        notify(subject_id=subject, reader=reader, write=lambda: notices.document_ends(paper, event.days), at=timezone.now())
