"""What buyers say of what they bought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.products import Product
from core.models import Entity


class Review(Entity):
    """A rating of 1 to 5 stars with an optional text by somebody who bought the product; one per order line."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="reviews")
    author = models.CharField(max_length=100)
    order_line = models.UUIDField(unique=True, null=True)
    stars = models.PositiveSmallIntegerField(_("stars"))
    text = models.TextField(_("text"), max_length=4000, blank=True)
    i18n = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, default="en")

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_stars")]
        indexes = [models.Index(fields=["product", "-created_at"], name="review_newest")]

    def __str__(self) -> str:
        return f"{self.stars} ★ {self.author}"
