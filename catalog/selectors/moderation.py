"""What can be reported: where it lies, whose it is, and what the operator sees of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from catalog.errors import SubjectNotFound
from catalog.models import Answer, ModerationItem, Published, Question, Report, Review, ReviewAddition, ReviewPhoto

Kind, Shown = ModerationItem.Kind, Published.Status


@dataclass(frozen=True)
class Subject:
    """A kind of thing: the paths to its author and product, and to what has to be visible with it.

    `key` is the path to what has a page of its own: the review, the question.
    """

    model: type[Published]
    author: str
    product: str
    key: str
    within: tuple[str, ...] = ()

    def visible(self) -> QuerySet[Any]:
        """Those everybody can see."""
        return self.model._base_manager.filter(status=Shown.VISIBLE, **{f"{path}__status": Shown.VISIBLE for path in self.within})


SUBJECTS: dict[str, Subject] = {
    Kind.REVIEW: Subject(Review, "user", "product", "pk"),
    Kind.ADDITION: Subject(ReviewAddition, "review__user", "review__product", "review_id", ("review",)),
    Kind.PHOTO: Subject(ReviewPhoto, "review__user", "review__product", "review_id", ("review",)),
    Kind.QUESTION: Subject(Question, "user", "product", "pk"),
    Kind.ANSWER: Subject(Answer, "user", "question__product", "question_id", ("question",)),
}


def place_of(kind: str, subject_id: uuid.UUID) -> tuple[str, uuid.UUID]:
    """Slug of the product, and key of the review or question, where a visible thing is read. Raises SubjectNotFound."""
    subject = SUBJECTS[kind]
    found = subject.visible().filter(pk=subject_id).values_list(f"{subject.product}__slug", subject.key).first()
    if found is None:
        raise SubjectNotFound
    slug, key = found
    return slug, key


def item_for(item_id: uuid.UUID) -> ModerationItem | None:
    return ModerationItem.objects.select_related("product").filter(pk=item_id).first()


def author_of(item: ModerationItem) -> User | None:
    """Who wrote what an item is about; None where the account is gone."""
    subject = SUBJECTS[item.kind]
    user_id = subject.model._base_manager.filter(pk=item.subject_id).values_list(f"{subject.author}_id", flat=True).first()
    return User.objects.filter(pk=user_id).first() if user_id else None


def subjects_of(items: Iterable[ModerationItem]) -> dict[uuid.UUID, Any]:
    """What items are about, by key; one statement for each kind there is."""
    keys: dict[str, list[uuid.UUID]] = {}
    for item in items:
        keys.setdefault(item.kind, []).append(item.subject_id)
    found: dict[uuid.UUID, Any] = {}
    for kind, ids in keys.items():
        found |= {row.pk: row for row in SUBJECTS[kind].model._base_manager.filter(pk__in=ids)}
    return found


def photos_with(item: ModerationItem) -> list[ReviewPhoto]:
    """The photos that belong to what is decided, shown or not."""
    rows = ReviewPhoto.objects.exclude(status=Shown.WITHDRAWN).order_by("position", "pk")
    paths = {Kind.REVIEW: "review", Kind.ADDITION: "addition", Kind.PHOTO: "pk"}
    path = paths.get(Kind(item.kind))
    return list(rows.filter(**{path: item.subject_id})) if path else []


def with_reports() -> QuerySet[ModerationItem]:
    """Items with their reports, the newest first."""
    return ModerationItem.objects.select_related("product").prefetch_related(Prefetch("reports", Report.objects.order_by("-created_at")))
