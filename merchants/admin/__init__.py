"""The merchant's site, the base classes that keep tenants apart, and the pages about merchants themselves."""

from merchants.admin import applications, log, operator, shop, team
from merchants.admin.site import merchant_site
from merchants.admin.tenant import MerchantInline, MerchantModelAdmin

__all__ = ["MerchantInline", "MerchantModelAdmin", "applications", "log", "merchant_site", "operator", "shop", "team"]
