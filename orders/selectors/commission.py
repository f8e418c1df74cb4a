"""What an item would pay under a plan, reckoned as placing does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from catalog.selectors import SellableVariant
from catalog.selectors.categories import category_paths
from merchants.models import CommissionPlan
from merchants.rules import Sold, Terms, first_match
from merchants.selectors import plan_terms
from orders.rules.commission import Fee, fee_of
from orders.rules.taxes import SERVICE, included_minor, rate_for
from orders.selectors.taxes import tax_rates


@dataclass(frozen=True)
class Preview:
    """`terms` decide; of `gross_minor` is `tax_minor` tax, and `fee` is what the operator would keep."""

    terms: Terms
    gross_minor: int
    tax_minor: int
    fee: Fee


def commission_preview(plan: CommissionPlan, variant: SellableVariant, quantity: int, country: str, at: dt.datetime) -> Preview:
    """The commission on so many pieces of a variant sent to a country, were they placed now under this plan."""
    table, on = tax_rates(), timezone.localdate(at)
    gross = variant.price_minor * quantity
    tax = included_minor(gross, rate_for(table, country, variant.tax_class, on).bps)
    sold = Sold(variant.merchant_id, variant.currency, gross, variant.product_id, variant.category_path)
    terms = first_match(plan_terms(plan), sold, category_paths())
    fee_tax = rate_for(table, settings.OPERATOR_COUNTRY, SERVICE, on)
    return Preview(terms, gross, tax, fee_of(terms, gross_minor=gross, tax_minor=tax, quantity=quantity, fee_tax_bps=fee_tax.bps))
