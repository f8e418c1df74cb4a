"""Reports of what members wrote, and the operator's decision. A shop can report, but only the operator hides."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from catalog.errors import AlreadyReported, OwnReport, SubjectNotFound
from catalog.events import ModerationDecided
from catalog.models import Answer, ModerationItem, Question, Report, Review, ReviewAddition, ReviewPhoto
from catalog.rules.texts import storable
from catalog.selectors.moderation import SUBJECTS, Kind, Shown
from catalog.services.cards import change_stars
from catalog.services.held import put_in_queue
from catalog.services.questions import follow_answer, follow_question
from catalog.services.review_photos import tell_photos
from catalog.services.reviews import follow
from core.outbox import publish
from core.states import move_to

Status = ModerationItem.Status


def _after_review(review: Review, was_visible: bool) -> None:
    follow(review, review.stars if was_visible else None)


def _after_addition(addition: ReviewAddition, was_visible: bool) -> None:
    tell_photos(addition.photos.all())
    change_stars(addition.review.product_id, stars=0, count=0)


def _after_photo(photo: ReviewPhoto, was_visible: bool) -> None:
    tell_photos([photo])
    change_stars(photo.review.product_id, stars=0, count=0)


def _after_question(question: Question, was_visible: bool) -> None:
    follow_question(question)


def _after_answer(answer: Answer, was_visible: bool) -> None:
    follow_answer(answer, was_visible=was_visible)


# What has to follow when a thing is shown or hidden.
AFTER: dict[str, Callable[[Any, bool], None]] = {
    Kind.REVIEW: _after_review,
    Kind.ADDITION: _after_addition,
    Kind.PHOTO: _after_photo,
    Kind.QUESTION: _after_question,
    Kind.ANSWER: _after_answer,
}


@transaction.atomic
def report(
    *,
    kind: str,
    subject_id: uuid.UUID,
    user_id: uuid.UUID,
    reason: str,
    note: str = "",
    at: dt.datetime,
    merchant_id: uuid.UUID | None = None,
) -> Report:
    """Say that something visible breaks the rules; with `merchant_id` the shop says so, of its own products only.

    Raises:
        SubjectNotFound: there is no such thing, it is not visible, or it is of another shop's product.
        OwnReport: the member wrote it.
        AlreadyReported: by this person.
    """
    subject = SUBJECTS.get(kind)
    if subject is None or reason not in Report.Reason.values:
        raise SubjectNotFound
    of_shop = {f"{subject.product}__merchant_id": merchant_id} if merchant_id else {}
    found = subject.visible().filter(pk=subject_id, **of_shop).values_list(f"{subject.author}_id", f"{subject.product}_id").first()
    if found is None:
        raise SubjectNotFound
    author, product_id = found
    if author == user_id:
        raise OwnReport
    # Asked before the queue is touched: repeating oneself must not bring back what was decided.
    if Report.objects.filter(item__subject_id=subject_id, user_id=user_id).exists():
        raise AlreadyReported
    item = put_in_queue(kind, subject_id, ModerationItem.Cause.REPORTED, product_id=product_id, at=at)
    said = Report(item=item, user_id=user_id, reason=reason, note=storable(note).strip()[:300], created_at=at)
    said.by_merchant = merchant_id is not None
    try:
        with transaction.atomic():
            said.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyReported from error
    ModerationItem.objects.filter(pk=item.pk).update(reports_count=F("reports_count") + 1)
    return said


@transaction.atomic
def decide(*, item_id: uuid.UUID, hide: bool, actor: str, reason: str, at: dt.datetime) -> ModerationItem:
    """Show or hide what an item is about; a decision can be turned round later. The author is told of what changes for readers.

    Raises:
        SubjectNotFound: it is gone, or its author took it back.
        IllegalTransition, StaleState: it is decided like that already, or somebody else was first.
    """
    known = ModerationItem.objects.filter(pk=item_id).first()
    subject = locked_subject(known.kind, known.subject_id) if known else None
    item = ModerationItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None or subject is None:
        raise SubjectNotFound
    verdict = Status.HIDDEN if hide else Status.KEPT
    move_to(item, verdict, actor=actor, at=at, reason=reason, decided_by=actor, decided_at=at)
    ModerationItem.objects.filter(pk=item.pk).update(reason=reason)
    was_visible = subject.is_visible
    target = Shown.HIDDEN if hide else Shown.VISIBLE
    if subject.status != target:
        move_to(subject, target, actor=actor, at=at, reason=reason)
        AFTER[item.kind](subject, was_visible)
        publish(ModerationDecided(str(item.pk), target, str(uuid.uuid5(item.pk, at.isoformat()))))
    return item


def locked_subject(kind: str, subject_id: uuid.UUID) -> Any:
    """The thing itself, its row held; None where it is gone or was taken back. Locked before its item, as writers do."""
    if kind == Kind.ANSWER:
        # Its question counts it, so that one comes first.
        list(Question.objects.select_for_update(of=("self",)).filter(answers=subject_id).values_list("pk"))
    rows = SUBJECTS[kind].model._base_manager.select_for_update(of=("self",)).exclude(status=Shown.WITHDRAWN)
    return rows.filter(pk=subject_id).first()


@transaction.atomic
def hide_directly(*, kind: str, subject_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> ModerationItem:
    """The operator hides something nobody reported. Raises SubjectNotFound."""
    if locked_subject(kind, subject_id) is None:
        raise SubjectNotFound
    subject = SUBJECTS[kind]
    product_id = subject.model._base_manager.values_list(f"{subject.product}_id", flat=True).get(pk=subject_id)
    item = put_in_queue(kind, subject_id, ModerationItem.Cause.REPORTED, product_id=product_id, at=at)
    return decide(item_id=item.pk, hide=True, actor=actor, reason=reason, at=at)
