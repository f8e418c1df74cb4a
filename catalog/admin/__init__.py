"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import copies, merchant, moderation, operator, questions, reviews, words

__all__ = ["copies", "merchant", "moderation", "operator", "questions", "reviews", "words"]
