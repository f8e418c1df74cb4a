from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.second_factor import demand
from core.backoffice.site import ConsoleSite


class OperatorSite(ConsoleSite):
    """The operator's back office at /admin/; staff users only."""

    site_header = _("Jishi operator")
    site_title = _("Jishi operator")
    index_title = _("Today")

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def demand(self, request: HttpRequest) -> HttpResponseBase | None:
        return demand(request, is_needed=True)
