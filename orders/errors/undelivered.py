"""Refusals about parcels that did not arrive."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class UndeliveredNotFound(DomainError):
    code = "undelivered_not_found"
    message = _("This parcel does not exist.")
    status = 404
