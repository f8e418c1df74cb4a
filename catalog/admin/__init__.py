"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import approval, merchant, operator, price_history

__all__ = ["approval", "merchant", "operator", "price_history"]
