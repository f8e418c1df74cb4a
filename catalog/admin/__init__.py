"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import merchant, moderation, operator, questions, reviews, words

__all__ = ["merchant", "moderation", "operator", "questions", "reviews", "words"]
