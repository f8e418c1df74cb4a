from merchants.models.applications import ApplicationDocument, MerchantApplication
from merchants.models.merchants import CommissionPlan, CommissionRule, Merchant, ShopSlug, TenantQuerySet
from merchants.models.teams import ApiKey, Membership

__all__ = [
    "ApiKey",
    "ApplicationDocument",
    "CommissionPlan",
    "CommissionRule",
    "Membership",
    "Merchant",
    "MerchantApplication",
    "ShopSlug",
    "TenantQuerySet",
]
