from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Product
from core.models import Job, Stateful


class ModelVersion(Stateful):
    """One training run and its results. At most one is live; readers follow the live one.

    A job that is delivered again after a crash trains a second version. Results of old versions are thrown away, their metrics kept.
    """

    class Status(models.TextChoices):
        TRAINING = "training", _("Training")
        READY = "ready", _("Ready")
        LIVE = "live", _("Live")
        RETIRED = "retired", _("Retired")
        FAILED = "failed", _("Failed")

    TRANSITIONS = {
        "training": frozenset({"ready", "failed"}),
        "ready": frozenset({"live", "retired"}),
        "live": frozenset({"retired"}),
        "retired": frozenset({"live"}),
    }

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.TRAINING)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="model_versions")
    params = models.JSONField(default=dict)
    metrics = models.JSONField(_("metrics"), default=dict)
    ratings = models.PositiveIntegerField(_("ratings"), default=0)
    purchases = models.PositiveIntegerField(_("purchases"), default=0)
    has_results = models.BooleanField(default=True)
    live_at = models.DateTimeField(_("live since"), null=True)

    class Meta:
        verbose_name = _("recommendation model")
        verbose_name_plural = _("recommendation models")
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="live"), name="model_one_live"),
            models.UniqueConstraint(fields=["status"], condition=Q(status="training"), name="model_one_training"),
            models.CheckConstraint(condition=Q(status__in=["training", "ready", "live", "retired", "failed"]), name="model_status"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.status}"


class UserRecommendation(models.Model):
    """The best products for one person, best first, by one version, and the stars that person would give to each."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="users")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    products = ArrayField(models.UUIDField())
    scores = ArrayField(models.FloatField())
    stars = ArrayField(models.FloatField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="recommendation_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {len(self.products)}"


class ItemNeighbours(models.Model):
    """Products bought with one product, nearest first, by one version; behind them, with score 0, popular ones of its category."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    products = ArrayField(models.UUIDField())
    scores = ArrayField(models.FloatField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "product"], name="neighbours_once")]

    def __str__(self) -> str:
        return f"{self.product_id}: {len(self.products)}"
