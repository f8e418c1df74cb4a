"""The merchant's site, the base classes that keep tenants apart, and the pages about merchants themselves."""

from merchants.admin import applications, holidays, log, operator, scorecards, shop, team, violations
from merchants.admin.site import merchant_site
from merchants.admin.tenant import MerchantInline, MerchantModelAdmin

__all__ = [
    "MerchantInline",
    "MerchantModelAdmin",
    "applications",
    "holidays",
    "log",
    "merchant_site",
    "operator",
    "scorecards",
    "shop",
    "team",
    "violations",
]
