from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Entity
from merchants.models.merchants import Merchant, TenantQuerySet
from merchants.models.teams import Membership


class Invitation(Entity):
    """Somebody is asked into a merchant's team. Whoever signs in with this address may say yes, once, in time.

    The link in the mail carries a secret of which only the hash is here; before the mail is written there is none.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("merchant"))
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Membership.Role.choices)
    language = models.CharField(max_length=10)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("invited by"))
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    expires_at = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("accepted"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint("merchant", Lower("email"), condition=Q(used_at=None, revoked_at=None), name="invitation_open"),
            models.CheckConstraint(condition=Q(role__in=Membership.Role.values), name="invitation_role"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(revoked_at=None), name="invitation_used_or_revoked"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Neither accepted nor withdrawn; it may still be too old."""
        return self.used_at is None and self.revoked_at is None

    def is_usable(self, at: dt.datetime) -> bool:
        return self.is_open and self.expires_at > at
