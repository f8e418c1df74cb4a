"""How the two back offices look (django-unfold): colours, sidebars, home pages."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

_WARM = {
    "50": "#fbf8f4", "100": "#f4efe8", "200": "#e8e0d6", "300": "#d5cabd", "400": "#a89b8d", "500": "#7d7166", "600": "#5f554c",
    "700": "#473f38", "800": "#2e2925", "900": "#1f1b18", "950": "#141110",
}  # fmt: skip
_VERMILION = {
    "50": "#fdf3f0", "100": "#fbe3dd", "200": "#f6c6bb", "300": "#ee9f8e", "400": "#e4735c", "500": "#d84f35", "600": "#c8321f",
    "700": "#a72818", "800": "#862318", "900": "#6e2118", "950": "#3c0e09",
}  # fmt: skip
_LOOK = {
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "LANGUAGES": {"action": reverse_lazy("backoffice-language"), "navigation": "backoffice.languages.choices"},
    "BORDER_RADIUS": "8px",
    "COLORS": {"base": _WARM, "primary": _VERMILION},
    "STYLES": [lambda request: static("backoffice/console.css")],
    "SCRIPTS": [
        lambda request: static("local_times.js"),
        lambda request: static("backoffice/frame.js"),
        lambda request: static("backoffice/palette.js"),
        lambda request: static("backoffice/files.js"),
    ],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("storefront/mark.svg")}],
}

UNFOLD = {
    **_LOOK,
    "SITE_TITLE": _("Jishi operator"),
    "SITE_HEADER": _("Jishi operator"),
    "SITE_SUBHEADER": _("Marketplace"),
    "SITE_SYMBOL": "store",
    "DASHBOARD_CALLBACK": "backoffice.pages.home.operator_home",
    "SIDEBAR": {"show_search": True, "navigation": "backoffice.navigation.operator_sidebar"},
    "COMMAND": {"search_callback": "backoffice.palette.finding.operator_findings"},
}
UNFOLD_MERCHANT = {
    **_LOOK,
    "SITE_TITLE": _("Your shop"),
    "SITE_HEADER": "backoffice.languages.shop_name",
    "SITE_SUBHEADER": _("Jishi for merchants"),
    "SITE_SYMBOL": "storefront",
    "DASHBOARD_CALLBACK": "backoffice.pages.home.merchant_home",
    "SIDEBAR": {"show_search": True, "navigation": "backoffice.navigation.merchant_sidebar"},
    "COMMAND": {"search_callback": "backoffice.palette.finding.merchant_findings"},
}
