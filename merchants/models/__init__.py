from merchants.models.applications import ApplicationDocument, MerchantApplication
from merchants.models.invitations import Invitation
from merchants.models.merchants import CommissionPlan, CommissionRule, Merchant, ShopSlug, TenantQuerySet
from merchants.models.operations import Operation
from merchants.models.teams import ApiKey, Membership

__all__ = [
    "ApiKey",
    "ApplicationDocument",
    "CommissionPlan",
    "CommissionRule",
    "Invitation",
    "Membership",
    "Merchant",
    "MerchantApplication",
    "Operation",
    "ShopSlug",
    "TenantQuerySet",
]
