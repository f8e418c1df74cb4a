"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import merchant, operator, words

__all__ = ["merchant", "operator", "words"]
