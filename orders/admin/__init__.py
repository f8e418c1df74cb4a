"""Orders and purchases in both back offices."""

from orders.admin import merchant, naming, operator, risk

__all__ = ["merchant", "naming", "operator", "risk"]
