from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Stateful


class Mail(Stateful):
    """A mail as rendered. Without an SMTP server it stays here to be read on the mailbox page."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept in the mailbox")
        FAILED = "failed", _("Failed")

    TRANSITIONS = {"queued": frozenset({"sent", "kept", "failed"})}

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    to = models.EmailField()
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [models.CheckConstraint(condition=Q(status__in=["queued", "sent", "kept", "failed"]), name="mail_status")]
        indexes = [
            models.Index(fields=["next_try_at"], name="mail_due", condition=Q(status="queued")),
            models.Index(fields=["-created_at"], name="mail_newest"),
        ]

    def __str__(self) -> str:
        return self.subject
