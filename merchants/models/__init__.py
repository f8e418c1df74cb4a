from merchants.models.merchants import CommissionPlan, CommissionRule, Merchant, ShopSlug, TenantQuerySet
from merchants.models.scorecards import WINDOWS, Measure, Scorecard, Standing, Violation
from merchants.models.teams import ApiKey, Membership

__all__ = [
    "WINDOWS",
    "ApiKey",
    "CommissionPlan",
    "CommissionRule",
    "Measure",
    "Membership",
    "Merchant",
    "Scorecard",
    "ShopSlug",
    "Standing",
    "TenantQuerySet",
    "Violation",
]
