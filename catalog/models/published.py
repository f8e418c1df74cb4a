"""What people write for everybody to read, and what becomes of it when it is reported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from catalog.models.products import Product
from core.models import Entity, Stateful


class Published(Stateful):
    """Base of reviews, photos, questions and answers: only `visible` ones are shown and counted."""

    class Status(models.TextChoices):
        VISIBLE = "visible", _("Visible")
        HELD = "held", _("Awaiting a check")
        HIDDEN = "hidden", _("Hidden")
        WITHDRAWN = "withdrawn", _("Taken back")

    TRANSITIONS = {
        "visible": frozenset({"held", "hidden", "withdrawn"}),
        "held": frozenset({"visible", "hidden", "withdrawn"}),
        "hidden": frozenset({"visible", "withdrawn"}),
    }

    # The database knows the default, too, so that the release before this one can go on writing reviews.
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.VISIBLE, db_default="visible")

    class Meta:
        abstract = True

    @property
    def is_visible(self) -> bool:
        return self.status == self.Status.VISIBLE


def known_status(name: str) -> models.CheckConstraint:
    """The constraint of a table of published things."""
    return models.CheckConstraint(condition=Q(status__in=["visible", "held", "hidden", "withdrawn"]), name=name)


class ModerationItem(Stateful):
    """One thing somebody reported, or that waits for a check before it is shown; the operator decides. `subject_id` is its key."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("Review")
        ADDITION = "addition", _("Later addition")
        PHOTO = "photo", _("Photo")
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")

    class Status(models.TextChoices):
        WAITING = "waiting", _("To decide")
        KEPT = "kept", pgettext_lazy("moderation", "Kept")
        HIDDEN = "hidden", _("Hidden")

    class Cause(models.TextChoices):
        REPORTED = "reported", _("Reported")
        LINK = "link", _("Contains a link")
        CONTACT = "contact", _("Contains contact details")
        PICTURE = "picture", _("Looks like a hidden picture")

    TRANSITIONS = {
        "waiting": frozenset({"kept", "hidden"}),
        "kept": frozenset({"waiting", "hidden"}),
        "hidden": frozenset({"waiting", "kept"}),
    }

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    subject_id = models.UUIDField(unique=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    cause = models.CharField(_("why it is here"), max_length=10, choices=Cause.choices)
    reports_count = models.PositiveIntegerField(_("reports"), default=0)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("reported or waiting text")
        verbose_name_plural = _("reported and waiting texts")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["review", "addition", "photo", "question", "answer"]), name="moderation_kind"),
            models.CheckConstraint(condition=Q(status__in=["waiting", "kept", "hidden"]), name="moderation_status"),
            models.CheckConstraint(condition=Q(cause__in=["reported", "link", "contact", "picture"]), name="moderation_cause"),
        ]
        indexes = [
            models.Index(fields=["-reports_count", "created_at"], name="moderation_waiting", condition=Q(status="waiting")),
            models.Index(fields=["-created_at"], name="moderation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"


class Report(Entity):
    """Somebody says that a thing breaks the rules; once per person and thing."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        OFFENSIVE = "offensive", _("Insulting or hateful")
        PERSONAL = "personal", _("Shows personal data")
        OFF_TOPIC = "off_topic", _("Not about the product")
        FAKE = "fake", _("Fake or paid for")

    item = models.ForeignKey(ModerationItem, on_delete=models.CASCADE, related_name="reports")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by_merchant = models.BooleanField(_("by the shop"), default=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["item", "user"], name="report_once"),
            models.CheckConstraint(condition=Q(reason__in=["spam", "offensive", "personal", "off_topic", "fake"]), name="report_reason"),
        ]

    def __str__(self) -> str:
        return str(self.get_reason_display())
