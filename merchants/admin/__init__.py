"""The merchant's site, the base classes that keep tenants apart, and the pages about merchants themselves."""

from merchants.admin import operator, scorecards, team, violations
from merchants.admin.site import merchant_site
from merchants.admin.tenant import MerchantInline, MerchantModelAdmin

__all__ = ["MerchantInline", "MerchantModelAdmin", "merchant_site", "operator", "scorecards", "team", "violations"]
