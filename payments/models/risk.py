from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity


class RiskPolicy(Entity):
    """What the operator makes of signs of fraud: weights per reason, limits, and from which score on what happens.

    A change is a new version; the newest is in force, and every assessment names the one it was made by.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    weights = models.JSONField(_("weights"))
    limits = models.JSONField(_("limits"))
    extra_check_from = models.PositiveSmallIntegerField(_("extra check from"))
    review_from = models.PositiveSmallIntegerField(_("review from"))
    block_from = models.PositiveSmallIntegerField(_("refuse from"))
    entered_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        verbose_name = _("risk policy")
        verbose_name_plural = _("risk policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(extra_check_from__gte=1, extra_check_from__lte=F("review_from")) & Q(review_from__lte=F("block_from")),
                name="risk_policy_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class RiskAssessment(Entity):
    """How risky the payment of a purchase (`reference`) looked when it was started, when it came in, or when cash was to be promised.

    Of one that came in, what a person made of it.
    """

    class Stage(models.TextChoices):
        STARTED = "started", pgettext_lazy("payment", "Started")
        PAID = "paid", _("Paid")
        CASH = "cash", pgettext_lazy("payment", "Cash on delivery")

    class Decision(models.TextChoices):
        ALLOW = "allow", pgettext_lazy("payment risk", "Allow")
        EXTRA_CHECK = "extra_check", pgettext_lazy("payment risk", "Extra check")
        REVIEW = "review", pgettext_lazy("payment risk", "Review")
        BLOCK = "block", pgettext_lazy("payment risk", "Refuse")

    class Verdict(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("payment risk", "Approved")
        REJECTED = "rejected", pgettext_lazy("payment risk", "Rejected")

    reference = models.UUIDField()
    stage = models.CharField(_("when"), max_length=10, choices=Stage.choices)
    score = models.PositiveSmallIntegerField(_("score"))
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    reasons = models.JSONField(_("reasons"), default=list)
    policy_version = models.PositiveIntegerField(_("version of the policy"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=80, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)

    class Meta:
        verbose_name = _("payment risk")
        verbose_name_plural = _("payment risks")
        constraints = [
            models.UniqueConstraint(fields=["reference", "stage"], name="risk_once_per_stage"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="risk_score"),
            models.CheckConstraint(condition=Q(decision__in=["allow", "extra_check", "review", "block"]), name="risk_decision"),
            models.CheckConstraint(condition=Q(stage__in=["started", "paid", "cash"]), name="risk_stage"),
            models.CheckConstraint(
                condition=Q(verdict="", reviewed_at=None) | Q(verdict__in=["approved", "rejected"], reviewed_at__isnull=False),
                name="risk_verdict",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="risk_waiting", condition=Q(stage="paid", decision="review", verdict=""))]

    def __str__(self) -> str:
        return f"{self.score} {self.get_decision_display()}"

    @property
    def is_waiting(self) -> bool:
        """Whether a person still has to decide about a purchase that is paid."""
        return self.stage == self.Stage.PAID and self.decision == self.Decision.REVIEW and not self.verdict


class RiskChallenge(Entity):
    """A code mailed to the shopper, which opens the payment page. The code follows from the row's key and is not stored."""

    reference = models.UUIDField(unique=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent = models.PositiveSmallIntegerField(default=1)
    salt = models.CharField(max_length=32)
    passed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.reference)
