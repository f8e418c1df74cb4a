from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity, Stateful
from merchants.models.merchants import Merchant, TenantQuerySet

WINDOWS = (7, 30)


class Measure(models.TextChoices):
    LATE = "late", _("Shipped late")
    CANCELLED = "cancelled", _("Cancelled by the shop")
    RETURNED = "returned", _("Returned for a fault")
    DISPUTED = "disputed", _("In dispute")
    TRACKED = "tracked", _("Valid tracking")
    ON_TIME = "on_time", _("Delivered on time")
    RESPONSE = "response", _("Time to answer")
    RATING = "rating", _("Rating")


class Standing(models.TextChoices):
    NONE = "none", _("No orders yet")
    GOOD = "good", pgettext_lazy("standing", "Good")
    NEAR = "near", _("Near the limit")
    BAD = "bad", _("Beyond the limit")


class Scorecard(Entity):
    """How a merchant did in the `window` days that ended with `day`, by the marketplace's calendar. Computing a day again replaces it.

    Of each measure there are two whole numbers: how many of how many orders; of `response` the median in minutes and the cases answered;
    of `rating` the stars and the reviews. Where the second number is 0 there is no ratio.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="scorecards", verbose_name=_("merchant"))
    day = models.DateField(_("day"))
    window = models.PositiveSmallIntegerField(_("days"))
    standing = models.CharField(_("standing"), max_length=4, choices=Standing.choices, help_text=_("The worst of its measures."))
    late = models.PositiveIntegerField(default=0)
    late_of = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    cancelled_of = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    returned_of = models.PositiveIntegerField(default=0)
    disputed = models.PositiveIntegerField(default=0)
    disputed_of = models.PositiveIntegerField(default=0)
    tracked = models.PositiveIntegerField(default=0)
    tracked_of = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    on_time_of = models.PositiveIntegerField(default=0)
    response = models.PositiveIntegerField(default=0)
    response_of = models.PositiveIntegerField(default=0)
    rating = models.PositiveIntegerField(default=0)
    rating_of = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day", "window"], name="scorecard_once"),
            models.CheckConstraint(condition=Q(window__in=WINDOWS), name="scorecard_window"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="scorecard_standing"),
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__lte": models.F(f"{name}_of")}), name=f"scorecard_{name}")
                for name in ("late", "cancelled", "returned", "disputed", "tracked", "on_time")
            ),
            models.CheckConstraint(
                condition=Q(rating__gte=models.F("rating_of"), rating__lte=models.F("rating_of") * 5), name="scorecard_rating"
            ),
        ]
        indexes = [models.Index(fields=["-day", "window"], name="scorecard_newest")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}, {self.window}"

    def of(self, measure: str) -> tuple[int, int]:
        """(how many, of how many) of a measure."""
        return getattr(self, measure), getattr(self, f"{measure}_of")


class Violation(Stateful):
    """A rule of the marketplace that a merchant has broken, with its points. What is only proposed no merchant sees.

    `found` of `found_of` is what the scorecard of `month` said of `measure`, where it was proposed by the numbers.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        OPEN = "open", _("In force")
        APPEALED = "appealed", _("Appealed")
        UPHELD = "upheld", _("Upheld")
        LIFTED = "lifted", _("Lifted")
        DROPPED = "dropped", _("Not pursued")

    TRANSITIONS = {
        "proposed": frozenset({"open", "dropped"}),
        "open": frozenset({"appealed", "lifted"}),
        "appealed": frozenset({"upheld", "lifted"}),
    }
    HIDDEN = (Status.PROPOSED, Status.DROPPED)
    COUNTED = (Status.OPEN, Status.APPEALED, Status.UPHELD)

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="violations", verbose_name=_("merchant"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    measure = models.CharField(_("measure"), max_length=10, choices=Measure.choices, blank=True)
    month = models.DateField(_("month"), null=True, editable=False)
    found = models.PositiveIntegerField(null=True, editable=False)
    found_of = models.PositiveIntegerField(null=True, editable=False)
    rule = models.CharField(_("rule broken"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), max_length=2_000, blank=True)
    points = models.PositiveSmallIntegerField(_("points"), validators=[MinValueValidator(1), MaxValueValidator(48)])
    penalty_minor = models.BigIntegerField(_("penalty"), default=0, help_text="Minor units of the marketplace's currency.")
    made_by = models.CharField(max_length=80, editable=False)
    opened_at = models.DateTimeField(_("since"), null=True, editable=False)
    appeal_by = models.DateTimeField(_("appeal until"), null=True, editable=False)
    appeal = models.TextField(_("appeal"), max_length=2_000, blank=True, editable=False)
    appealed_at = models.DateTimeField(_("appealed"), null=True, editable=False)
    decision = models.TextField(_("decision"), max_length=2_000, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "open", "appealed", "upheld", "lifted", "dropped"]), name="violation_status"
            ),
            models.CheckConstraint(condition=Q(points__gte=1, points__lte=48), name="violation_points"),
            models.CheckConstraint(condition=Q(penalty_minor__gte=0), name="violation_penalty"),
            models.CheckConstraint(condition=~Q(measure="") | ~Q(rule=""), name="violation_of_something"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "dropped"], opened_at=None, appeal_by=None)
                | Q(status__in=["open", "appealed", "upheld", "lifted"], opened_at__isnull=False, appeal_by__isnull=False),
                name="violation_opened",
            ),
            models.CheckConstraint(
                condition=Q(appeal="", appealed_at=None) | (~Q(appeal="") & Q(appealed_at__isnull=False)), name="violation_appeal"
            ),
            models.CheckConstraint(condition=~Q(status__in=["appealed", "upheld"]) | ~Q(appeal=""), name="violation_appealed"),
            models.UniqueConstraint(
                fields=["merchant", "measure", "month"], condition=Q(month__isnull=False), name="violation_once_a_month"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-opened_at"], name="violation_newest")]

    def __str__(self) -> str:
        return self.rule or str(self.get_measure_display())
