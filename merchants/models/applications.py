from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.i18n import Translated
from core.models import Entity, Stateful
from merchants import states
from merchants.models.merchants import Merchant


class MerchantApplication(Translated, Stateful):
    """Somebody wants to sell here: what they say of their shop, until it is a shop. A draft may say less than is needed."""

    Status = states.ApplicationStatus
    TRANSITIONS = states.APPLICATION_TRANSITIONS

    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="applications", verbose_name=_("applicant"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.DRAFT)
    kind = models.CharField(_("kind"), max_length=20, choices=Merchant.Kind.choices)
    name = models.CharField(_("name of the shop"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    i18n = models.JSONField(_("translations"), default=dict, blank=True)
    slug = models.SlugField(_("wanted address"), max_length=60, blank=True, db_index=False)
    contact = models.CharField(_("contact person"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CN")
    city = models.CharField(_("city"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    opening_hours = models.JSONField(_("opening hours"), default=dict, blank=True)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=1_000, blank=True)
    merchant = models.OneToOneField(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="application", verbose_name=_("merchant")
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(fields=["applicant"], condition=Q(status__in=list(states.OPEN)), name="application_open_once"),
            models.CheckConstraint(condition=Q(status__in=states.ApplicationStatus.values), name="application_status"),
            models.CheckConstraint(condition=Q(kind__in=Merchant.Kind.values), name="application_kind"),
            models.CheckConstraint(
                condition=Q(status="approved", merchant__isnull=False) | ~Q(status="approved") & Q(merchant=None), name="application_shop"
            ),
        ]
        indexes = [models.Index(fields=["submitted_at"], name="application_queue", condition=Q(status__in=list(states.TO_REVIEW)))]

    def __str__(self) -> str:
        return self.text("name") or str(self.applicant)

    @property
    def is_editable(self) -> bool:
        return self.status in states.EDITABLE

    @property
    def is_open(self) -> bool:
        return self.status in states.OPEN

    @property
    def is_to_review(self) -> bool:
        return self.status in states.TO_REVIEW


class DocumentQuerySet(models.QuerySet[Any]):
    def in_force(self) -> DocumentQuerySet:
        """Papers of open shops with a last day, but for those that a later one of the same kind has replaced."""
        later = ApplicationDocument.objects.filter(application=models.OuterRef("application"), kind=models.OuterRef("kind")).filter(
            Q(expires_on=None) | Q(expires_on__gt=models.OuterRef("expires_on"))
        )
        rows = self.filter(application__status=states.ApplicationStatus.APPROVED, expires_on__isnull=False)
        return rows.filter(~models.Exists(later))


class ApplicationDocument(Entity):
    """A paper that shows who somebody is; `file` is a name below PRIVATE_ROOT, `name` what it was called where it came from."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("Business licence")
        IDENTITY = "identity", _("Identity of the person responsible")
        BANK_PROOF = "bank_proof", _("Proof of the bank account")
        PREMISES = "premises", _("Photo of the store front")
        PERMIT = "permit", _("Trade permit, such as for food")
        BRAND = "brand", _("Authorisation by a brand")

    application = models.ForeignKey(MerchantApplication, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    file = models.CharField(max_length=200, editable=False)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, editable=False)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    # The days before the end of which the shop was told last.
    warned_days = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["licence", "identity", "bank_proof", "premises", "permit", "brand"]), name="application_document_kind"
            ),
            models.UniqueConstraint(fields=["application", "kind", "sha256"], name="application_document_once"),
        ]
        indexes = [models.Index(fields=["expires_on"], name="application_document_end", condition=Q(expires_on__isnull=False))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"
