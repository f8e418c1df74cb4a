import datetime as dt

from orders.models import TaxRate
from orders.selectors.taxes import forget_tax_rates


def make_tax_rate(country: str = "CN", bps: int = 1_300, tax_class: str = "standard", valid_from: dt.date = dt.date(2019, 4, 1)) -> TaxRate:
    """A rate that this process knows at once."""
    rate = TaxRate.objects.create(country=country, rate_bps=bps, tax_class=tax_class, valid_from=valid_from)
    forget_tax_rates()
    return rate
