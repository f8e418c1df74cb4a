"""What buyers say of what they bought."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.products import Product
from catalog.models.published import Published, known_status
from core.models import Entity


class Review(Published):
    """A rating of 1 to 5 stars with an optional text by somebody who bought the product; one per order line, also a withdrawn one.

    `stars` say how far the product is as described. `variant` is what was chosen of it. `i18n` may hold translations of the text.
    """

    class Fit(models.TextChoices):
        SMALL = "small", _("Runs small")
        TRUE = "true", _("True to size")
        LARGE = "large", _("Runs large")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="reviews")
    author = models.CharField(_("author"), max_length=100)
    order_line = models.UUIDField(unique=True, null=True)
    stars = models.PositiveSmallIntegerField(_("stars"))
    service = models.PositiveSmallIntegerField(_("service"), null=True, blank=True)
    delivery = models.PositiveSmallIntegerField(_("delivery"), null=True, blank=True)
    fit = models.CharField(_("fit"), max_length=5, choices=Fit.choices, blank=True, db_default="")
    variant = models.JSONField(_("variant"), default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    text = models.TextField(_("text"), max_length=4000, blank=True)
    i18n = models.JSONField(default=dict, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    helpful_count = models.PositiveIntegerField(_("found helpful"), default=0, db_default=0)
    edited_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(_("reply"), max_length=1000, blank=True, db_default="")
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_stars"),
            models.CheckConstraint(condition=Q(service__isnull=True) | Q(service__gte=1, service__lte=5), name="review_service"),
            models.CheckConstraint(condition=Q(delivery__isnull=True) | Q(delivery__gte=1, delivery__lte=5), name="review_delivery"),
            models.CheckConstraint(condition=Q(fit__in=["", "small", "true", "large"]), name="review_fit"),
            known_status("review_status"),
        ]
        indexes = [
            models.Index(fields=["product", "-created_at", "-id"], name="review_newest"),
            models.Index(fields=["product", "-helpful_count", "-created_at", "-id"], name="review_helpful"),
            models.Index(fields=["user", "-created_at"], name="review_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} ★ {self.author}"


class ReviewAddition(Published):
    """What the author of a review says after some time of use; once per review."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="addition")
    text = models.TextField(_("text"), max_length=4000)
    language = models.CharField(max_length=10, default="en")

    class Meta:
        verbose_name = _("later addition")
        verbose_name_plural = _("later additions")
        constraints = [known_status("review_addition_status")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def days_later(self) -> int:
        """Whole days between the review and this."""
        return max((self.created_at - self.review.created_at).days, 0)


class PhotoQuerySet(models.QuerySet["ReviewPhoto"]):
    def shown(self) -> PhotoQuerySet:
        """Those everybody may see: nothing they belong to is hidden, held or taken back."""
        own = Q(status="visible", review__status="visible")
        return self.filter(own, Q(addition=None) | Q(addition__status="visible"))

    def not_shown(self) -> PhotoQuerySet:
        return self.filter(~Q(status="visible") | ~Q(review__status="visible") | Q(addition__status__in=["held", "hidden", "withdrawn"]))


class ReviewPhoto(Published):
    """A buyer's picture. The file lies outside of what the web server serves; renditions exist there only while it is shown.

    `fingerprint` is the same for pictures that look the same, so that one that was hidden is known when it comes again.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="photos")
    addition = models.ForeignKey(ReviewAddition, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    file = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    tint = models.CharField(max_length=7, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.BigIntegerField()
    widths = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    formats = ArrayField(models.CharField(max_length=5), default=list, blank=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of a review")
        verbose_name_plural = _("photos of reviews")
        constraints = [known_status("review_photo_status")]
        indexes = [
            models.Index(fields=["review", "position"], name="review_photo_order"),
            models.Index(fields=["created_at"], name="review_photo_bare", condition=Q(widths=[], status="visible")),
            models.Index(fields=["created_at"], name="review_photo_hidden", condition=Q(status="hidden")),
        ]

    def __str__(self) -> str:
        return self.file

    @property
    def prefix(self) -> str:
        """The folder of the renditions."""
        return f"reviews/{self.pk}"


class ReviewVote(Entity):
    """A member found a review helpful."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="review_vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.review_id}"
