"""Orders, purchases, after-sales cases and papers in both back offices."""

from orders.admin import merchant, merchant_cases, naming, operator, operator_cases, papers, quotes, risk, taxes, undelivered

__all__ = ["merchant", "merchant_cases", "naming", "operator", "operator_cases", "papers", "quotes", "risk", "taxes", "undelivered"]
