"""After-sales cases: who may see which, one as its page shows it, and what may be asked for."""

from orders.selectors.cases.choices import Choice, Options, RefundShares, asked_preview, choices_for, options_for, refund_shares
from orders.selectors.cases.finding import (
    MERCHANTS_TURN,
    case_for,
    case_for_staff,
    cases_of,
    cases_of_purchases,
    counts_for_merchant,
    order_for_case,
    photo_for,
    purchase_number_of,
)
from orders.selectors.cases.views import CaseStep, CaseView, Stage, case_view

__all__ = [
    "MERCHANTS_TURN",
    "CaseStep",
    "CaseView",
    "Choice",
    "Options",
    "RefundShares",
    "Stage",
    "asked_preview",
    "case_for",
    "case_for_staff",
    "case_view",
    "cases_of",
    "cases_of_purchases",
    "choices_for",
    "counts_for_merchant",
    "options_for",
    "order_for_case",
    "photo_for",
    "purchase_number_of",
    "refund_shares",
]
