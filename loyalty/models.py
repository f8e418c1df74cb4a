from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Entity


class PointsLot(Entity):
    """Points earned together; they expire together. `remaining` is what debits have left of them.

    `clawed` is how many of them were asked back because what earned them was undone, whether they were still there or not.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="points_lots")
    rule = models.CharField(max_length=30)
    reference = models.UUIDField()
    earned = models.PositiveIntegerField()
    remaining = models.PositiveIntegerField()
    clawed = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "reference"], name="points_lot_once"),
            models.CheckConstraint(condition=Q(remaining__gte=0) & Q(remaining__lte=F("earned")), name="points_lot_remaining"),
            models.CheckConstraint(condition=Q(clawed__gte=0) & Q(clawed__lte=F("earned")), name="points_lot_clawed"),
        ]
        indexes = [
            models.Index(fields=["user", "expires_at"], name="points_lot_open", condition=Q(remaining__gt=0)),
            models.Index(fields=["expires_at"], name="points_lot_due", condition=Q(remaining__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.earned}"


class PointsEntry(Entity):
    """One movement of points of one lot; the sum over a lot's entries is its `remaining`. Append-only.

    What goes back in parts does so once per `cause`; without one it is all that is left.
    """

    class Kind(models.TextChoices):
        EARN = "earn", _("Earned")
        REDEEM = "redeem", _("Redeemed")
        ROLLBACK = "rollback", _("Returned")
        EXPIRE = "expire", _("Expired")
        CLAW_BACK = "claw_back", _("Taken back")
        ADJUST = "adjust", _("Adjusted")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="points_entries")
    lot = models.ForeignKey(PointsLot, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    delta = models.IntegerField()
    reference = models.UUIDField()
    cause = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "kind", "reference", "cause"], nulls_distinct=False, name="points_entry_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["earn", "redeem", "rollback", "expire", "claw_back", "adjust"]), name="points_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="points_history"),
            models.Index(fields=["reference"], name="points_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delta:+d}"


class PointsDebt(models.Model):
    """Points taken back that had been spent already; the next points earned pay them off first."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="points_debt", primary_key=True)
    points = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.points)
