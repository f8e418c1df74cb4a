from __future__ import annotations

from urllib.parse import quote

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.i18n import Translated
from core.models import Entity, Stateful
from logistics import states
from logistics.models.shipments import Shipment
from merchants.models import Merchant, TenantQuerySet

NUMBER_SLOT = "{number}"


class CarrierAccount(Translated, Entity):
    """A merchant's contract with a carrier that tells us by signed messages where parcels are.

    `code` is the carrier's address here, unique over all shops. The secrets are encrypted; the previous one is valid until
    `previous_until`.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="carrier_accounts")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    tracking_url = models.CharField(_("tracking page"), max_length=300, blank=True)
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(_("old secret valid until"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        constraints = [
            models.CheckConstraint(
                condition=Q(previous_secret="", previous_until=None) | (~Q(previous_secret="") & Q(previous_until__isnull=False)),
                name="carrier_account_rotation",
            ),
        ]

    def __str__(self) -> str:
        return self.text("name")


class CarrierBooking(Entity):
    """A parcel that one of our gateways carries or follows; parcels without one are followed by hand.

    `next_scan_at` is when the built-in carrier has news; a journey's hour lasts `hour_seconds`, as it did when it was booked.
    """

    class Gateway(models.TextChoices):
        SIMULATED = "simulated", _("Built-in carrier")
        WEBHOOK = "webhook", _("Carrier with messages")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="booking")
    gateway = models.CharField(_("gateway"), max_length=10, choices=Gateway.choices)
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, null=True, related_name="bookings")
    tracking_number = models.CharField(_("tracking number"), max_length=60)
    label = models.JSONField(default=dict)
    origin = models.CharField(max_length=80, blank=True)
    destination = models.CharField(max_length=80, blank=True)
    booked_at = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)
    hour_seconds = models.PositiveIntegerField(default=3600)
    next_scan_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gateway="simulated", account=None) | Q(gateway="webhook", account__isnull=False), name="booking_account"
            ),
            models.CheckConstraint(condition=Q(hour_seconds__gt=0), name="booking_hour"),
        ]
        indexes = [
            models.Index(fields=["next_scan_at"], name="booking_due", condition=Q(next_scan_at__isnull=False)),
            models.Index(fields=["tracking_number"], name="booking_number"),
        ]

    def __str__(self) -> str:
        return self.tracking_number

    @property
    def tracking_link(self) -> str:
        """The carrier's own page about the parcel; empty where it has none."""
        template = self.account.tracking_url if self.account else ""
        return template.replace(NUMBER_SLOT, quote(self.tracking_number, safe=""))


class CarrierMessage(Stateful):
    """A carrier's message whose signature is right, as it came in; its event id is stored once per account."""

    TRANSITIONS = states.CARRIER_MESSAGE_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="messages", verbose_name=_("carrier"))
    event_id = models.CharField(_("event"), max_length=120)
    tracking_number = models.CharField(_("tracking number"), max_length=60)
    code = models.CharField(_("what happened"), max_length=20, choices=states.ShipmentStatus.choices)
    place = models.CharField(_("place"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))
    status = models.CharField(
        _("status"), max_length=12, choices=states.CarrierMessageStatus.choices, default=states.CarrierMessageStatus.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    handled_at = models.DateTimeField(_("handled"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("carrier message")
        verbose_name_plural = _("carrier messages")
        constraints = [
            models.UniqueConstraint(fields=["account", "event_id"], name="carrier_message_once"),
            models.CheckConstraint(condition=Q(status__in=states.CarrierMessageStatus.values), name="carrier_message_status"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="carrier_message_due", condition=Q(status="received")),
            models.Index(fields=["account", "tracking_number"], name="carrier_message_number"),
        ]

    def __str__(self) -> str:
        return f"{self.tracking_number} {self.code}"


class CarrierClaim(Stateful):
    """What a merchant asks of a carrier for a lost parcel; `paid_minor` is what the carrier has agreed to."""

    TRANSITIONS = states.CARRIER_CLAIM_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="carrier_claims")
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="claim", verbose_name=_("parcel"))
    amount_minor = models.BigIntegerField(_("amount"))
    paid_minor = models.BigIntegerField(_("paid"), null=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=states.CarrierClaimStatus.choices, default=states.CarrierClaimStatus.OPEN)
    note = models.CharField(_("note"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("carrier claim")
        verbose_name_plural = _("carrier claims")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.CarrierClaimStatus.values), name="carrier_claim_status"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="carrier_claim_amount"),
            models.CheckConstraint(
                condition=(~Q(status="accepted") & Q(paid_minor=None)) | Q(status="accepted", paid_minor__gte=0), name="carrier_claim_paid"
            ),
        ]

    def __str__(self) -> str:
        return str(self.shipment)
