from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class OperatorSite(UnfoldAdminSite):
    """The operator's back office at /admin/; staff users only."""

    site_header = _("Jishi operator")
    site_title = _("Jishi operator")
