from merchants.models.applications import ApplicationDocument, MerchantApplication
from merchants.models.holidays import Holiday
from merchants.models.invitations import Invitation
from merchants.models.merchants import CommissionPlan, CommissionRule, Merchant, ShopSlug, TenantQuerySet
from merchants.models.operations import Operation
from merchants.models.scorecards import WINDOWS, Measure, Scorecard, Standing, Violation
from merchants.models.teams import ApiKey, Membership

__all__ = [
    "WINDOWS",
    "ApiKey",
    "ApplicationDocument",
    "CommissionPlan",
    "CommissionRule",
    "Holiday",
    "Invitation",
    "Measure",
    "Membership",
    "Merchant",
    "MerchantApplication",
    "Operation",
    "Scorecard",
    "ShopSlug",
    "Standing",
    "TenantQuerySet",
    "Violation",
]
