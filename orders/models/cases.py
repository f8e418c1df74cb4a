from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from core.models import Entity, Stateful
from merchants.models import Merchant, TenantQuerySet
from orders import states
from orders.models.purchases import MerchantOrder, OrderLine


class AfterSalesCase(Stateful):
    """Something about a merchant order is to be put right. While it waits for somebody, `due_at` says until when.

    `asked` is what the shopper wants back if it comes to a refund, goods and shipping with the part paid in points; `agreed` is what
    the merchant, the deadline or the operator has granted; `refunded` is what went back.
    """

    TRANSITIONS = states.CASE_TRANSITIONS

    order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="cases", verbose_name=_("order"))
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=14, choices=states.CaseKind.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=states.CaseReason.choices)
    status = models.CharField(_("status"), max_length=12, choices=states.CaseStatus.choices, default=states.CaseStatus.REQUESTED)
    currency = models.CharField(max_length=3)
    asked_minor = models.BigIntegerField(_("asked"))
    asked_shipping_minor = models.BigIntegerField(default=0)
    agreed_minor = models.BigIntegerField(_("agreed"), null=True)
    agreed_shipping_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField(_("opened"))
    return_to = models.CharField(_("return address"), max_length=300, blank=True)
    arrived_at = models.DateTimeField(_("arrived back"), null=True, help_text="The carrier has delivered what the shopper sent.")
    received_at = models.DateTimeField(_("received"), null=True, help_text="The goods were counted, or taken as counted.")
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    evidence_until = models.DateTimeField(_("evidence until"), null=True)
    due_at = models.DateTimeField(_("due"), null=True, help_text="By the database's clock, as the sweep compares it there.")
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("after-sales case")
        verbose_name_plural = _("after-sales cases")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.CaseStatus.values), name="case_status"),
            models.CheckConstraint(condition=Q(kind__in=states.CaseKind.values), name="case_kind"),
            models.CheckConstraint(condition=Q(reason__in=states.CaseReason.values), name="case_reason"),
            models.CheckConstraint(condition=~Q(status__in=states.CASE_WAITING) | Q(due_at__isnull=False), name="case_waits_until"),
            models.CheckConstraint(
                condition=Q(asked_shipping_minor__gte=0, asked_minor__gte=F("asked_shipping_minor"))
                & (Q(agreed_minor=None) | Q(agreed_shipping_minor__gte=0, agreed_minor__gte=F("agreed_shipping_minor"))),
                name="case_amounts",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor=0) | Q(refunded_minor__gte=0, refunded_minor__lte=F("agreed_minor")), name="case_refunded"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="case_due", condition=Q(status__in=states.CASE_WAITING)),
            models.Index(fields=["merchant", "status", "due_at"], name="case_queue"),
            models.Index(fields=["order"], name="case_unsettled", condition=Q(status__in=states.CASE_UNSETTLED)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_waiting(self) -> bool:
        return self.status in states.CASE_WAITING

    @property
    def goods_come_back(self) -> bool:
        """Whether the shopper sends something before anything else happens."""
        return self.kind in {states.CaseKind.RETURN, states.CaseKind.EXCHANGE, states.CaseKind.REPAIR}


class CaseLine(Entity):
    """Pieces of one order line in a case. `wanted_variant` is what an exchange should bring instead, the same article when empty."""

    case = models.ForeignKey(AfterSalesCase, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="case_lines")
    quantity = models.PositiveIntegerField(_("quantity"))
    asked_minor = models.BigIntegerField(_("asked"))
    wanted_variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="+")
    received_quantity = models.PositiveIntegerField(_("received"), null=True)
    grade = models.CharField(_("grade"), max_length=8, choices=states.Grade.choices, blank=True)
    restocked_quantity = models.PositiveIntegerField(_("back in stock"), default=0)
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)

    class Meta:
        verbose_name = _("line of a case")
        verbose_name_plural = _("lines of cases")
        constraints = [
            models.UniqueConstraint(fields=["case", "order_line"], name="case_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="case_line_quantity"),
            models.CheckConstraint(condition=Q(grade__in=["", *states.Grade.values]), name="case_line_grade"),
            models.CheckConstraint(
                condition=Q(received_quantity=None, restocked_quantity=0)
                | Q(received_quantity__lte=F("quantity"), restocked_quantity__lte=F("received_quantity")),
                name="case_line_counted",
            ),
            models.CheckConstraint(
                condition=Q(asked_minor__gte=0, refunded_minor__gte=0, refunded_minor__lte=F("asked_minor")), name="case_line_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line_id}"


class CaseMessage(Entity):
    """What one side said, to be read by all sides."""

    case = models.ForeignKey(AfterSalesCase, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=states.CaseSide.choices)
    actor = models.CharField(max_length=80)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(side__in=states.CaseSide.values), name="case_message_side")]
        indexes = [models.Index(fields=["case", "created_at"], name="case_conversation")]

    def __str__(self) -> str:
        return self.text[:40]


class CasePhoto(Entity):
    """A picture that belongs to what one side said. The file is private: only the sides of the case are shown it."""

    message = models.ForeignKey(CaseMessage, on_delete=models.CASCADE, related_name="photos")
    case = models.ForeignKey(AfterSalesCase, on_delete=models.CASCADE, related_name="photos")
    file = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["case"], name="case_photos")]

    def __str__(self) -> str:
        return self.file


class CaseVerdict(Entity):
    """The operator's decision in a dispute; one per case. `amount` is what the shopper gets back."""

    case = models.OneToOneField(AfterSalesCase, on_delete=models.PROTECT, related_name="verdict")
    outcome = models.CharField(_("verdict"), max_length=10, choices=states.Verdict.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    goods_back = models.BooleanField(_("goods go back first"), default=False)
    reason = models.TextField(_("reason"))
    actor = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=states.Verdict.values), name="case_verdict_outcome"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="case_verdict_amount"),
        ]

    def __str__(self) -> str:
        return self.outcome
