"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import copies, merchant, operator

__all__ = ["copies", "merchant", "operator"]
