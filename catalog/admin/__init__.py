"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import merchant, operator, price_history

__all__ = ["merchant", "operator", "price_history"]
