"""Orders and purchases in both back offices."""

from orders.admin import merchant, naming, operator, papers, taxes

__all__ = ["merchant", "naming", "operator", "papers", "taxes"]
