from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import uuid7


class Entity(models.Model):
    """Base of every business row: a UUIDv7 key that may be shown to strangers, and the moment it was made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Stateful(Entity):
    """A row with a status that moves along TRANSITIONS and nowhere else; `core.states.move_to` is the only way."""

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {}
    status: models.CharField[str, str]

    class Meta:
        abstract = True


class StateChange(models.Model):
    """History: who moved which row from one status to the next, when and why. Append-only."""

    entity = models.CharField(max_length=60)
    entity_id = models.UUIDField()
    from_status = models.CharField(max_length=30, blank=True)
    to_status = models.CharField(max_length=30)
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entity_id", "at"], name="statechange_entity")]

    def __str__(self) -> str:
        return f"{self.entity} {self.from_status} → {self.to_status}"


class OutboxEvent(models.Model):
    """A fact recorded in the transaction that made it true; handled later, at least once, each handler exactly once."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="outbox_due", condition=Q(handled_at__isnull=True, dead_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class OutboxReceipt(models.Model):
    """Proof that one handler has handled one event."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="receipts")
    handler = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outbox_receipt_once")]

    def __str__(self) -> str:
        return f"{self.handler} of {self.event_id}"


class IdempotencyRecord(models.Model):
    """The stored answer of a write a caller may repeat; committed together with that write."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Job(Entity):
    """A long piece of work with progress that survives restarts and that a person can watch."""

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("job", "Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    actor = models.CharField(max_length=80)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    errors = ArrayField(models.TextField(), default=list, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["queued", "running", "done", "failed"]), name="job_status"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_status_display()}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class InvariantCheck(Entity):
    """One look at all invariants: how many there are, how long it took, and the names of those that did not hold."""

    total = models.PositiveIntegerField(_("invariants"))
    broken = ArrayField(models.TextField(), default=list, verbose_name=_("broken"))
    seconds = models.DecimalField(_("seconds"), max_digits=8, decimal_places=1)

    class Meta:
        verbose_name = _("check of the invariants")
        verbose_name_plural = _("checks of the invariants")
        indexes = [models.Index(fields=["-created_at"], name="invariant_check_newest")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def holding(self) -> int:
        return self.total - len(self.broken)


def entity_id_of(row: models.Model) -> uuid.UUID:
    """The key of a stateful row as history stores it."""
    return uuid.UUID(str(row.pk))


class ExchangeRate(Entity):
    """What one major unit of `base` costs in major units of `quote` on a day. Append-only: one per pair and day, for ever."""

    class Source(models.TextChoices):
        ENTERED = "entered", _("Entered by hand")
        FILE = "file", _("Imported from a file")

    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("quoted currency"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=24, decimal_places=12)
    on = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.ENTERED)
    entered_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["base", "quote", "on"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="rate_of_two_currencies"),
        ]
        indexes = [models.Index(fields=["-on"], name="rate_newest")]

    def __str__(self) -> str:
        return f"{self.base} → {self.quote} {self.rate.normalize():f}"
