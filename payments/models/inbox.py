from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from payments import states


class InboxMessage(Stateful):
    """A verified webhook as it came in. A provider's event id is stored once; the worker re-reads the object itself.

    `attempt_id` is what the provider says it is about: a hint where to look, never a proof.
    """

    TRANSITIONS = states.MESSAGE_TRANSITIONS

    gateway = models.CharField(max_length=20)
    provider_event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=10, choices=states.Subject.choices)
    object_id = models.CharField(max_length=120)
    attempt_id = models.UUIDField(null=True)
    body = models.JSONField()
    status = models.CharField(_("status"), max_length=12, choices=states.MessageStatus.choices, default=states.MessageStatus.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=300, blank=True)
    released_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_event_id"], name="inbox_once"),
            models.CheckConstraint(condition=Q(status__in=states.MessageStatus.values), name="inbox_status"),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="inbox_due", condition=Q(status="received"))]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind}"
