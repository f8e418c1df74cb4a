"""Products, reviews, categories and brands in both back offices."""

from catalog.admin import approval, bundles, copies, merchant, moderation, operator, price_history, price_lists, questions, reviews, words

__all__ = [
    "approval", "bundles", "copies", "merchant", "moderation", "operator", "price_history", "price_lists", "questions", "reviews", "words",
]  # fmt: skip
