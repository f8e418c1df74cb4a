"""The demo's tax rates, as the countries publish them, and an agreement about commission with more than one rule."""

import datetime as dt

from django.conf import settings

from merchants.models import CommissionPlan, CommissionRule
from merchants.services.commission import RuleTerms, add_rule
from orders.models import TaxKind, TaxRate
from orders.selectors.taxes import forget_tax_rates
from shop.demo.market import ACTOR

RATES = (
    ("CN", "standard", TaxKind.VAT, 1_300, dt.date(2019, 4, 1)),
    ("CN", "reduced", TaxKind.VAT, 900, dt.date(2019, 4, 1)),
    ("CN", "shipping", TaxKind.VAT, 900, dt.date(2019, 4, 1)),
    ("CN", "service", TaxKind.VAT, 600, dt.date(2019, 4, 1)),
    ("DE", "standard", TaxKind.VAT, 1_900, dt.date(2021, 1, 1)),
    ("DE", "reduced", TaxKind.VAT, 700, dt.date(2021, 1, 1)),
    ("FR", "standard", TaxKind.VAT, 2_000, dt.date(2014, 1, 1)),
    ("FR", "reduced", TaxKind.VAT, 550, dt.date(2014, 1, 1)),
    ("GB", "standard", TaxKind.VAT, 2_000, dt.date(2011, 1, 4)),
    ("JP", "standard", TaxKind.CONSUMPTION, 1_000, dt.date(2019, 10, 1)),
    ("JP", "reduced", TaxKind.CONSUMPTION, 800, dt.date(2019, 10, 1)),
    ("SG", "standard", TaxKind.GST, 900, dt.date(2024, 1, 1)),
    ("AU", "standard", TaxKind.GST, 1_000, dt.date(2000, 7, 1)),
    ("NZ", "standard", TaxKind.GST, 1_500, dt.date(2010, 10, 1)),
)
PLAN = "Electronics"


def announce() -> None:
    """Fill the table of tax rates."""
    for country, tax_class, kind, bps, begun in RATES:
        TaxRate.objects.get_or_create(country=country, tax_class=tax_class, valid_from=begun, defaults={"kind": kind, "rate_bps": bps})
    forget_tax_rates()


def agree(at: dt.datetime) -> None:
    """Phones pay less than other electronics, dear things at most so much, small accessories so much a piece."""
    plan = CommissionPlan.objects.filter(name=PLAN).first()
    if plan is None or CommissionRule.objects.filter(plan=plan).exists():
        return
    currency = settings.CURRENCY
    for terms in (
        RuleTerms(position=10, category="mobile-accessories", currency=currency, to_minor=1_000, fixed_minor=40),
        RuleTerms(position=20, category="phones-and-accessories", rate_bps=400),
        RuleTerms(position=30, currency=currency, from_minor=100_000, rate_bps=500, cap_minor=8_000),
    ):
        add_rule(plan_id=plan.pk, terms=terms, actor=ACTOR, at=at)
