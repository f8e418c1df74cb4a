from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.models import Entity
from merchants.models.merchants import Merchant, TenantQuerySet


class Membership(Entity):
    """A person's place in a merchant's team."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        CATALOGUE = "catalogue", _("Catalogue")
        FULFILMENT = "fulfilment", pgettext_lazy("role in a team", "Warehouse")
        SERVICE = "service", _("Service")
        MARKETING = "marketing", _("Marketing")
        FINANCE = "finance", _("Finance")
        READ_ONLY = "read_only", _("Read only")

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.merchant}"


class ApiKey(Entity):
    """A merchant's key for the partner API: shown once, kept as a SHA-256 hash, limited to scopes, revocable."""

    class Scope(models.TextChoices):
        ORDERS_READ = "orders:read", _("Read orders")
        ORDERS_WRITE = "orders:write", _("Ship orders")
        RETURNS_READ = "returns:read", _("Read returns")
        RETURNS_WRITE = "returns:write", _("Answer returns")
        INVENTORY_READ = "inventory:read", _("Read stock")
        INVENTORY_WRITE = "inventory:write", _("Change stock")
        PAYOUTS_READ = "payouts:read", _("Read payouts")
        REVIEWS_READ = "reviews:read", _("Read reviews")
        REVIEWS_WRITE = "reviews:write", _("Reply to reviews")
        PRICES_READ = "prices:read", _("Read price lists")
        PRICES_WRITE = "prices:write", _("Change price lists")

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=16, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("scopes"))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
