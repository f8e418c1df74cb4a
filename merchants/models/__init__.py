from merchants.models.merchants import CommissionPlan, CommissionRule, Merchant, ShopSlug, TenantQuerySet
from merchants.models.teams import ApiKey, Membership

__all__ = ["ApiKey", "CommissionPlan", "CommissionRule", "Membership", "Merchant", "ShopSlug", "TenantQuerySet"]
